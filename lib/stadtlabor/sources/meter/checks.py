"""Rules for every layout: nothing vanishes, nothing counts twice, nothing absurd counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.sources.ledger import NOTHING_TO_DO, Ledger
from stadtlabor.sources.localtime import SINGLE_HOUR

__all__ = ["check"]

FAR, ABSURD, LEAST = 5.0, 50.0, 20
"""More than FAR (ABSURD) times the value that 99 % stay below is told (refused), from LEAST on."""


def check(frame: pd.DataFrame, ledger: Ledger, now: pd.Timestamp) -> pd.DataFrame:
    """Refuse what cannot be used and tell each refused or doubtful row.

    Parameters
    ----------
    frame
        Columns ``line``, ``meter``, ``medium``, ``start`` (UTC, NaT where unreadable), ``value``
        (NaN where unreadable), ``raw_time`` and ``raw_value`` (as they stand in the file), ``why``
        (German reason why the value is unreadable), ``remark`` (on the time) and ``column`` (name
        of the value's column).
    ledger
        Takes what is told.
    now
        Nothing is measured after this instant (UTC).

    Returns
    -------
    pandas.DataFrame
        The rows to keep, with a column ``suspect``: told as refused, but not unreadable.
    """

    def reject(bad: pd.Series, what: str, time: bool = False) -> None:
        for row in _each(frame[bad]):
            said = what.format(
                time=row.raw_time, value=row.raw_value, why=row.why, remark=row.remark
            )
            ledger.reject(row.line, said, column="Zeit" if time else str(row.column))

    gone = pd.Series(False, index=frame.index)
    for bad, what, is_time in (
        (frame["remark"].isin(["", SINGLE_HOUR]).__invert__(), "{remark} ({time})", True),
        (frame["start"].isna(), "„{time}“ ist keine gültige Zeit", True),
        (frame["start"] > now, "„{time}“ liegt in der Zukunft", True),
        (
            frame["value"].isna() & (frame["raw_value"] == ""),
            "Der Wert zu {time} fehlt",
            False,
        ),
        (frame["value"].isna(), "„{value}“ {why}", False),
        (frame["value"] < 0, "Der Wert {value} ist negativ", False),
    ):
        new = bad & ~gone
        if new.any():
            reject(new, what, is_time)
            gone |= new
    frame = frame[~gone]
    frame = _once(frame, ledger)
    single = frame[frame["remark"] == SINGLE_HOUR]
    for row in _each(single):
        ledger.doubt(row.line, f"{row.remark} ({row.raw_time})", column="Zeit")
    _tell_lonely(frame, ledger)
    return _absurd(frame, ledger)


def _each(frame: pd.DataFrame) -> Any:
    return frame.itertuples()


def _tell_lonely(frame: pd.DataFrame, ledger: Ledger) -> None:
    """Tell a meter with a single row beside meters with many: perhaps a mistyped name."""
    rows = frame.drop_duplicates(["meter", "line"])
    counts = rows["meter"].map(rows["meter"].value_counts())
    if len(rows) and counts.max() >= LEAST // 4:
        for row in _each(rows[counts == 1]):
            ledger.doubt(
                row.line,
                f"Der Zähler „{row.meter}“ kommt nur in dieser Zeile vor",
                "Bitte prüfen, ob die Bezeichnung stimmt; die Zeile zählt als eigener Zähler",
            )


def _once(frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Count rows that say the same once; refuse rows that contradict each other."""
    key = ["meter", "medium", "start"]
    doubled = frame.duplicated(key, keep=False)
    if not doubled.any():
        return frame
    differs = frame[doubled].groupby(key)["value"].transform("nunique") > 1
    conflict = frame.index.isin(differs.index[differs])
    for row in _each(frame[conflict]):
        ledger.reject(
            row.line,
            f"Zu {row.raw_time} stehen verschiedene Werte in der Datei, einer davon "
            f"{row.raw_value}",
            "Bitte entscheiden, welcher Wert gilt, und die anderen löschen",
            str(row.column),
        )
    frame = frame[~conflict]
    repeat = frame.duplicated(key, keep="first")
    for row in _each(frame[repeat]):
        ledger.repair(
            row.line,
            f"Die Zeile zu {row.raw_time} steht mehrfach mit gleichem Wert da; sie zählt einmal",
            NOTHING_TO_DO,
        )
    return frame[~repeat]


def _absurd(frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Mark values out of all proportion to the others of their meter."""
    positive = frame["value"].where(frame["value"] > 0)
    groups = positive.groupby([frame["meter"], frame["medium"]])
    usual = groups.transform(lambda v: v.quantile(0.99, interpolation="lower"))
    # Among few values the largest is itself the 99 % value: there the median speaks.
    few = groups.transform("count") < 2 / 0.01
    usual = usual.where(~few, groups.transform("median") * 4)
    usual = usual.where(groups.transform("count") >= LEAST)
    far = (frame["value"] > FAR * usual) & (usual > 0)
    absurd = far & (frame["value"] > ABSURD * usual)
    for row in _each(frame[absurd]):
        ledger.reject(
            row.line,
            f"{row.raw_value} ist mehr als das {ABSURD:g}-Fache der üblichen Werte dieses Zählers",
            column=str(row.column),
        )
    for row in _each(frame[far & ~absurd]):
        ledger.doubt(
            row.line,
            f"{row.raw_value} ist auffällig hoch für diesen Zähler",
            "Bitte prüfen; der Wert zählt mit",
            str(row.column),
        )
    return frame.assign(suspect=np.asarray(absurd, dtype=bool))
