"""Footfall: counts checked, filled, forecast, compared, and made public safely.

All functions work on the frame that :func:`stadtlabor.sources.footfall.read` gives: one row per
counter and interval. Nothing here is made for one city; country, state and zone come from the data
or from ``city.toml``.
"""

from stadtlabor.innenstadt.footfall.calendar import Calendar
from stadtlabor.innenstadt.footfall.effect import Effect, effect
from stadtlabor.innenstadt.footfall.filling import impute
from stadtlabor.innenstadt.footfall.flags import CAUSES, flag, good
from stadtlabor.innenstadt.footfall.forecasts import backtest, forecast
from stadtlabor.innenstadt.footfall.location import location_class
from stadtlabor.innenstadt.footfall.normal import index
from stadtlabor.innenstadt.footfall.profile import LastHour, last_hour, profile
from stadtlabor.innenstadt.footfall.protection import protect

__all__ = [
    "CAUSES",
    "Calendar",
    "Effect",
    "LastHour",
    "backtest",
    "effect",
    "flag",
    "forecast",
    "good",
    "impute",
    "index",
    "last_hour",
    "location_class",
    "profile",
    "protect",
]
