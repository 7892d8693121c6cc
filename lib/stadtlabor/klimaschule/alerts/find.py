"""All rules over one school."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.alerts import (
    health,
    heating,
    setback,
    solar,
    steady,
    use,
    waste,
    water,
)
from stadtlabor.klimaschule.alerts.alert import Alert, Finding
from stadtlabor.klimaschule.alerts.limits import rules
from stadtlabor.klimaschule.alerts.telling import tell
from stadtlabor.klimaschule.alerts.view import View, view
from stadtlabor.klimaschule.school import School, open_school

__all__ = ["RULES", "alerts"]

RULES: tuple[Callable[[View], Iterator[Finding]], ...] = (
    health.meter_silent, health.meter_stuck, health.register_jump, health.clock_shift,
    steady.baseload_high, steady.baseload_up, steady.night_weekday, steady.fridge_on,
    use.weekend_high, use.holiday_high, use.peak_up, use.electricity_change,
    solar.solar_silent, solar.feed_in_silent,
    setback.heat_weekend, setback.heat_night, setback.heat_holiday, setback.heat_early,
    heating.heat_warm, heating.heat_limit_high, heating.heat_change, heating.hot_water_loss,
    heating.frost_off, water.water_flow, water.water_jump, waste.waste_spike,
)  # fmt: skip

WEIGHT = {"high": 0, "medium": 1, "low": 2}


def alerts(
    school: School | str, start: date | pd.Timestamp | str, end: date | pd.Timestamp | str
) -> list[Alert]:
    """Find what deserves a look at a school's meters.

    Parameters
    ----------
    school
        A school, or an id that :func:`~stadtlabor.klimaschule.school.open_school` reads.
    start, end
        Local days; ``end`` exclusive. Up to 400 days before ``start`` serve as the school's own
        reference: rules that compare with the past are silent without it.

    Returns
    -------
    list of Alert
        The most severe first. A finding that another one explains (a peak that a new steady
        device lifts) is left out; ``hides`` in ``rules.toml`` says which.

    Raises
    ------
    SchoolError
        In German, if the school has no meter at all or the period is none.
    """
    seen = view(open_school(school) if isinstance(school, str) else school, start, end)
    with np.errstate(all="ignore"):
        found = [finding for rule in RULES for finding in rule(seen)]
    told = [tell(finding, seen) for finding in _explained(found)]
    return sorted(told, key=lambda a: (WEIGHT[a.severity], a.start, a.key))


def _explained(found: list[Finding]) -> list[Finding]:
    """Leave out what another finding of the same time explains."""
    hidden = [
        any(
            (other.key in ("meter_silent",) and other.medium == mine.medium and _same(mine, other)
            and mine.key in ("solar_silent", "frost_off", "feed_in_silent"))
            or (mine.key in rules()[other.key]["hides"] and _same(mine, other))
            for other in found
            if other is not mine
        )
        for mine in found
    ]  # fmt: skip
    return [finding for finding, gone in zip(found, hidden, strict=True) if not gone]


def _same(mine: Finding, other: Finding) -> bool:
    """Tell whether two findings overlap in time, give or take a week."""
    week = pd.Timedelta(days=7)
    return mine.start < other.end + week and other.start < mine.end + week
