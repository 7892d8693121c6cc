"""Counts as one block of numbers: counter × local day × hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Floats", "Grid", "check_counts", "hourly"]

Floats = npt.NDArray[np.float64]
NEEDED = ("counter", "start", "pedestrians")


def check_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a frame of counts in order; refuse what is none.

    Raises
    ------
    ValueError
        In German, if a column is missing, times are without zone or a time stands there twice.
    """
    lacking = [name for name in NEEDED if name not in frame]
    if lacking:
        raise ValueError(
            f"In der Tabelle fehlen die Spalten {', '.join(lacking)}. Bitte die Datei mit "
            "stadtlabor.sources.footfall.read lesen."
        )
    if not isinstance(frame["start"].dtype, pd.DatetimeTZDtype):
        raise ValueError("Die Spalte start braucht Zeiten mit Zeitzone. Bitte UTC angeben.")
    if frame.empty:
        raise ValueError("Die Tabelle enthält keine Zählung. Bitte eine andere Datei wählen.")
    double = frame.duplicated(["counter", "start"])
    if double.any():
        row = frame[double].iloc[0]
        raise ValueError(
            f"Zähler {row['counter']}, {row['start']}: Die Zeit steht mehrfach da. Bitte die "
            "Wiederholungen löschen."
        )
    return frame.sort_values(["counter", "start"], kind="stable")


def hourly(frame: pd.DataFrame) -> pd.DataFrame:
    """Sum shorter intervals to hours; an hour with a part missing or flagged carries that mark.

    Returns
    -------
    DataFrame
        ``counter``, ``start`` (UTC), ``pedestrians`` (NaN where a part is missing) and, where
        given, ``cause`` (the first of the parts that has one).
    """
    if "interval_minutes" not in frame or (frame["interval_minutes"] == 60).all():
        return frame
    longer = frame["interval_minutes"] > 60
    if longer.any():
        name = frame.loc[longer, "counter"].iloc[0]
        raise ValueError(
            f"Zähler {name}: Die Werte gelten für mehr als eine Stunde. Bitte Stundenwerte laden."
        )
    keys = [frame["counter"], frame["start"].dt.floor("h").rename("start")]
    parts = frame.groupby(keys, sort=True)
    whole = parts["pedestrians"].agg(["sum", "count"])
    needed = 60 / parts["interval_minutes"].max()
    out = whole["sum"].where(whole["count"] >= needed - 1e-9).rename("pedestrians").to_frame()
    if "cause" in frame:
        out["cause"] = frame["cause"].replace("", None).groupby(keys).first().fillna("")
        out["flag"] = out["cause"] != ""
    out = out.reset_index()
    out["interval_minutes"] = 60.0
    out.attrs = frame.attrs
    return out


@dataclass(frozen=True)
class Grid:
    """Values by counter, local day and hour.

    Attributes
    ----------
    counters
        Names, in order of the first axis.
    days
        Local days without zone, none left out.
    values
        Persons per hour, shape (counter, day, 24); NaN where nothing was counted and in the hour
        that spring skips; in the doubled hour of autumn the mean of both.
    timezone
        Zone of the day.
    """

    counters: list[str]
    days: pd.DatetimeIndex
    values: Floats
    timezone: str

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        timezone: str,
        value: str = "pedestrians",
        counters: list[str] | None = None,
        days: pd.DatetimeIndex | None = None,
    ) -> Grid:
        """Build the grid of one column of an hourly frame."""
        local = frame["start"].dt.tz_convert(timezone).dt.tz_localize(None)
        if days is None:
            days = pd.date_range(local.min().normalize(), local.max().normalize())
        names = sorted(frame["counter"].unique()) if counters is None else counters
        place = pd.Series(range(len(names)), index=names)
        c = frame["counter"].map(place).to_numpy()
        d = (local.dt.normalize() - days[0]).dt.days.to_numpy()
        h = local.dt.hour.to_numpy()
        numbers = frame[value].to_numpy(dtype="float64")
        use = np.isfinite(numbers) & (d >= 0) & (d < len(days)) & ~pd.isna(c)
        c, d, h, numbers = c[use].astype(int), d[use], h[use], numbers[use]
        shape = (len(names), len(days), 24)
        total, count = np.zeros(shape), np.zeros(shape)
        np.add.at(total, (c, d, h), numbers)
        np.add.at(count, (c, d, h), 1)
        with np.errstate(invalid="ignore"):
            values = np.where(count > 0, total / count, np.nan)
        return cls(list(names), days, values, timezone)

    def take(self, values: Floats, counter: pd.Series, start: pd.Series) -> Floats:
        """Look up a block of this shape at counters and times (UTC)."""
        local = start.dt.tz_convert(self.timezone).dt.tz_localize(None)
        place = pd.Series(range(len(self.counters)), index=self.counters)
        d = (local.dt.normalize() - self.days[0]).dt.days.to_numpy()
        found: Floats = values[counter.map(place).to_numpy(), d, local.dt.hour.to_numpy()]
        return found
