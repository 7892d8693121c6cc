"""Which class of location a counter stands in: A, B or C as gif defines them, with chances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.innenstadt.footfall.calendar import Calendar, calendar_of, day_table
from stadtlabor.innenstadt.footfall.flags import flag, sound
from stadtlabor.innenstadt.footfall.grid import Floats, Grid, hourly
from stadtlabor.innenstadt.footfall.words import number, words

__all__ = ["CLASSES", "OPEN_HOURS", "Opening", "location_class", "opening_means"]

OPEN_HOURS = slice(9, 20)
"""Local hours that count as open, Monday to Saturday without public holidays."""

ENOUGH_HOURS = 750
"""Opening hours that a mean must stand on: a quarter of a year (imtargis/hystreet)."""

CLASSES = {"Top-A": 0.95, "A": 0.75, "B": 0.5, "C": 0.0}
"""Class → least part of the city's peak counter. Source: gif e. V., Definitionen zum
Einzelhandelsmarkt, 2014: A from 75 %, Top-A from 95 %, B from 50 %, C below."""

DRAWS = 2000
SEED = 2014


@dataclass(frozen=True)
class Opening:
    """Opening hours of every counter.

    Attributes
    ----------
    counters
        Names.
    sums, hours
        Persons and hours counted, shape (counter, week).
    published
        Persons per hour over all that was published, 9 to 20 h, Monday to Saturday.
    """

    counters: list[str]
    sums: Floats
    hours: Floats
    published: list[float]

    @property
    def means(self) -> Floats:
        """Persons per opening hour and counter."""
        with np.errstate(invalid="ignore"):
            mean: Floats = self.sums.sum(axis=1) / self.hours.sum(axis=1)
        return mean


def opening_means(
    frame: pd.DataFrame, calendar: str | tuple[str, str] | Calendar | None = None
) -> Opening:
    """Sum the sound counts of opening hours by week.

    Flagged hours do not count: a fault must not make a street look poorer.
    """
    holds = calendar_of(frame, calendar)
    flagged = hourly(frame if {"flag", "cause"} <= set(frame) else flag(frame, holds))
    grid = Grid.of(flagged.assign(sound=sound(flagged)), holds.timezone, "sound")
    open_days = (day_table(grid.days, holds)["kind"] < 2).to_numpy()
    values = grid.values[:, open_days, OPEN_HOURS]
    week = (grid.days[open_days] - grid.days[0]).days // 7
    sums = np.zeros((len(grid.counters), week.max() + 1))
    hours = np.zeros_like(sums)
    for n in range(len(grid.counters)):
        np.add.at(sums[n], week, np.nansum(values[n], axis=1))
        np.add.at(hours[n], week, np.isfinite(values[n]).sum(axis=1))
    local = flagged["start"].dt.tz_convert(holds.timezone)
    shops = local.dt.hour.between(OPEN_HOURS.start, OPEN_HOURS.stop - 1)
    told = flagged[shops & (local.dt.day_of_week < 6)].groupby("counter")["pedestrians"].mean()
    return Opening(grid.counters, sums, hours, [float(told.get(c, np.nan)) for c in grid.counters])


def location_class(
    frame: pd.DataFrame,
    counter: str,
    calendar: str | tuple[str, str] | Calendar | None = None,
) -> pd.DataFrame:
    """Return how probable each class of location is for a counter.

    The mean per opening hour (9 to 20 h, Monday to Saturday without public holidays) is compared
    with that of the busiest counter in ``frame``. The chances come from drawing whole weeks anew
    (block bootstrap), the same weeks for all counters, so that a rainy month weighs on all of them.

    Parameters
    ----------
    frame
        Counts of all counters of one city, flagged or not.
    counter
        Which counter.
    calendar
        Country and state.

    Returns
    -------
    DataFrame
        ``class`` (``Top-A``, ``A``, ``B``, ``C``) and ``probability`` (0 to 1), best first. In
        ``attrs``: ``mean`` (persons per opening hour), ``published_mean`` (the same over everything
        published, faults and holidays included), ``peak`` and ``peak_mean`` (busiest counter),
        ``ratio``, ``hours`` (opening hours counted).

    Raises
    ------
    ValueError
        In German, if the counter is unknown or has fewer than 750 opening hours.
    """
    opening = opening_means(frame, calendar)
    if counter not in opening.counters:
        raise ValueError(
            words("location.unknown", counter=counter, known=", ".join(opening.counters))
        )
    place = opening.counters.index(counter)
    counted = opening.hours.sum(axis=1)
    if counted[place] < ENOUGH_HOURS:
        raise ValueError(
            words(
                "location.too_short",
                counter=counter,
                hours=number(counted[place]),
                needed=number(ENOUGH_HOURS),
            )
        )
    enough = counted >= ENOUGH_HOURS
    means = np.where(enough, opening.means, np.nan)
    peak = int(np.nanargmax(means))
    ratios = _drawn(opening, place, enough)
    names, limits = list(CLASSES), np.array(list(CLASSES.values()))
    best = np.argmax(ratios[:, None] >= limits[None, :], axis=1)
    out = pd.DataFrame(
        {"class": names, "probability": np.bincount(best, minlength=len(names)) / len(best)}
    )
    out.attrs = {
        "mean": float(means[place]),
        "published_mean": opening.published[place],
        "peak": opening.counters[peak],
        "peak_mean": float(means[peak]),
        "ratio": float(means[place] / means[peak]),
        "hours": int(counted[place]),
    }
    return out


def _drawn(opening: Opening, place: int, enough: np.ndarray) -> Floats:
    """Return the part of the peak counter in each draw of weeks."""
    rng = np.random.default_rng(SEED)
    weeks = opening.sums.shape[1]
    often = rng.multinomial(weeks, np.full(weeks, 1 / weeks), size=DRAWS).T
    sums, hours = opening.sums[enough] @ often, opening.hours[enough] @ often
    mean = np.divide(sums, hours, out=np.zeros_like(sums), where=hours > 0)
    own = int(np.flatnonzero(np.flatnonzero(enough) == place)[0])
    ratio: Floats = mean[own] / mean.max(axis=0)
    return ratio
