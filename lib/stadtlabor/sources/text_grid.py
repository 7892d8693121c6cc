"""Turn the bytes of a CSV file of unknown make into numbered rows of cells."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import Ledger

__all__ = ["Grid", "text_grid"]

DELIMITERS = {";": "Semikolon", ",": "Komma", "\t": "Tabulator", "|": "senkrechter Strich"}
ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
OTHER = (
    (b"%PDF", "eine PDF-Datei", "Bitte die Werte als CSV oder XLSX besorgen"),
    (b"\xd0\xcf\x11\xe0", "eine Excel-Datei im alten Format", "Bitte in Excel als XLSX speichern"),
    (b"<!DOCTYPE", "eine Internetseite", "Bitte die Datei selbst herunterladen"),
    (b"<html", "eine Internetseite", "Bitte die Datei selbst herunterladen"),
)

NUMBER = r"[+-]?[0-9][0-9.,]*"


@dataclass
class Grid:
    """Rows of cells with line numbers, and how they were found.

    Attributes
    ----------
    rows
        (line number in the file, cells).
    numeric
        Places of the cells that the file itself knows to be numbers, per row; None for text.
    detected
        German name of a property → what was detected.
    ragged
        False where every row has the same number of cells anyway (XLSX).
    """

    rows: list[tuple[int, list[str]]]
    numeric: list[frozenset[int]] | None = None
    detected: dict[str, str] = field(default_factory=dict)
    ragged: bool = True


def text_grid(body: bytes, ledger: Ledger) -> Grid:
    """Read a text table; delimiter and encoding are detected.

    Raises
    ------
    SourceError
        In German, if this is no text.
    """
    name = ledger.file
    for start, what, remedy in OTHER:
        if body.lstrip()[: len(start)].lower() == start.lower():
            raise SourceError(f"{name}: Das ist {what}. {remedy}.")
    text, encoding = _decode(body)
    if not text.strip("\0 \r\n\t"):
        raise SourceError(f"{name}: Die Datei ist leer. Bitte eine Datei mit Werten hochladen.")
    text = text.rstrip("\0")
    if text[:1000].count("\0") > 3 or text[:1000].count("\ufffd") > 100:
        raise SourceError(f"{name}: Das ist keine Textdatei mit Werten. Bitte als CSV speichern.")
    # A NUL at the end is a logger's padding; inside a cell it stands for a lost character.
    text = text.replace("\0", "\ufffd")
    stated = re.match(r"sep=(.)\r?\n", text)
    delimiter = stated[1] if stated else _delimiter(text)
    rows = _rows(text, delimiter, ledger)
    if not text.endswith(("\n", "\r")):
        _tell_cut(rows, ledger)
    detected = {
        "Trennzeichen": DELIMITERS.get(delimiter, delimiter),
        "Zeichensatz": ENCODINGS.get(encoding, encoding),
    }
    return Grid(rows[1:] if stated else rows, None, detected)


def _tell_cut(rows: list[tuple[int, list[str]]], ledger: Ledger) -> None:
    """Tell a last line without line end whose last cell is shorter than all above it."""
    if len(rows) < 3 or not rows[-1][1]:  # nothing to compare with
        return
    number, cells = rows[-1]
    # Empty cells may have been put behind what is left of the line.
    place = max((n for n, cell in enumerate(cells) if cell.strip()), default=0)
    last = cells[place].strip()
    above = [row[place].strip() for _, row in rows[:-1] if len(row) > place]
    # Names and units say nothing about the length of a number.
    usual = [len(cell) for cell in above if re.fullmatch(NUMBER, cell)]
    if re.fullmatch(NUMBER, last) and len(last) < min(usual, default=len(last) + 1):
        ledger.doubt(
            number,
            f"Die Datei endet mit „{last}“ ohne Zeilenende; vielleicht fehlt der Rest der Zahl",
            "Bitte mit dem Original vergleichen; die Zeile zählt mit",
        )


def _decode(body: bytes) -> tuple[str, str]:
    """Decode with the encoding that leaves the fewest wrong signs."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace"), "utf-16"
    head = body[:4000]
    if head.count(0) > len(head) // 4:
        little = head[1::2].count(0) >= head[::2].count(0)
        return body.decode("utf-16-le" if little else "utf-16-be", "replace"), "utf-16"
    try:
        return body.decode("utf-8-sig"), "utf-8-sig"
    except UnicodeDecodeError:
        pass  # damaged, or one of the older encodings below
    utf8 = body.decode("utf-8-sig", "replace")
    umlauts = len(re.findall(r"[äöüÄÖÜß³²€°–“„]", utf8))
    if umlauts >= utf8.count("\ufffd"):  # some bytes are damaged, the rest is UTF-8
        return utf8, "utf-8-sig"
    return body.decode("cp1252", "replace"), "cp1252"


def _delimiter(text: str) -> str:
    """Take the sign that splits most lines into the same number of cells."""
    lines = [line for line in re.split(r"\r\n|\r|\n", text[:200_000])[:200] if line.strip()]

    def score(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in lines)
        counts.pop(0, None)
        if not counts:
            return (0, 0)
        width, often = counts.most_common(1)[0]
        return (often, width)

    # On a tie the semicolon wins: with decimal commas both signs split evenly.
    return max((";", "\t", ",", "|"), key=score)


def _rows(text: str, delimiter: str, ledger: Ledger) -> list[tuple[int, list[str]]]:
    """Split into cells; a stray quotation mark must not swallow the lines after it."""
    csv.field_size_limit(max(len(text), 131_072))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    physical: list[str] | None = None
    before = 0
    try:
        for cells in reader:
            first, last = before + 1, reader.line_num
            before = last
            if last == first:
                rows.append((first, cells))
                continue
            swallowed = [c for c in cells if "\n" in c or "\r" in c]
            if not any(delimiter in c for c in swallowed):  # a name with a line break
                rows.append((first, [" ".join(c.split()) for c in cells]))
                continue
            physical = physical or io.StringIO(text, newline="").readlines()
            ledger.doubt(
                f"{first}–{last}",
                "Ein Anführungszeichen wird nicht geschlossen; die Zeilen sind einzeln gelesen",
                "Bitte das Anführungszeichen in der Datei entfernen",
            )
            for number in range(first, last + 1):
                line = physical[number - 1].rstrip("\r\n")
                rows.append((number, line.split(delimiter)))
    except csv.Error as error:
        raise SourceError(
            f"{ledger.file}, Zeile {reader.line_num}: Die Zeile ist nicht lesbar. "
            "Bitte die Datei noch einmal herunterladen."
        ) from error
    return rows
