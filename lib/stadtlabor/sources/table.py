"""Read CSV and XLSX files of unknown make into rows of text with their line numbers."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import Ledger
from stadtlabor.sources.sheet_grid import MAXIMUM_BYTES, sheet_grid
from stadtlabor.sources.text_grid import text_grid

__all__ = ["Table", "plain_name", "read_table"]

HEADER_ROWS = 60
"""So many rows may stand above the table."""

NAME = re.compile(r"[A-Za-zÄÖÜäöü]{2}|^\[?\d{1,2}:\d{2}(?::00)?\]?$")
DATA = re.compile(r"\d{1,4}[.\-/]\d{1,2}[.\-/]\d{1,4}\b.*|[+-]?\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Table:
    """A file's rows as text.

    Attributes
    ----------
    name
        File name for messages.
    preamble
        Lines above the header.
    header
        Column names as they stand in the file.
    rows
        One list of cells per row; shorter rows are filled up with empty cells.
    lines
        Line number in the file, per row.
    ledger
        Rows that cannot be assigned to columns, and what else has to be told.
    detected
        German name of a property → what was detected.
    numeric
        Places of cells that are numbers in the file itself (XLSX), per row; None for text.
    header_line
        Line number of the header.
    """

    name: str
    preamble: list[str]
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    ledger: Ledger = field(default_factory=lambda: Ledger(""))
    detected: dict[str, str] = field(default_factory=dict)
    numeric: list[frozenset[int]] | None = None
    header_line: int = 1

    def __len__(self) -> int:
        return len(self.rows)

    def find(self, *names: str) -> int | None:
        """Return the place of the first column with one of these names, ignoring case."""
        plain = [" ".join(cell.lower().split()) for cell in self.header]
        return next((plain.index(n.lower()) for n in names if n.lower() in plain), None)

    def column(self, place: int) -> pd.Series:
        """Return one column, stripped."""
        return pd.Series([row[place].strip() for row in self.rows], dtype="str")

    def is_number(self, place: int) -> npt.NDArray[np.bool_]:
        """Tell for each row whether the file itself knows the cell to be a number."""
        if self.numeric is None:
            return np.zeros(len(self), dtype=bool)
        return np.array([place in places for places in self.numeric], dtype=bool)

    def without(self, drop: set[int]) -> Table:
        """Return the table without some rows (by index, not by line)."""
        if not drop:
            return self
        keep = [n for n in range(len(self)) if n not in drop]
        return Table(
            self.name,
            self.preamble,
            self.header,
            [self.rows[n] for n in keep],
            [self.lines[n] for n in keep],
            self.ledger,
            self.detected,
            None if self.numeric is None else [self.numeric[n] for n in keep],
            self.header_line,
        )


def plain_name(name: str) -> str:
    """Return the file name of a path or URL."""
    return PurePosixPath(unquote(urlsplit(name).path)).name or name


def read_table(
    body: bytes,
    name: str,
    known: Callable[[str], bool] | None = None,
    sheet: str | None = None,
) -> Table:
    """Read a CSV (plain or gzipped, any common delimiter and encoding) or XLSX file.

    Parameters
    ----------
    body
        The file.
    name
        Its name or address.
    known
        Tells whether a cell is the name of a column; the header is the row with most of them.
        Default: the first row that looks like a header.
    sheet
        Which sheet of a workbook.

    Returns
    -------
    Table
        Rows with fewer cells than the header and the other rows, and rows with more, are refused
        in its ledger: their cells cannot be assigned.

    Raises
    ------
    SourceError
        In German, if the file is empty, damaged or without a header.
    """
    label = plain_name(name)
    ledger = Ledger(label)
    if body[:2] == b"\x1f\x8b":
        body = _unpack(body, label)
    if body[:4] == b"PK\x03\x04":
        grid = sheet_grid(body, ledger, sheet, lambda rows: _header_place(rows, known) is not None)
    else:
        grid = text_grid(body, ledger)
    start = _header_place(grid.rows, known)
    if start is None:
        raise SourceError(
            f"{label}: Keine Kopfzeile gefunden. Bitte eine Tabelle mit Spaltennamen hochladen."
        )
    header = [cell.strip() for cell in grid.rows[start][1]]
    while header and not header[-1]:
        header.pop()
    width = len(header)
    data = [
        n for n in range(start + 1, len(grid.rows)) if "".join(grid.rows[n][1]).strip(" \t\xa0")
    ]
    widths = Counter(len(grid.rows[n][1]) for n in data)
    # Programs that leave empty cells at the end away do so in most rows; two rows show no habit.
    usual = widths.most_common(1)[0][0] if len(data) > 2 else width
    least = min(width, usual) if grid.ragged else 0
    keep = [n for n in data if _sound(grid.rows[n], header, least, ledger)]
    return Table(
        label,
        [" ".join(c for c in row if c.strip()) for _, row in grid.rows[:start]],
        header,
        [
            row[:width] if len(row) >= width else row + [""] * (width - len(row))
            for row in (grid.rows[n][1] for n in keep)
        ],
        [grid.rows[n][0] for n in keep],
        ledger,
        grid.detected,
        None if grid.numeric is None else [grid.numeric[n] for n in keep],
        grid.rows[start][0],
    )


def _sound(numbered: tuple[int, list[str]], header: list[str], least: int, ledger: Ledger) -> bool:
    line, row = numbered
    width = len(header)
    if len(row) < least:
        ledger.reject(line, f"Die Zeile hat {len(row)} statt {least} Felder")
        return False
    if len(row) > width and any(c.strip() for c in row[width:]):
        ledger.reject(
            line,
            f"Die Zeile hat mehr Felder als die Kopfzeile ({len(row)} statt {width})",
            "Bitte prüfen, ob Trennzeichen und Dezimalzeichen dasselbe Zeichen sind",
        )
        return False
    if row[0].strip() == header[0] and [c.strip() for c in row[:width]] == header:
        ledger.repair(line, "Die Kopfzeile steht noch einmal da; sie zählt nicht")
        return False
    return True


def _unpack(body: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(body)) as packed:
            plain = packed.read(MAXIMUM_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(
            f"{name}: Das Archiv ist beschädigt. Bitte noch einmal hochladen."
        ) from error
    if len(plain) > MAXIMUM_BYTES:
        raise SourceError(f"{name}: Die Datei ist ausgepackt größer als 500 MB. Bitte aufteilen.")
    return plain


def _header_place(
    rows: list[tuple[int, list[str]]], known: Callable[[str], bool] | None
) -> int | None:
    """Find the row with most known names; without knowledge the first that looks like a header.

    Looks like one: two names (or times of day) or more, before a row with numbers.
    """
    best: tuple[int, int] | None = None
    for n, (_, row) in enumerate(rows[:HEADER_ROWS]):
        cells = [c.strip() for c in row if c.strip()]
        if len(cells) < 2 or sum(1 for c in cells if NAME.search(c)) < 2:
            continue
        if known is not None and any(DATA.fullmatch(c) for c in cells):
            continue  # a row of data that happens to hold words
        below = next((r for _, r in rows[n + 1 :] if any(c.strip() for c in r)), None)
        if below is None or (known is None and (len(below) < 2 or not _has_digit(below))):
            continue
        if known is None:
            return n
        score = sum(1 for c in cells if known(c))
        if best is None or score > best[0]:
            best = (score, n)
    return None if best is None else best[1]


def _has_digit(row: list[str]) -> bool:
    return any(any(sign.isdigit() for sign in cell) for cell in row)
