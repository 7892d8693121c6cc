"""Innenstadt: footfall and vacancy of the city centre.

Footfall stands here by name; vacancy has a package of its own (``stadtlabor.innenstadt.vacancy``).
"""

from stadtlabor.innenstadt.footfall import (
    CAUSES,
    Calendar,
    Effect,
    LastHour,
    backtest,
    effect,
    flag,
    forecast,
    good,
    impute,
    index,
    last_hour,
    location_class,
    profile,
    protect,
)

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
