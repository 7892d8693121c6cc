"""Which columns hold values, in which unit, of which medium; which meter a row belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import NOTHING_TO_DO
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.numbers import Numbers, numbers
from stadtlabor.sources.meter.words import Columns, medium_of, plain, unit_of, words
from stadtlabor.sources.question import Option, Question
from stadtlabor.sources.table import Table

__all__ = [
    "Values", "ask_unit", "find_values", "media_of", "meters_of", "numbers_of", "optional",
    "provenance_of", "sign_of", "units_of",
]  # fmt: skip

ASKED = {"kWh": "einheit-kwh", "kW": "einheit-kw", "m³": "einheit-m3"}


@dataclass(frozen=True)
class Values:
    """A column of values: its place, its unit if the name tells it, its medium likewise."""

    place: int
    unit: str | None
    medium: str | None


def find_values(columns: Columns, form: Form, units: list[str], taken: set[int]) -> list[Values]:
    """Find the columns of values.

    Parameters
    ----------
    columns
        Columns of the file.
    form
        What is stated.
    units
        Cells of a row of units under the header, may be empty.
    taken
        Places that play another part.

    Raises
    ------
    Question
        If several columns may be meant.
    SourceError
        If there is none.
    """
    table = columns.table
    named = words()["columns"]["value"]

    def unit(n: int) -> str | None:
        return unit_of(table.header[n]) or (
            unit_of(units[n].strip("[]() ")) if n < len(units) else None
        )

    free = [n for n in range(len(table.header)) if n not in taken and table.header[n]]
    if form.column is not None:
        asked = form.column.lower()
        free = [n for n in free if asked in (table.header[n].lower(), plain(table.header[n]))]
        if not free:
            raise SourceError(
                f"{table.name}: Die Spalte „{form.column}“ gibt es nicht "
                f"({', '.join(table.header[:8])})."
            )
        found = [Values(n, unit(n), medium_of(table.header[n])) for n in free[:1]]
    else:
        found = [Values(n, unit(n), medium_of(table.header[n])) for n in free if unit(n)]
        found = found or [
            Values(n, None, medium_of(table.header[n]))
            for n in free
            if any(word in plain(table.header[n]) for word in named)
        ]
    if not found:
        raise SourceError(
            f"{table.name}: Keine Spalte mit Werten gefunden ({', '.join(table.header[:8])}). "
            "Bitte die Spalte zum Beispiel „Verbrauch [kWh]“ nennen."
        )
    doubled = {table.header[v.place] for v in found}
    if len(doubled) < len(found):
        names = ", ".join(f"„{name}“" for name in sorted(doubled))
        raise SourceError(
            f"{table.name}, Zeile {table.header_line}: Die Spalte {names} gibt es mehrfach. "
            "Bitte alle bis auf eine löschen oder umbenennen."
        )
    energy = [v for v in found if v.unit not in ("kW", "W")]
    found = energy or found  # of work and power of one meter, the work counts
    if len({v.medium for v in found}) < len(found):
        raise Question(
            table.name,
            "Welche Spalte enthält die Werte?",
            [
                Option(
                    table.header[v.place],
                    f"spalte-{plain(table.header[v.place])}",
                    {"column": table.header[v.place]},
                )
                for v in found
            ],
        )
    ignored = [
        table.header[n]
        for n in free
        if n not in {v.place for v in found}
        and (unit_of(table.header[n]) or any(w in plain(table.header[n]) for w in named))
    ]
    if ignored:
        table.ledger.doubt(None, f"Nicht gelesen: Spalte {', '.join(ignored)}", NOTHING_TO_DO)
    return found


def ask_unit(name: str, shown: str = "") -> Question:
    """Return the question for the unit."""
    return Question(
        name,
        f"In welcher Einheit stehen die Werte{f' der Spalte „{shown}“' if shown else ''}?",
        [Option(unit, tag, {"unit": unit}) for unit, tag in ASKED.items()],
    )


def units_of(
    columns: Columns, form: Form, own: str | None, header: str
) -> tuple[pd.Series, npt.NDArray[np.bool_]]:
    """Return the unit of each row, and which rows name none that is known.

    Raises
    ------
    Question
        If no unit is stated anywhere, or header and column contradict each other.
    """
    table = columns.table
    count = len(table)
    bad = np.zeros(count, dtype=bool)
    place = columns.place("unit")
    if form.unit is not None:
        return pd.Series(form.unit, index=range(count), dtype="str"), bad
    if place is not None:
        raw = table.column(place)
        # The whole cell must be a unit: "+Wh" is a damaged kWh.
        known = {cell: words()["units"].get(cell.lower().strip("[]() ")) for cell in raw.unique()}
        units = raw.map(known)
        bad = units.isna().to_numpy(bool)
        stated = set(units.dropna())
        if stated and not (own and own not in stated):
            if stated & {"kW", "W"} and stated - {"kW", "W"}:
                raise ask_unit(table.name, header)
            return units, bad
        if stated:
            raise ask_unit(table.name, header)
        if place is not None and columns.table.column(place).any():
            raise SourceError(
                f"{table.name}, Zeile {table.lines[0]}, Spalte „{table.header[place]}“: "
                f"„{table.rows[0][place]}“ ist keine bekannte Einheit. Bitte zum Beispiel „kWh“ "
                "eintragen."
            )
    unit = own or unit_of(" ".join(table.preamble))
    if unit is None:
        raise ask_unit(table.name, header if place is None else "")
    return pd.Series(unit, index=range(count), dtype="str"), np.zeros(count, dtype=bool)


def sign_of(table: Table) -> str:
    """Return the delimiter of a text table, empty for workbooks."""
    return {"Semikolon": ";", "Komma": ","}.get(table.detected.get("Trennzeichen", ""), "")


def numbers_of(table: Table, place: int, form: Form) -> Numbers:
    """Read a column of numbers; the other columns show the decimal sign if this one does not."""
    beside = [table.column(n) for n in range(len(table.header)) if n != place]
    return numbers(
        table.column(place),
        table.name,
        form.decimal,
        table.is_number(place),
        sign_of(table),
        beside,
    )


def optional(columns: Columns, part: str, form: Form) -> npt.NDArray[np.float64]:
    """Read a column that may be absent or empty; NaN there, and where unreadable, which is told."""
    place = columns.place(part)
    if place is None:
        return np.full(len(columns.table), np.nan)
    read = numbers_of(columns.table, place, form)
    for n in np.flatnonzero(read.why != ""):
        columns.table.ledger.doubt(
            columns.table.lines[n],
            f"„{columns.table.rows[n][place].strip()}“ {read.why[n]}",
            column=columns.header(place),
        )
    return read.values


def meters_of(columns: Columns) -> pd.Series:
    """Return which meter each row belongs to, by place or number as far as the file tells."""
    for part in ("place", "meter"):
        column = columns.column(part)
        if column is not None:
            return column
    return pd.Series("", index=range(len(columns.table)), dtype="str")


def media_of(
    columns: Columns, form: Form, named: str | None, own: str | None, units: pd.Series
) -> pd.Series:
    """Return the medium of each row.

    Parameters
    ----------
    columns
        Columns of the file.
    form
        What is stated.
    named
        Medium in the file name's second part.
    own
        Medium in the name of the values' column.
    units
        Unit of each row.

    Raises
    ------
    Question
        If m³ may be gas or water.
    """
    table = columns.table
    count = len(table)
    stated = form.medium or named
    if own == "feed_in" or stated is None:
        stated = own or stated
    if stated is not None:
        return pd.Series(stated, index=range(count), dtype="str")
    column = columns.column("medium")
    if column is not None:
        media = column.map({cell: medium_of(cell) for cell in column.unique()})
        if media.notna().mean() > 0.5:
            return media.fillna("")
    around = medium_of(" ".join([*table.header, *table.preamble, table.name]))
    if around is not None:
        return pd.Series(around, index=range(count), dtype="str")
    if (units == "m³").any():
        raise Question(
            table.name,
            "Sind die m³ Gas oder Wasser?",
            [
                Option("Gas", "medium-gas", {"medium": "gas"}),
                Option("Wasser", "medium-water", {"medium": "water"}),
            ],
        )
    table.ledger.doubt(
        None, "Die Datei nennt nicht, was gemessen wird; gelesen als Strom", NOTHING_TO_DO
    )
    return pd.Series("electricity", index=range(count), dtype="str")


def provenance_of(columns: Columns) -> tuple[pd.Series, npt.NDArray[np.bool_]]:
    """Return ``measured`` or ``estimated`` per row, and which rows the file calls invalid."""
    table = columns.table
    count = len(table)
    invalid = np.zeros(count, dtype=bool)
    state = columns.column("state")
    if state is None:
        return pd.Series("measured", index=range(count), dtype="str"), invalid
    words_of = words()["states"]
    lowered = state.str.lower()
    estimated = lowered.isin(words_of["estimated"])
    invalid = lowered.isin(words_of["missing"]).to_numpy(bool)
    unknown = ~estimated & ~invalid & ~lowered.isin(words_of["measured"])
    for word, rows in lowered[unknown].groupby(lowered[unknown]):
        table.ledger.doubt(
            table.lines[rows.index[0]],
            f"Der Status „{word}“ ist unbekannt ({len(rows)}-mal); gelesen als gemessen",
            "Bitte beim Netzbetreiber nachfragen",
            columns.header(columns.place("state")),
        )
    return estimated.map({True: "estimated", False: "measured"}).astype("str"), invalid
