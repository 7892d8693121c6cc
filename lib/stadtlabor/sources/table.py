"""Read CSV and XLSX files of unknown make into rows of text with their line numbers."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import pandas as pd

from stadtlabor.sources.http import SourceError

__all__ = ["Table", "plain_name", "read_table"]

MAXIMUM_BYTES = 500_000_000  # a guard against archives that unpack without end


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
    """

    name: str
    preamble: list[str]
    header: list[str]
    rows: list[list[str]]
    lines: list[int]

    def __len__(self) -> int:
        return len(self.rows)

    def find(self, *names: str) -> int | None:
        """Return the place of the first column with one of these names, ignoring case."""
        plain = [" ".join(cell.lower().split()) for cell in self.header]
        return next((plain.index(n.lower()) for n in names if n.lower() in plain), None)

    def column(self, place: int) -> pd.Series:
        """Return one column, stripped."""
        return pd.Series([row[place] for row in self.rows], dtype="str").str.strip()


def plain_name(name: str) -> str:
    """Return the file name of a path or URL."""
    return PurePosixPath(unquote(urlsplit(name).path)).name or name


def read_table(body: bytes, name: str) -> Table:
    """Read a CSV (plain or gzipped, any common delimiter and encoding) or XLSX file.

    Raises
    ------
    SourceError
        In German, if the file is empty, damaged or without a header.
    """
    label = plain_name(name)
    if body[:2] == b"\x1f\x8b":
        body = _unpack(body, label)
    numbered = _sheet(body, label) if body[:4] == b"PK\x03\x04" else _text(body, label)
    start = _header_place([row for _, row in numbered])
    if start is None:
        raise SourceError(
            f"{label}: Keine Kopfzeile gefunden. Bitte eine Tabelle mit Spaltennamen hochladen."
        )
    header = [cell.strip() for cell in numbered[start][1]]
    width = len(header)
    data = [(n, row) for n, row in numbered[start + 1 :] if "".join(row).strip()]
    return Table(
        label,
        [" ".join(row) for _, row in numbered[:start]],
        header,
        [row if len(row) >= width else row + [""] * (width - len(row)) for _, row in data],
        [n for n, _ in data],
    )


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


def _text(body: bytes, name: str) -> list[tuple[int, list[str]]]:
    for encoding in ("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1252"):
        try:
            text = body.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SourceError(f"{name}: Die Zeichen sind nicht lesbar. Bitte als UTF-8 speichern.")
    if not text.strip() or "\0" in text[:1000]:
        raise SourceError(f"{name}: Das ist keine Textdatei mit Werten. Bitte als CSV speichern.")
    stated = re.match(r"sep=(.)\r?\n", text)
    delimiter = stated[1] if stated else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise SourceError(
            f"{name}, Zeile {reader.line_num}: Die Zeile ist nicht lesbar ({error})."
        ) from error
    return rows[1:] if stated else rows


def _delimiter(text: str) -> str:
    """Take the sign that splits most lines into the same number of cells."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]

    def score(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in lines)
        counts.pop(0, None)
        if not counts:
            return (0, 0)
        width, often = counts.most_common(1)[0]
        return (often, width)

    # On a tie the semicolon wins: with decimal commas both signs split evenly.
    return max((";", "\t", ","), key=score)


def _sheet(body: bytes, name: str) -> list[tuple[int, list[str]]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        return [
            (n, [_cell(value) for value in row])
            for n, row in enumerate(sheet.iter_rows(values_only=True), start=1)
        ]
    except Exception as error:  # openpyxl raises whatever its XML and zip layers raise
        raise SourceError(
            f"{name}: Die Excel-Datei ist nicht lesbar. Bitte als XLSX oder CSV speichern."
        ) from error


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _header_place(rows: list[list[str]]) -> int | None:
    """Find the first row with two names (or times of day) or more, before a row with numbers."""
    for n, row in enumerate(rows[:50]):
        names = [c for c in row if re.search(r"[A-Za-zÄÖÜäöü]{2}|^\[?\d{1,2}:\d{2}\]?$", c)]
        below = next((r for r in rows[n + 1 :] if any(c.strip() for c in r)), None)
        if len(names) >= 2 and len([c for c in row if c.strip()]) >= 2 and below is not None:
            digits = [cell for cell in below if re.search(r"\d", cell)]
            if digits and len(below) >= 2:
                return n
    return None
