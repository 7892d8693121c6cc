"""A fair league: who improved most against the own expectation, with bands for ties.

Nobody is ranked by the building that it has. Each school is compared with what its own earlier
habits would have used in the same weather; schools whose ranges overlap share a band.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from stadtlabor.klimaschule.energy import heating_model, savings
from stadtlabor.klimaschule.school import School

__all__ = ["DRIFT_PERCENT", "Entry", "heat_entry", "league"]

DRIFT_PERCENT = 1.0
"""By how much the heat of a building changes from year to year without a measure: an assumption of
the Stadtlabor until schools without measures have shown it (see ``savings``)."""


@dataclass(frozen=True)
class Entry:
    """What a school brings into the league, of its own will.

    Attributes
    ----------
    school
        German name.
    percent, low, high
        Saving against the own expectation in per cent and its 90 % range.
    measured
        Share of the days that were really measured, 0–1.
    tested
        Number of own guesses that were tested by data: points for evidence, not for size.
    sentence
        German, how the number came about.
    simulated
        True if any value was invented.
    """

    school: str
    percent: float
    low: float
    high: float
    measured: float = 1.0
    tested: int = 0
    sentence: str = ""
    simulated: bool = False


def league(entries: Sequence[Entry]) -> pd.DataFrame:
    """Rank schools by improvement.

    A school is certainly behind another one if its whole range lies below the other's. Its place
    is a span: from one more than certainly better schools to all but the certainly worse ones.
    Those with the same best possible place share a band.

    Returns
    -------
    DataFrame
        Best first: ``school``, ``percent``, ``low``, ``high``, ``band`` (1 is best), ``best`` and
        ``worst`` possible place, ``evidence`` (points: up to 5 for measured days, 1 per tested
        guess, at most 10 together) and ``simulated``.
    """
    rows = []
    for entry in entries:
        better = sum(other.low > entry.high for other in entries)
        worse = sum(other.high < entry.low for other in entries)
        rows.append(
            {
                "school": entry.school,
                "percent": entry.percent,
                "low": entry.low,
                "high": entry.high,
                "best": better + 1,
                "worst": len(entries) - worse,
                "evidence": min(10.0, 5 * entry.measured + entry.tested),
                "simulated": entry.simulated,
            }
        )
    columns = ["school", "percent", "low", "high", "best", "worst", "evidence", "simulated"]
    table = pd.DataFrame(rows, columns=columns).sort_values(
        ["best", "percent"], ascending=[True, False], ignore_index=True
    )
    table.insert(4, "band", table["best"].rank(method="dense").astype("int64"))
    return table


def heat_entry(school: School, since: pd.Timestamp) -> Entry:
    """Compare a school's heat since a day with its own expectation from the time before.

    Parameters
    ----------
    school
        With a heat meter and temperature.
    since
        First day that counts, local time.

    Raises
    ------
    ValueError
        In German, if there is no heat meter, no weather, or too little data before.
    """
    meter = school.meter("heat")
    if meter is None or school.temperature_c is None:
        raise ValueError(f"{school.name}: Für die Liga fehlen Wärmezähler oder Wetter.")
    daily = meter.values.resample("D").agg(["sum", "count"])
    full = daily["count"] >= 0.9 * 86_400 / meter.interval_s
    use = daily["sum"].where(full)
    outside = school.temperature_c.resample("D").mean().reindex(use.index)
    kinds = school.day_types(pd.DatetimeIndex(use.index))
    before, after = use.index < since, use.index >= since
    model = heating_model(use[before], outside[before], kinds[before])
    found = savings(model, use[after], outside[after], kinds[after], drift_percent=DRIFT_PERCENT)
    return Entry(
        school=school.name,
        percent=found.percent,
        low=found.low_percent,
        high=found.high_percent,
        measured=float(full[after].mean()),
        sentence=found.sentence,
        simulated=school.simulated,
    )
