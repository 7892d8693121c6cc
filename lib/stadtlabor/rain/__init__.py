"""Rain: from radar frames to the question whether it will pour in the next hour.

Names are loaded when first used, so that a page that only shows a state does not load the optical
flow.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stadtlabor.rain.grid import around, place_index, regrid
    from stadtlabor.rain.nowcasting.carrying import extrapolate
    from stadtlabor.rain.nowcasting.exceedance import Outlook, outlook
    from stadtlabor.rain.nowcasting.flow import motion
    from stadtlabor.rain.nowcasting.forecast import hourly_sum, nowcast
    from stadtlabor.rain.nowcasting.tiles import tile_events, tile_probability
    from stadtlabor.rain.reading import read
    from stadtlabor.rain.verification import verify

__all__ = [
    "Outlook",
    "around",
    "extrapolate",
    "hourly_sum",
    "motion",
    "nowcast",
    "outlook",
    "place_index",
    "read",
    "regrid",
    "tile_events",
    "tile_probability",
    "verify",
]

HOMES = {
    "Outlook": "nowcasting.exceedance",
    "around": "grid",
    "extrapolate": "nowcasting.carrying",
    "hourly_sum": "nowcasting.forecast",
    "motion": "nowcasting.flow",
    "nowcast": "nowcasting.forecast",
    "outlook": "nowcasting.exceedance",
    "place_index": "grid",
    "read": "reading",
    "regrid": "grid",
    "tile_events": "nowcasting.tiles",
    "tile_probability": "nowcasting.tiles",
    "verify": "verification",
}
"""Name → module of this package that holds it."""


ROOMS = ("gauging", "nowcasting", "research", "verification", "warning")


def __getattr__(name: str) -> Any:
    if name in ROOMS:
        return import_module(f"{__name__}.{name}")
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    # Found once; no module here bears the name of a function, or it would take its place.
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
