"""The simulated city: stands in, visibly marked, where no sensor or network is.

Everything depends on seed, thing and time alone, so any window can be made without history and two
installations with the same seed agree to the last digit.
"""

from stadtlabor.simulation.devices import Devices
from stadtlabor.simulation.files import Office
from stadtlabor.simulation.provider import Provider
from stadtlabor.simulation.rain import Sky

__all__ = ["Devices", "Office", "Provider", "Sky"]
