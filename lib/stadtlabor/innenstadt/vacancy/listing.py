"""Read a list of shops of unknown make: a city's spreadsheet, New York's register, Cambridge's."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy.header import Header, known
from stadtlabor.innenstadt.vacancy.stated import Stated, stated
from stadtlabor.observations import Problem
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import Ledger
from stadtlabor.sources.table import Table, plain_name, read_table
from stadtlabor.sources.told import told_html, told_lines

__all__ = ["Entry", "ImportReport", "import_table"]


@cache
def texts() -> dict[str, dict[str, str]]:
    """Return the German texts of the import."""
    here = files("stadtlabor.innenstadt.vacancy").joinpath("imports.de.toml")
    return tomllib.loads(here.read_text("utf-8"))


@dataclass(frozen=True)
class Entry:
    """One row of a list that can become a unit.

    Attributes
    ----------
    line
        Line number in the file.
    facts
        Facts of a :class:`Unit`, without id.
    vacant
        Whether it stands empty.
    vacant_since
        Since when, local day; None if not told.
    """

    line: int
    facts: dict[str, Any]
    vacant: bool
    vacant_since: date | None = None


@dataclass
class ImportReport:
    """What was read from a list, what was not, and why.

    Attributes
    ----------
    file
        Name.
    rows
        Rows with content below the header.
    entries
        Rows that can become units.
    detected
        German name of a property → what was detected.
    ledger
        Problems with line and remedy: refused rows, adapted cells, doubts.
    private
        Line → what its columns say about persons, by kind (name, phone, mail, address). Not part
        of the register; for :meth:`Owners.put`.
    """

    file: str
    rows: int
    entries: list[Entry]
    detected: dict[str, str]
    ledger: Ledger
    private: dict[int, dict[str, str]] = field(default_factory=dict, repr=False)

    @property
    def rejected(self) -> list[Problem]:
        """Rows that do not count."""
        return self.ledger.rejected

    @property
    def problems(self) -> list[Problem]:
        """Everything that was told, the refused rows first."""
        return self.ledger.all

    @property
    def vacant(self) -> int:
        """Number of units that stand empty."""
        return sum(entry.vacant for entry in self.entries)

    @property
    def facts(self) -> list[str]:
        """German sentences about the whole."""
        t, ledger = texts()["report"], self.ledger
        counts = t["counts"].format(
            rows=self.rows, kept=len(self.entries), rejected=len(ledger.rejected),
            repaired=len(ledger.repaired), doubtful=len(ledger.doubtful),
        )  # fmt: skip
        said = {**self.detected, t["vacant"]: str(self.vacant),
                t["occupied"]: str(len(self.entries) - self.vacant)}  # fmt: skip
        return [f"{t['layout']}.", *(f"{k}: {v}." for k, v in said.items()), counts]

    @property
    def lists(self) -> list[tuple[str, list[Problem]]]:
        """Problems by what was done about them, with German titles."""
        return [
            ("Zählt nicht", self.ledger.rejected),
            ("Wurde angepasst", self.ledger.repaired),
            ("Bitte ansehen", self.ledger.doubtful),
        ]

    def __str__(self) -> str:
        """Return the report as lines of text."""
        return told_lines([self.file, *self.facts], self.lists)

    def _repr_html_(self) -> str:
        return told_html(self.file, self.facts, self.lists)


def import_table(
    source: str | Path | bytes, answers: Stated | None = None, name: str = ""
) -> ImportReport:
    """Read a list of shops, vacant or not.

    Parameters
    ----------
    source
        CSV (plain or gzipped) or XLSX: path or bytes.
    answers
        Answers to earlier questions; default: what the file name states.
    name
        File name, for bytes.

    Returns
    -------
    ImportReport
        Every row is an entry or a refused row with line, reason and remedy. Nothing is written yet:
        :func:`stadtlabor.innenstadt.vacancy.take` does.

    Raises
    ------
    Question
        If the list can be read in more than one way (``answers.answered(option)``, then again).
    SourceError
        In German, if it cannot be read at all.
    """
    from stadtlabor.innenstadt.vacancy.entries import entries

    faults = texts()["faults"]
    if isinstance(source, bytes):
        body = source
    else:
        path = Path(source)
        name = name or path.name
        try:
            body = path.read_bytes()
        except OSError as error:
            said = faults["unreadable"].format(name=path.name, why=error.strerror)
            raise SourceError(said) from error
    name = plain_name(name)
    given = answers or stated(name, city().city.timezone)
    table = read_table(body, name, known, given.sheet)
    if not len(table):
        raise SourceError(faults["empty"].format(name=name) + table.ledger.first())
    header = Header.of(table)
    if not {"street", "address"} & set(header.places):
        shown = ", ".join(table.header[:8])
        raise SourceError(
            faults["no_address"].format(name=name, line=table.header_line, header=shown)
        )
    rows = len(table) + len(table.ledger.rejected)
    found = entries(table, header, given)
    private = _private(table, header)
    detected = {
        **table.detected,
        **{
            texts()["report"]["column"].format(part=texts()["parts"][part]): f"„{table.header[n]}“"
            for part, n in header.places.items()
            if part in texts()["parts"]
        },
    }
    return ImportReport(table.name, rows, found, detected, table.ledger, private)


def _private(table: Table, header: Header) -> dict[int, dict[str, str]]:
    """Take the columns that may name persons out of the list, and tell it."""
    t, ledger = texts()["rows"], table.ledger
    places = [n for some in header.private.values() for n in some]
    if places:
        named = ", ".join(f"„{table.header[n]}“" for n in sorted(places))
        ledger.repair(table.header_line, t["private"].format(columns=named), t["private_remedy"])
    if header.ignored:
        named = ", ".join(f"„{h}“" for h in header.ignored)
        ledger.doubt(table.header_line, t["ignored"].format(columns=named))
    found: dict[int, dict[str, str]] = {}
    for row, line in zip(table.rows, table.lines, strict=True):
        said = {
            kind: ", ".join(row[n].strip() for n in some if row[n].strip())
            for kind, some in header.private.items()
        }
        if any(said.values()):
            found[line] = {kind: text for kind, text in said.items() if text}
    return found
