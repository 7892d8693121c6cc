"""What was read from a file, what was not, and why: readable by a caretaker beside the bill."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import pandas as pd

from stadtlabor.observations import Problem
from stadtlabor.sources.ledger import Ledger
from stadtlabor.sources.meter.words import words
from stadtlabor.sources.told import told_html, told_lines

__all__ = ["Gap", "Report", "Total", "german"]


def german(number: float, digits: int = 1) -> str:
    """Write a number with decimal comma and grouped thousands: ``12.345,6``."""
    return f"{number:,.{digits}f}".translate(str.maketrans(",.", ".,"))


@dataclass(frozen=True)
class Gap:
    """A time without values between two values of a meter.

    Attributes
    ----------
    meter, medium
        Which one.
    start, end
        From when to when, UTC.
    missing
        Number of missing intervals; 0 where values have no common length.
    """

    meter: str
    medium: str
    start: pd.Timestamp
    end: pd.Timestamp
    missing: int


@dataclass(frozen=True)
class Total:
    """The sum of a meter over its period, to be compared with the bill.

    Attributes
    ----------
    meter, medium, unit
        Which one.
    value
        Sum of all values in the unit.
    start, end
        Begin of the first and end of the last value, UTC.
    count
        Number of values.
    estimated
        Number of values that are not measured.
    """

    meter: str
    medium: str
    unit: str
    value: float
    start: pd.Timestamp
    end: pd.Timestamp
    count: int
    estimated: int


@dataclass
class Report:
    """Everything about the reading of one file.

    Attributes
    ----------
    file
        Name.
    layout
        German name of the layout.
    detected
        German name of a property → what was detected or stated.
    rows
        Number of rows with content below the header.
    kept
        Number of values in the data.
    rejected, repaired, doubtful
        Problems; see :class:`stadtlabor.sources.ledger.Ledger`.
    gaps
        Times without values.
    totals
        Sum per meter and unit.
    timezone
        Zone in which times are printed.
    """

    file: str
    layout: str
    detected: dict[str, str]
    rows: int
    kept: int
    ledger: Ledger
    gaps: list[Gap] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    timezone: str = "Europe/Berlin"

    @property
    def rejected(self) -> list[Problem]:
        """What does not count."""
        return self.ledger.rejected

    @property
    def repaired(self) -> list[Problem]:
        """What counts otherwise than it stands in the file."""
        return self.ledger.repaired

    @property
    def doubtful(self) -> list[Problem]:
        """What counts but should be looked at."""
        return self.ledger.doubtful

    @property
    def problems(self) -> list[Problem]:
        """Everything that was told, gaps included."""
        return [*self.ledger.all, *(self._gap(gap) for gap in self.gaps)]

    def _gap(self, gap: Gap) -> Problem:
        many = f"{gap.missing} Werte" if gap.missing > 1 else "ein Wert" if gap.missing else "Werte"
        verb = "fehlt" if gap.missing == 1 else "fehlen"
        meter = f" des Zählers {gap.meter}" if gap.meter else ""
        return Problem(
            self.file,
            f"Von {self._at(gap.start)} bis {self._at(gap.end)} {verb} {many}{meter}",
            "Bitte beim Vergleich mit der Rechnung beachten",
        )

    def _at(self, moment: pd.Timestamp) -> str:
        local = moment.tz_convert(self.timezone)
        return f"{local:%d.%m.%Y}" if local == local.normalize() else f"{local:%d.%m.%Y %H:%M}"

    def _total(self, total: Total) -> list[str]:
        name = words()["german"].get(total.medium, total.medium)
        return [
            f"{name}, {total.meter}" if total.meter else name,
            f"{german(total.value)} {total.unit}",
            f"{self._at(total.start)} bis {self._at(total.end)}",
            f"{total.count} Werte"
            + (f", davon {total.estimated} nicht gemessen" if total.estimated else ""),
        ]

    def _rows(self) -> list[list[str]]:
        return [self._total(total) for total in self.totals]

    def _facts(self) -> list[str]:
        counts = (
            f"Zeilen mit Inhalt: {self.rows}, übernommene Werte: {self.kept}, "
            f"Mängel: {len(self.rejected)}, Reparaturen: {len(self.repaired)}, "
            f"Hinweise: {len(self.doubtful)}, Lücken: {len(self.gaps)}."
        )
        return [
            f"Aufbau: {self.layout}.",
            *(f"{k}: {v}." for k, v in self.detected.items()),
            counts,
        ]

    def _lists(self) -> list[tuple[str, list[Problem]]]:
        return [
            ("Zählt nicht", self.rejected),
            ("Wurde repariert", self.repaired),
            ("Bitte ansehen", self.doubtful),
            ("Fehlt", [self._gap(gap) for gap in self.gaps]),
        ]

    def __str__(self) -> str:
        """Return the report as lines of text."""
        head = [self.file, *self._facts(), *(": ".join(row[:2]) for row in self._rows())]
        return told_lines(head, self._lists())

    def _repr_html_(self) -> str:
        """Return the report for a notebook."""
        table = ""
        if self._rows():
            head = "".join(
                f'<th scope="col">{t}</th>' for t in ("Was", "Summe", "Zeitraum", "Umfang")
            )
            body = "".join(
                "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
                for row in self._rows()
            )
            table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return told_html(self.file, self._facts(), self._lists(), table)
