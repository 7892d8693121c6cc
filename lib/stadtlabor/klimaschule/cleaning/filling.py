"""Fill the gaps of a meter series and say how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.cleaning.band import Band, Stretch
from stadtlabor.klimaschule.cleaning.days import usable
from stadtlabor.klimaschule.cleaning.grid import DAY_S, Array, Grid, Ints, Kind, regular
from stadtlabor.klimaschule.cleaning.repeats import runs
from stadtlabor.klimaschule.cleaning.similarity import Traits, settings, traits
from stadtlabor.klimaschule.cleaning.texts import decimal, moment, texts

__all__ = [
    "PROVENANCE",
    "UNITS",
    "Filling",
    "Gap",
    "categories",
    "duration",
    "end_of",
    "fill_gaps",
]

PROVENANCE = ("measured", "corrected", "filled", "simulated")
UNITS = {"electricity": "kWh", "heat": "kWh", "gas": "kWh", "water": "m³"}

MIN_DAYS = 14
SIMILAR_WITHIN_DAYS = 100
"""How far a similar day may lie (Energy Sparks searches as far)."""

SIMILAR_LEAST = 2
FEW_DAYS = 60
"""With fewer measured days the report warns."""

STRETCH_DAYS, PIECE_DAYS, MARGIN_DAYS = 1096, 366, 183
"""Longer series are worked on piece by piece, because the effort grows with the cube of the days:
each year together with the one before and the one after, whose same weeks tell about it."""


@dataclass(frozen=True)
class Gap:
    """One gap and what became of it.

    Attributes
    ----------
    start, end
        First missing interval, and the start of the first interval after it.
    total, low, high
        Estimated sum of the gap and its 90 % band; NaN where the gap stays open.
    filled
        False where an estimate would have been invented.
    sentence
        The same in German.
    first, last
        Position of the gap in the filled table.
    paths
        Possible errors (measured minus filled) of the intervals: paths × intervals.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    total: float
    low: float
    high: float
    filled: bool
    sentence: str
    first: int
    last: int
    paths: Array


@dataclass(frozen=True)
class Filling:
    """What was filled, in ``frame.attrs["filling"]``.

    Attributes
    ----------
    gaps
        All gaps in order of time.
    sentences
        German report: one sentence per gap, and what to be careful about.
    unit
        Unit of the values.
    nonnegative
        True where the meter never counts backwards.
    """

    gaps: tuple[Gap, ...]
    sentences: tuple[str, ...]
    unit: str
    nonnegative: bool

    @property
    def method(self) -> tuple[str, ...]:
        """How gaps are filled, in a few German sentences."""
        return tuple(texts()["method"])

    def __deepcopy__(self, memo: dict[int, Any]) -> Filling:
        # pandas copies attributes with every operation; nothing here ever changes.
        return self


def fill_gaps(
    series: pd.Series,
    *,
    kind: Kind,
    temperature: pd.Series | None = None,
    day_types: pd.Series | None = None,
) -> pd.DataFrame:
    """Fill the gaps of a meter series.

    Parameters
    ----------
    series
        Energy (kWh) or volume (m³) per interval of equal length from minutes to a day, indexed by
        the start of the interval with a time zone. NaN and absent intervals are missing. An index
        in UTC is read by the city's clock.
    kind
        ``electricity``, ``heat``, ``gas`` or ``water``.
    temperature
        Outdoor temperature in °C, hourly or daily.
    day_types
        Kind of each day (``school``, ``weekend``, ``public_holiday``, ``school_holiday``);
        without it only weekdays and weekends are told apart.

    Returns
    -------
    DataFrame
        On the complete regular index: ``value``, ``low``, ``high`` (band that holds nine of ten
        true values) and the categorical ``provenance``. Measured values stay as they are. A gap
        that nothing similar was measured for stays NaN, without provenance.
        ``attrs["filling"]`` is a :class:`Filling`; sums of time with gaps come from
        :func:`gap_total`, because errors within a gap go together.

    Raises
    ------
    ValueError
        If the index is not regular; the message is German.
    """
    settings(kind)  # an unknown kind is told before any work
    grid, values = regular(series)
    known = traits(grid, kind, temperature, day_types)
    table = grid.table(values)
    examples, bridged = usable(table)
    nonnegative = not (values < 0).any()
    result, low, high = values.copy(), values.copy(), values.copy()
    stretches: dict[tuple[int, int], Stretch] = {}
    gaps: list[Gap] = []
    for first, last in runs(np.isnan(values)):
        touched = np.arange(grid.day[first], grid.day[last] + 1)
        refusal = _refusal(touched, examples, known)
        if refusal:
            gaps.append(_open_gap(grid, first, last, refusal, len(examples)))
            continue
        window = _window(touched, len(table))
        if window not in stretches:
            stretches[window] = _stretch(grid, bridged, examples, known, kind, window, nonnegative)
        band = stretches[window].band(grid, first, last)
        inside = slice(first, last + 1)
        result[inside], low[inside], high[inside] = band.value, band.low, band.high
        gaps.append(_filled_gap(grid, first, last, band, kind, examples, nonnegative))
    missing = np.isnan(values)
    code = np.where(np.isnan(result), -1, np.where(missing, PROVENANCE.index("filled"), 0))
    frame = pd.DataFrame({"value": result, "low": low, "high": high}, index=grid.index)
    frame["provenance"] = categories(code)
    sentences = _sentences(gaps, len(examples), kind, temperature)
    frame.attrs["filling"] = Filling(tuple(gaps), sentences, UNITS[kind], nonnegative)
    return frame


def categories(code: Ints) -> pd.Categorical:
    """Return the column ``provenance`` for positions in :data:`PROVENANCE`; -1 is none."""
    names = np.array([*PROVENANCE, None], dtype=object)
    return pd.Categorical(names[code], categories=list(PROVENANCE))


def _refusal(touched: Ints, examples: Ints, known: Traits) -> str:
    """Return why nothing may be filled: a key of the report's texts, or nothing."""
    if len(examples) < MIN_DAYS:
        return "few_days"
    # A day with a few known hours still is no example for itself.
    others = examples[~np.isin(examples, touched)]
    near = np.abs(touched[:, None] - others[None]) <= SIMILAR_WITHIN_DAYS
    alike = known.open[touched][:, None] == known.open[others][None]
    if ((near & alike).sum(axis=1) < SIMILAR_LEAST).any():
        return "no_similar"
    return "too_long" if len(touched) > 1 + len(examples) / 2 else ""


def _window(touched: Ints, days: int) -> tuple[int, int]:
    """Return the first day of the stretch that a gap is filled from, and the one after its last."""
    piece = int(touched.mean()) // PIECE_DAYS
    begin = piece * PIECE_DAYS - (STRETCH_DAYS - PIECE_DAYS) // 2
    begin = max(0, min(begin, days - STRETCH_DAYS))
    end = min(days, begin + STRETCH_DAYS)
    # A gap of a year and more still has something on either side.
    begin = min(begin, max(0, int(touched[0]) - MARGIN_DAYS))
    return begin, max(end, min(days, int(touched[-1]) + 1 + MARGIN_DAYS))


def _stretch(
    grid: Grid, bridged: Array, examples: Ints, known: Traits, kind: Kind,
    window: tuple[int, int], nonnegative: bool,
) -> Stretch:  # fmt: skip
    begin, end = window
    inside = slice(begin, end)
    rows = examples[(examples >= begin) & (examples < end)] - begin
    part = Traits(
        known.kind[inside], known.weekday[inside], known.cold[inside], known.temperature[inside]
    )
    return Stretch(bridged[inside], rows, part, kind, begin, grid.step_s, nonnegative)


def _open_gap(grid: Grid, first: int, last: int, reason: str, days: int) -> Gap:
    start, end = grid.index[first], end_of(grid, last)
    sentence = texts()["report"][reason].format(
        start=moment(start), end=moment(end), length=duration(start, end), days=days,
        least=MIN_DAYS, reach=SIMILAR_WITHIN_DAYS,
    )  # fmt: skip
    nan = float("nan")
    return Gap(start, end, nan, nan, nan, False, sentence, first, last, np.empty((0, 0)))


def _filled_gap(
    grid: Grid, first: int, last: int, band: Band, kind: Kind, examples: Ints, nonnegative: bool
) -> Gap:
    start, end = grid.index[first], end_of(grid, last)
    total = float(band.value.sum())
    low, high = (total + float(q) for q in np.quantile(band.paths.sum(axis=1), (0.05, 0.95)))
    low, high = min(low, total), max(high, total)
    if nonnegative:
        low = max(0.0, low)
    told = texts()["report"]
    sides = {1: told["before"], -1: told["after"], 0: ""}[band.direction]
    digits = 1 if high < 1000 else 0
    sentence = told["gap"].format(
        start=moment(start), end=moment(end), length=duration(start, end), unit=UNITS[kind],
        total=decimal(total, digits), low=decimal(low, digits), high=decimal(high, digits),
        days=len(examples), sides=sides,
    )  # fmt: skip
    return Gap(start, end, total, low, high, True, sentence, first, last, band.paths)


def end_of(grid: Grid, last: int) -> pd.Timestamp:
    """Return the start of the first interval after the position ``last``."""
    if last + 1 < len(grid.index):
        return grid.index[last + 1]
    if grid.step_s == DAY_S:
        return grid.index[last] + pd.offsets.Day(1)
    return grid.index[last] + pd.Timedelta(seconds=grid.step_s)


def duration(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Say in German how long a stretch of time is."""
    told = texts()["report"]
    seconds = (end - start).total_seconds()
    if seconds < 7200:
        return str(told["minutes"]).format(number=round(seconds / 60))
    if seconds < 1.5 * DAY_S and abs(seconds - DAY_S) > 3600:
        return str(told["hours"]).format(number=decimal(seconds / 3600, 0))
    days = round(seconds / DAY_S)
    return str(told["day"]) if days == 1 else str(told["days"]).format(number=decimal(days, 0))


def _sentences(
    gaps: list[Gap], days: int, kind: Kind, temperature: pd.Series | None
) -> tuple[str, ...]:
    told = texts()["report"]
    if not gaps:
        return (told["none"],)
    result = [gap.sentence for gap in gaps]
    if any(gap.filled for gap in gaps):
        if days < FEW_DAYS:
            result.append(told["little"].format(days=days))
        if temperature is None and kind in ("heat", "gas"):
            result.append(told["weather"])
    return tuple(result)
