"""What speaks against a count, with its cause. Values are marked, never altered."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stadtlabor.innenstadt.footfall.calendar import Calendar, calendar_of, day_table
from stadtlabor.innenstadt.footfall.grid import check_counts
from stadtlabor.innenstadt.footfall.marks import (
    Marks,
    Places,
    commissioning,
    imbalance,
    recurring,
    stuck,
    usual,
    zero_runs,
)

__all__ = ["CAUSES", "flag", "flag_as_known", "good", "sound"]

CAUSES = (
    "missing", "zero_block", "recurring_zero_hour", "commissioning_spike", "stuck",
    "direction_imbalance",
)  # fmt: skip
"""Why a value is flagged, the most telling cause first."""


def flag(
    frame: pd.DataFrame, calendar: str | tuple[str, str] | Calendar | None = None
) -> pd.DataFrame:
    """Mark the counts that cannot be true, all counters at once.

    Parameters
    ----------
    frame
        Counts as :func:`stadtlabor.sources.footfall.read` gives them.
    calendar
        Country and state (see :func:`~stadtlabor.innenstadt.footfall.calendar.calendar_of`).

    Returns
    -------
    DataFrame
        All columns of ``frame``, in order of counter and time, with ``flag`` and ``cause``: one of
        :data:`CAUSES`, empty where nothing speaks against the value. For every interval that is
        absent between the first and the last of a counter a row is added, ``pedestrians`` NaN,
        cause ``missing``. No value is changed.

    Raises
    ------
    ValueError
        In German, if the frame is none of counts.
    """
    return _flagged(frame, calendar_of(frame, calendar), looking_ahead=True)


def flag_as_known(frame: pd.DataFrame, calendar: Calendar, first: pd.Timestamp) -> pd.DataFrame:
    """Mark counts as it could have been done at the time, for honest tests of forecasts.

    Days before ``first`` (local midnight, without zone) are judged by all days before it, each
    later day by itself and the days before it. What a counter's first days after a silence are
    worth cannot be known at once, so commissioning spikes are only found before ``first``.
    """

    def early(rows: pd.DataFrame) -> Marks:
        local = rows["start"].dt.tz_convert(calendar.timezone).dt.tz_localize(None)
        return np.asarray(local < first)

    later = _flagged(frame, calendar, looking_ahead=False)
    before = frame[early(frame)]
    if before.empty:
        return later
    parts = [_flagged(before, calendar, looking_ahead=True), later[~early(later)]]
    # An interval absent at the very end of a counter's past shows only with what came later.
    known = pd.MultiIndex.from_frame(parts[0][["counter", "start"]])
    between = later[early(later)]
    fresh = ~pd.MultiIndex.from_frame(between[["counter", "start"]]).isin(known)
    out = pd.concat([*parts, between[fresh]], ignore_index=True)
    out.attrs = frame.attrs
    return out.sort_values(["counter", "start"], kind="stable").reset_index(drop=True)


def _flagged(frame: pd.DataFrame, calendar: Calendar, looking_ahead: bool) -> pd.DataFrame:
    groups = check_counts(frame).groupby("counter", sort=True)
    parts = [_one(rows, calendar, looking_ahead) for _, rows in groups]
    out = pd.concat([part.assign(flag=part["cause"] != "") for part in parts], ignore_index=True)
    out.attrs = frame.attrs
    return out


def good(flagged: pd.DataFrame) -> pd.DataFrame:
    """Return the rows without objection."""
    return flagged[~flagged["flag"]]


def sound(flagged: pd.DataFrame, keep: tuple[str, ...] = ()) -> pd.Series:
    """Return the counts with NaN in place of flagged ones, except those with a cause to keep."""
    use = ~flagged["flag"] | flagged["cause"].isin(keep)
    return flagged["pedestrians"].where(use)


def _one(rows: pd.DataFrame, calendar: Calendar, looking_ahead: bool) -> pd.DataFrame:
    """Mark one counter."""
    minutes = _step(rows)
    step = pd.Timedelta(minutes=minutes)
    full = pd.date_range(rows["start"].iloc[0], rows["start"].iloc[-1], freq=step, name="start")
    full = full.union(pd.DatetimeIndex(rows["start"]))
    out = rows.set_index("start").reindex(full).reset_index()
    out["counter"] = rows["counter"].iloc[0]
    if "interval_minutes" in out:
        out["interval_minutes"] = out["interval_minutes"].fillna(minutes)
    out = out[[*rows.columns]]
    values = out["pedestrians"].to_numpy(dtype="float64")
    local = pd.DatetimeIndex(out["start"]).tz_convert(calendar.timezone).tz_localize(None)
    slot = _slots(local, calendar, minutes)
    day = np.asarray((local.normalize() - local[0].normalize()).days, dtype="int64")
    spike = commissioning(values, day) if looking_ahead else np.zeros(len(values), dtype=bool)
    level = usual(np.where(spike, np.nan, values), slot, looking_ahead)
    # Without a look ahead a run is known up to midnight.
    apart = np.zeros(len(day), dtype="int64") if looking_ahead else day
    found: dict[str, Marks] = {
        "missing": ~np.isfinite(values),
        "recurring_zero_hour": recurring(values, slot % 10_000, day, level, looking_ahead),
        "commissioning_spike": spike,
        "stuck": stuck(values, apart),
        "direction_imbalance": imbalance(out),
    }
    found["zero_block"] = zero_runs(values, level, found["recurring_zero_hour"], apart)
    # A whole day of zeros holds the recurring hour, too: there the block is the cause.
    found["recurring_zero_hour"] &= ~found["zero_block"]
    cause = np.full(len(out), "", dtype=object)
    for name in reversed(CAUSES):
        cause[found[name]] = name
    out["cause"] = pd.Series(cause, index=out.index, dtype="str")
    return out


def _step(rows: pd.DataFrame) -> float:
    if "interval_minutes" in rows:
        return float(rows["interval_minutes"].iloc[0])
    gaps = rows["start"].diff().dropna()
    return 60.0 if gaps.empty else float(gaps.mode().iloc[0].total_seconds() / 60)


def _slots(local: pd.DatetimeIndex, calendar: Calendar, minutes: float) -> Places:
    """Number the kinds of time: day kind × place in the day."""
    days = pd.date_range(local[0].normalize(), local[-1].normalize())
    kind = day_table(days, calendar)["kind"].reindex(local.normalize()).to_numpy()
    place = (local.hour * 60 + local.minute) // minutes
    return np.asarray(kind * 10_000 + place, dtype="int64")
