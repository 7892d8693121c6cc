"""Tell what a file of the dossier is, and read it with the reader for its kind."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

import openpyxl

from stadtlabor.klimaschule.dossier.entry import FileNote
from stadtlabor.klimaschule.dossier.packed import Member
from stadtlabor.klimaschule.dossier.texts import text
from stadtlabor.sources import meter
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.meter.words import plain
from stadtlabor.sources.question import Question
from stadtlabor.sources.school import Listing, purchases, travel, waste
from stadtlabor.sources.school.listing import words

__all__ = ["KINDS", "Sorted", "sort"]

KINDS = ("travel", "waste", "purchases", "meter")
TABLES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".gz")
HEAD_ROWS = 60
SIMULATED = "simuliert"


@dataclass(frozen=True)
class Sorted:
    """A file that was read.

    Attributes
    ----------
    member, note
        The file and its note.
    kind
        One of :data:`KINDS`.
    reading
        What the reader returned.
    simulated
        True where name or preamble say that the values are invented.
    """

    member: Member
    note: FileNote
    kind: str
    reading: meter.MeterReading | Listing
    simulated: bool


def sort(member: Member, note: FileNote) -> Sorted | None:
    """Read a file; None where no reader can, which the note then tells."""
    suffix = PurePosixPath(member.plain.lower()).suffix
    if suffix not in TABLES:
        note.role = text("role.unused")
        note.tell(text("file.kind", suffix=suffix or member.plain), text("remedy.kind"))
        return None
    head = _head(member)
    first: SourceError | None = None
    for kind in _likely(head):
        try:
            reading = READERS[kind](member.body, member.plain)
        except Question as question:
            first = question
            break
        except SourceError as error:
            first = first or error
            continue
        except Exception as error:  # a file must never stop the others
            first = first or SourceError(text("file.strange", reason=type(error).__name__))
            continue
        note.role = text(f"role.{kind}")
        _describe(note, reading)
        invented = SIMULATED in member.name.lower() or any(SIMULATED in cell for cell in head)
        return Sorted(member, note, kind, reading, invented)
    note.role = text("role.unused")
    _tell(note, str(first))
    return None


READERS: dict[str, Callable[[bytes, str], meter.MeterReading | Listing]] = {
    "travel": lambda body, name: travel(body, name=name),
    "waste": lambda body, name: waste(body, name=name),
    "purchases": lambda body, name: purchases(body, name=name),
    "meter": lambda body, name: meter.read_bytes(body, name),
}


def _tell(note: FileNote, sentence: str) -> None:
    """Split a reader's sentence into what and remedy."""
    what, bitte, remedy = sentence.partition(" Bitte ")
    what = re.sub(r"^\S+\.(?:csv|txt|tsv|xlsx|xlsm|gz)(?:, Zeile \d+)?: ", "", what, count=1)
    what = what.rstrip()
    if what.endswith("?"):
        what = text("file.question", question=what)
    line = re.search(r", Zeile (\d+): ", sentence)
    note.tell(
        what, f"{bitte.strip()} {remedy}" if bitte else text("remedy.read"),
        int(line[1]) if line else None,
    )  # fmt: skip


def _describe(note: FileNote, reading: meter.MeterReading | Listing) -> None:
    report = reading.report
    note.facts = report._facts()
    note.totals = report._rows()
    note.problems += report.problems


def _head(member: Member) -> set[str]:
    """Return the cells of the first rows in lower case."""
    if member.body[:4] == b"PK\x03\x04":
        return _workbook(member.body)
    if member.body[:2] == b"\x1f\x8b":
        return set()
    start = member.body[:20_000]
    for encoding in (
        "utf-8-sig",
        "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252",
    ):
        try:
            lines = start.decode(encoding).splitlines()[:HEAD_ROWS]
            break
        except UnicodeDecodeError as error:
            if error.start > len(start) - 4:  # cut within a sign
                lines = start[: error.start].decode(encoding).splitlines()[:HEAD_ROWS]
                break
    else:
        return set()
    return {cell.strip(' "').lower() for line in lines for cell in re.split(r"[;\t,|]", line)}


def _workbook(body: bytes) -> set[str]:
    found: set[str] = set()
    try:
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        for sheet in book.worksheets:
            for row in sheet.iter_rows(max_row=HEAD_ROWS, values_only=True):
                found |= {str(cell).strip().lower() for cell in row if isinstance(cell, str)}
    except Exception:  # the reader tells what is wrong with it
        return set()
    return found


def _likely(head: set[str]) -> list[str]:
    """Return the kinds, the most likely first, by the names of the columns."""
    names = {re.sub(r"\s*\d+$", "", plain(cell)) for cell in head} | head

    def has(kind: str, part: str) -> bool:
        return bool(names & set(words()[kind][part]))

    fractions = {name for group in words()["fractions"].values() for name in group}
    likely = []
    if has("travel", "mode"):
        likely.append("travel")
    if (has("waste", "fraction") and names & fractions) or len(names & fractions) > 1:
        likely.append("waste")
    if has("purchases", "item") and has("purchases", "quantity"):
        likely.append("purchases")
    likely.append("meter")
    return likely + [kind for kind in KINDS if kind not in likely]
