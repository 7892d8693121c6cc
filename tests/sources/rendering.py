"""Turn the lines of a sample into bytes: text in any encoding, or a workbook."""

from __future__ import annotations

import io
import re
from datetime import datetime, time

import numpy as np
from openpyxl import Workbook

from sources.sample import Line, Sample


def render(sample: Sample, rng: np.random.Generator) -> bytes:
    """Return the file's bytes."""
    if sample.xlsx:
        return _book(sample)
    end = sample.newline.removesuffix("<cut>")
    ends = [end if end != "mixed" else str(rng.choice(["\n", "\r\n"])) for _ in sample.lines]
    if sample.newline.endswith("<cut>") and ends:
        ends[-1] = ""
    text = "".join(line.text + e for line, e in zip(sample.lines, ends, strict=True))
    return text.encode(sample.encoding, "replace")


def line_numbers(sample: Sample) -> dict[int, Line]:
    """Return each line by its number in the file."""
    per_line = 2 if not sample.xlsx and sample.newline.startswith("\r\r\n") else 1
    return {n * per_line + 1: line for n, line in enumerate(sample.lines)}


def _book(sample: Sample) -> bytes:
    book = Workbook()
    sheet = book.active
    for number, line in enumerate(sample.lines, start=1):
        for place, cell in enumerate(line.text.split(sample.delimiter), start=1):
            if cell:
                sheet.cell(number, place, _typed(cell))
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def _typed(cell: str) -> object:
    """Write a cell as Excel would keep it: numbers, days and clocks are no text."""
    if re.fullmatch(r"[0-9]{1,9}(?:,[0-9]{1,4})?", cell):
        return float(cell.replace(",", ".")) if "," in cell else int(cell)
    if re.fullmatch(r"\d\d\.\d\d\.\d{4}", cell):
        try:
            return datetime.strptime(cell, "%d.%m.%Y")  # noqa: DTZ007
        except ValueError:
            return cell
    if re.fullmatch(r"[01]\d:[0-5]\d|2[0-3]:[0-5]\d", cell):
        return time(int(cell[:2]), int(cell[3:]))
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "?", cell).replace("=", "?")
