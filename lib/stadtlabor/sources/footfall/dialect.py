"""Which dialect a table of pedestrian counts is written in; the facts stand in a data file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.table import Table

__all__ = ["Dialect", "columns_of", "is_column", "recognise"]


@dataclass(frozen=True)
class Dialect:
    """How one kind of file is written.

    Attributes
    ----------
    id, title
        Short name, and German name for people.
    needs
        Fields that must be there.
    timezone
        Zone of times that carry none.
    names
        Column names, lower case, that must be there as they are.
    day_first
        ``03/04/2014`` is the third of April.
    repeats
        A wall-clock time that stands there twice is a repetition, never the second hour of the
        clock change.
    """

    id: str
    title: str
    needs: tuple[str, ...]
    timezone: str
    names: tuple[str, ...] = ()
    day_first: bool = False
    repeats: bool = False


@cache
def _facts() -> tuple[dict[str, list[re.Pattern[str]]], tuple[Dialect, ...]]:
    text = files("stadtlabor.sources.footfall").joinpath("dialects.toml").read_text("utf-8")
    facts = tomllib.loads(text)
    fields = {name: [re.compile(p) for p in given] for name, given in facts["fields"].items()}
    dialects = tuple(
        Dialect(
            id=row["id"],
            title=row["title"],
            needs=tuple(row["needs"]),
            timezone=row["timezone"],
            names=tuple(row.get("names", ())),
            day_first=row.get("day_first", False),
            repeats=row.get("repeats", False),
        )
        for row in facts["dialect"]
    )
    return fields, dialects


def _plain(name: str) -> str:
    return " ".join(name.lower().split())


def is_column(name: str) -> bool:
    """Tell whether a cell is the name of a column that some dialect knows."""
    plain = _plain(name)
    return any(p.fullmatch(plain) for patterns in _facts()[0].values() for p in patterns)


def columns_of(header: list[str]) -> dict[str, int]:
    """Return the place of each field in a header; a column serves one direction only."""
    plain = [_plain(name) for name in header]
    found: dict[str, int] = {}
    for field, patterns in _facts()[0].items():
        for pattern in patterns:
            fitting = [n for n, name in enumerate(plain) if pattern.fullmatch(name)]
            if field == "outgoing":
                fitting = [n for n in fitting if n != found.get("incoming")]
            if fitting:
                found[field] = fitting[0]
                break
    if ("incoming" in found) != ("outgoing" in found):
        found.pop("incoming", None)
        found.pop("outgoing", None)
    return found


def recognise(table: Table) -> tuple[Dialect, dict[str, int]]:
    """Return the dialect of a table and the place of each of its fields.

    Raises
    ------
    SourceError
        In German, naming what is lacking.
    """
    places = columns_of(table.header)
    plain = {_plain(name) for name in table.header}
    for dialect in _facts()[1]:
        if set(dialect.needs) <= set(places) and set(dialect.names) <= plain:
            return dialect, places
    lacking = []
    if "time" not in places and not {"date", "hour"} <= set(places):
        lacking.append("Zeit")
    if not {"pedestrians", "count"} & set(places):
        lacking.append("Anzahl der Passanten")
    if not lacking:
        lacking.append("Zählstelle")
    raise SourceError(
        f"{table.name}: Die Spalte für {' und '.join(lacking)} fehlt. "
        f"Gefunden: {', '.join(table.header)}. Bitte die Datei unverändert herunterladen."
    )
