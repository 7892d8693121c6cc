"""The simulated city: stands in, visibly marked, where no sensor or network is.

Everything depends on seed, thing and time alone, so any window can be made without history and two
installations with the same seed agree to the last digit.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stadtlabor.simulation.devices import Devices
    from stadtlabor.simulation.files import Office
    from stadtlabor.simulation.provider import Provider
    from stadtlabor.simulation.rain import Sky

__all__ = ["Devices", "Office", "Provider", "Sky"]

PLACES = {"Devices": "devices", "Office": "files", "Provider": "provider", "Sky": "rain"}


def __getattr__(name: str) -> Any:
    """Load a part when it is asked for: who only draws lots needs no radar (PEP 562)."""
    if name in PLACES:
        return getattr(import_module(f"{__name__}.{PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
