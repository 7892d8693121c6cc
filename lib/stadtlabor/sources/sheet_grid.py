"""Turn an XLSX workbook into numbered rows of cells."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import Ledger
from stadtlabor.sources.question import Option, Question
from stadtlabor.sources.text_grid import Grid

__all__ = ["sheet_grid"]

MAXIMUM_BYTES = 500_000_000  # a guard against archives that unpack without end

Rows = list[tuple[int, list[str]]]


def sheet_grid(
    body: bytes, ledger: Ledger, sheet: str | None, has_table: Callable[[Rows], bool]
) -> Grid:
    """Read one sheet of a workbook.

    Parameters
    ----------
    body
        The file.
    ledger
        Takes what has to be told.
    sheet
        Name of the sheet; default: the only one with a table.
    has_table
        Tells whether rows hold a table with a header.

    Raises
    ------
    Question
        If several sheets hold a table.
    SourceError
        If the workbook is damaged or has no such sheet.
    """
    from openpyxl import load_workbook

    name = ledger.file
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
            if size > MAXIMUM_BYTES:
                raise SourceError(f"{name}: Die Datei ist ausgepackt größer als 500 MB.")
            formulas = any(
                b"<f>" in (xml := packed.read(entry)) or b"<f " in xml
                for entry in packed.namelist()
                if entry.startswith("xl/worksheets/") and entry.endswith(".xml")
            )
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        # Formulas whose result was never saved are empty; the second reading tells them apart.
        plain = load_workbook(io.BytesIO(body), read_only=True) if formulas else None
        # A stated dimension may be wrong (some programs write A1): read what is there.
        grids = {s.title: _grid(s, plain[s.title] if plain else None) for s in book.worksheets}
    except SourceError:
        raise
    except Exception as error:  # openpyxl raises whatever its XML and zip layers raise
        raise SourceError(
            f"{name}: Die Excel-Datei ist nicht lesbar. Bitte als XLSX oder CSV speichern."
        ) from error
    filled = {title: grid for title, grid in grids.items() if has_table(grid.rows)}
    if sheet is not None:
        found = next((t for t in grids if t.lower() == sheet.lower()), None)
        if found is None:
            raise SourceError(
                f"{name}: Das Tabellenblatt „{sheet}“ gibt es nicht. "
                f"Möglich sind {', '.join(grids)}."
            )
        return grids[found]
    if len(filled) > 1:
        raise Question(
            name,
            "Welches Tabellenblatt soll gelesen werden?",
            [Option(title, f"blatt-{title.lower()}", {"sheet": title}) for title in filled],
        )
    if not filled:
        return next(iter(grids.values()), Grid([], None, {}, ragged=False))
    title, grid = next(iter(filled.items()))
    if len(grids) > 1:
        others = ", ".join(t for t in grids if t != title)
        ledger.doubt(
            None,
            f"Gelesen ist das Tabellenblatt „{title}“, nicht gelesen {others}",
            "Keine Änderung nötig, wenn das stimmt",
        )
    return grid


def _grid(sheet: Any, formulas: Any | None) -> Grid:
    sheet.reset_dimensions()
    rows: Rows = []
    numeric: list[frozenset[int]] = []
    written = formulas.iter_rows(values_only=True) if formulas is not None else None
    if formulas is not None:
        formulas.reset_dimensions()
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [_cell(value) for value in values]
        if written is not None:
            source = next(written, ())
            for place, formula in enumerate(source):
                if place < len(cells) and cells[place] == "" and isinstance(formula, str):
                    cells[place] = formula
        rows.append((number, cells))
        numeric.append(
            frozenset(
                n
                for n, v in enumerate(values)
                if isinstance(v, int | float) and not isinstance(v, bool)
            )
        )
    while rows and not "".join(rows[-1][1]).strip():
        rows.pop()
        numeric.pop()
    return Grid(rows, numeric, {"Tabellenblatt": sheet.title}, ragged=False)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        # Excel keeps days as fractions: a quarter past comes back some microseconds early.
        whole = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return whole.isoformat(sep=" ")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, time):
        day = datetime.combine(date(2000, 1, 1), value) + timedelta(microseconds=500_000)
        return day.time().replace(microsecond=0).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    return str(value)
