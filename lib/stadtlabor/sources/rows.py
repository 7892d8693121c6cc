"""Rules that hold for every file of readings: nothing vanishes, nothing counts twice."""

from __future__ import annotations

import pandas as pd

from stadtlabor.observations import Problem
from stadtlabor.sources.ledger import REMEDY
from stadtlabor.sources.localtime import MISSING_HOUR, SINGLE_HOUR

__all__ = ["check"]


def check(rows: pd.DataFrame, file: str, value_field: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Refuse what cannot be used and tell each refused or doubtful row.

    Parameters
    ----------
    rows
        Columns ``line`` (number in the file), ``series``, ``time`` (UTC, NaT where unreadable),
        ``value`` (NaN where unreadable), ``remark`` (German, may be empty), ``raw_time`` and
        ``raw_value`` (as they stand in the file).
    file
        Name for the messages.
    value_field
        Name of the value's column for the messages.

    Returns
    -------
    tuple
        The rows to keep and the problems. Each row of the input is kept or has a problem.
    """
    problems: list[Problem] = []

    def tell(bad: pd.DataFrame, field: str, what: str, remedy: str = REMEDY) -> None:
        for row in bad.itertuples():
            place = f"{file}, Zeile {row.line}" + (f", Spalte „{field}“" if field else "")
            said = what.format(time=row.raw_time, value=row.raw_value, remark=row.remark)
            problems.append(Problem(place, said, remedy))

    missing_hour = rows["remark"] == MISSING_HOUR
    tell(rows[missing_hour], "Zeit", "{remark} ({time})")
    no_time = rows["time"].isna() & ~missing_hour
    tell(rows[no_time], "Zeit", "„{time}“ ist keine gültige Zeit")
    no_value = rows["value"].isna() & rows["time"].notna()
    empty = no_value & (rows["raw_value"].fillna("").astype(str).str.strip() == "")
    tell(rows[empty], value_field, "Der Wert fehlt")
    tell(rows[no_value & ~empty], value_field, "„{value}“ ist keine Zahl")
    rows = rows[rows["time"].notna() & rows["value"].notna()]
    negative = rows["value"] < 0
    tell(rows[negative], value_field, "Der Wert {value} ist negativ")
    rows = rows[~negative]

    key = ["series", "time"]
    doubled = rows.duplicated(key, keep=False)
    if doubled.any():
        differs = rows[doubled].groupby(key)["value"].transform("nunique") > 1
        conflict = rows.index.isin(differs.index[differs])
        tell(
            rows[conflict],
            value_field,
            "Zu {time} stehen verschiedene Werte in der Datei, einer davon {value}",
            "Bitte entscheiden, welcher Wert gilt, und die anderen löschen",
        )
        rows = rows[~conflict]
        repeat = rows.duplicated(key, keep="first")
        tell(
            rows[repeat],
            value_field,
            "Die Zeile zu {time} steht mehrfach mit gleichem Wert da; sie zählt einmal",
            "Keine Änderung nötig",
        )
        rows = rows[~repeat]
    tell(rows[rows["remark"] == SINGLE_HOUR], "Zeit", "{remark} ({time})", "Bitte prüfen")
    return rows, problems
