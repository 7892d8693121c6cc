"""The rules of what may leave: no row of few, no copy of single values, no hiding place.

Applied to plain tables by the pages, which trust neither the notebook nor the service that ran it;
by :func:`stadtlabor.realrun.release` as well, so that a researcher sees them on the twin. A count
is its author's word: whether it counts what it says, the second person reads in the code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stadtlabor.publishing.private import found_in
from stadtlabor.realrun.table import NAME, Column, Table, rounded
from stadtlabor.realrun.words import said, words
from stadtlabor.ui.texts import number as german

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "MOST_TABLES", "faults", "notes"]

MOST_TABLES, MOST_ROWS, MOST_COLUMNS = 10, 200, 20
LONGEST = 60
"""Characters of a text."""

SHOWN = 3
"""Rows that are named for one rule; how many more there are is said."""

NUMBERS = ("whole", "number", "truth")
TOTAL = re.compile(r"(?:ins)?gesamt|summe|alle|total|all", re.IGNORECASE)
_SERIES = re.compile(r"[a-z0-9][\w.-]*/[\w.-]+/[\w.-]+", re.IGNORECASE)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{1,2}(?::\d{2})?|\d{1,2}\.\d{1,2}\.\d{2,4},? \d{1,2}:\d{2}"
)
_DECIMAL = re.compile(r"\d+[.,]\d+(?:[.,]\d+)*|\d{6,}")
_DAY = re.compile(r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4})\b")


def faults(tables: Sequence[Table], reads: Sequence[Mapping[str, Any]], k: int) -> list[str]:
    """Return German sentences about what must not leave: which table, which row, what to do.

    Parameters
    ----------
    tables
        What was declared.
    reads
        What was read: ``rows``, and ``single`` where these were single values.
    k
        Smallest count of a row.
    """
    if not tables:
        return [said("outputs.none")]
    found: dict[str, None] = {}
    if len(tables) > MOST_TABLES:
        found[said("outputs.tables", count=len(tables), most=MOST_TABLES)] = None
    for table in tables:
        found |= dict.fromkeys(_faults(table, k))
    shortest = min((r["rows"] for r in reads if r.get("single") and r["rows"]), default=None)
    rows = sum(len(table.rows) for table in tables)
    if shortest is not None and rows >= shortest:
        found[said("outputs.copy", rows=german(rows), read=german(shortest))] = None
    return list(found)


def notes(tables: Sequence[Table], reads: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return German hints at what no rule can decide and a person should look at."""
    found = []
    read = sum(r["rows"] for r in reads if r.get("single"))
    for table in tables:
        counts = [count for count in table.counts if isinstance(count, int)]
        if read and sum(counts) > read:
            found.append(
                said("notes.more", table=table.name, count=german(sum(counts)), read=german(read))
            )
        if len(counts) > 1 and len(set(counts)) == 1:
            found.append(said("notes.same", table=table.name, count=german(counts[0])))
        if table.counts.count(None) == 1:
            found.append(said("notes.one_gap", table=table.name))
        if any(TOTAL.fullmatch(text.strip()) for _, text in _texts(table)):
            found.append(said("notes.total", table=table.name))
        if _instants(table):
            found.append(said("notes.instants", table=table.name))
    if len(tables) > 1:
        found.append(said("notes.several", count=len(tables)))
    return found


def _faults(table: Table, k: int) -> Iterator[str]:
    name = table.name if NAME.fullmatch(table.name) else "?"
    labels = [column.name for column in table.columns]
    if name == "?":
        yield said("contract.table_name", name=table.name[:40])
    if not 1 <= len(table.rows) <= MOST_ROWS or len(labels) > MOST_COLUMNS:
        yield said("outputs.size", table=name, rows=german(len(table.rows)), columns=len(labels),
                   most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)  # fmt: skip
    if len(set(labels)) < len(labels) or any(not 0 < len(label) <= LONGEST for label in labels):
        yield said("outputs.columns", table=name, longest=LONGEST)
    if Column(table.count, "whole") not in table.columns:
        yield said("outputs.count", table=name, count=table.count[:LONGEST])
        return
    yield from _small(table, k)
    yield from _numbers(table)
    yield from _words(table)
    if _instants(table) and any(_SERIES.search(text) for _, text in _texts(table)):
        yield said("outputs.series", table=name)


def _small(table: Table, k: int) -> Iterator[str]:
    """Rows of few, and rows whose count alone is withheld."""
    few, open_ = [], []
    for number, (row, count) in enumerate(zip(table.rows, table.counts, strict=True), start=1):
        if count is None:
            values = zip(row, table.columns, strict=True)
            if any(cell is not None and column.kind in NUMBERS for cell, column in values):
                open_.append(number)
        elif not isinstance(count, int) or count < k:
            few.append(number)
    if few:
        yield said("outputs.few", table=table.name, rows=_listed(few), k=k, count=table.count)
    if open_:
        yield said("outputs.open", table=table.name, rows=_listed(open_), count=table.count)


def _numbers(table: Table) -> Iterator[str]:
    for place, column in enumerate(table.columns):
        if column.kind not in ("whole", "number") or column.name == table.count:
            continue
        values = [(n, row[place]) for n, row in enumerate(table.rows, start=1)]
        bad = [n for n, value in values if isinstance(value, int | float)
               and not (math.isfinite(value) and rounded(value) == value)]  # fmt: skip
        if bad:
            yield said("outputs.digits", table=table.name, column=column.name[:LONGEST],
                       rows=_listed(bad))  # fmt: skip


def _words(table: Table) -> Iterator[str]:
    """Texts in which more could hide than a name."""
    found: dict[str, list[int]] = {}
    for number, text in _texts(table):
        for kind in _hidden(text):
            found.setdefault(kind, []).append(number)
    for kind, rows in found.items():
        if rows[0] == 0:
            yield said(f"outputs.{kind}_name", table=table.name)
        if any(rows):
            yield said(f"outputs.{kind}", table=table.name, longest=LONGEST,
                       rows=_listed([row for row in dict.fromkeys(rows) if row]))  # fmt: skip


def _hidden(text: str) -> Iterator[str]:
    if len(text) > LONGEST or "\n" in text:
        yield "long"
    if found_in(text):
        yield "private"
    if any(len(re.sub(r"\D", "", hit)) > 4 for hit in _DECIMAL.findall(_DAY.sub("", text))):
        yield "number"


def _texts(table: Table) -> Iterator[tuple[int, str]]:
    """Yield row (0 for the names of the columns) and text."""
    for column in table.columns:
        yield 0, column.name
    places = [n for n, column in enumerate(table.columns) if column.kind == "text"]
    for number, row in enumerate(table.rows, start=1):
        for place in places:
            if isinstance(text := row[place], str):
                yield number, text


def _instants(table: Table) -> bool:
    """Tell whether a table names moments finer than the day."""
    if any(column.kind == "time" for column in table.columns):
        return True
    return any(_INSTANT.search(text) for number, text in _texts(table) if number)


def _listed(rows: list[int]) -> str:
    told = ", ".join(map(str, rows[:SHOWN]))
    if len(rows) == 1:
        return str(words()["outputs"]["row"]).format(row=told)
    key = "rows_more" if len(rows) > SHOWN else "rows"
    return str(words()["outputs"][key]).format(rows=told, more=len(rows) - SHOWN)
