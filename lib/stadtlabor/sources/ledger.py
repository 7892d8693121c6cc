"""What happened to the rows of a file: refused, repaired, or kept with a doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from stadtlabor.observations import Problem

__all__ = ["NOTHING_TO_DO", "REMEDY", "Ledger", "lines_of"]

REMEDY = "Bitte diese Zeile in der Datei prüfen und die Datei noch einmal hochladen"
NOTHING_TO_DO = "Keine Änderung nötig, wenn das stimmt"


@dataclass
class Ledger:
    """Problems of one file, by what was done about them.

    Attributes
    ----------
    file
        Name of the file for the messages.
    rejected
        What does not count.
    repaired
        What counts otherwise than it stands in the file (read once, put right, left out with
        reason).
    doubtful
        What counts as it stands but should be looked at.
    """

    file: str
    rejected: list[Problem] = field(default_factory=list)
    repaired: list[Problem] = field(default_factory=list)
    doubtful: list[Problem] = field(default_factory=list)

    def problem(self, line: int | str | None, what: str, remedy: str, column: str = "") -> Problem:
        """Return a problem of this file at a line (``"3–7"`` for several) and a column."""
        where = self.file
        if line:
            where += f", Zeilen {line}" if isinstance(line, str) else f", Zeile {line}"
        if column:
            where += f", Spalte „{column}“"
        return Problem(where, what, remedy)

    def reject(
        self, line: int | str | None, what: str, remedy: str = REMEDY, column: str = ""
    ) -> None:
        """Tell something that does not count."""
        self.rejected.append(self.problem(line, what, remedy, column))

    def repair(
        self, line: int | str | None, what: str, remedy: str = NOTHING_TO_DO, column: str = ""
    ) -> None:
        """Tell something that counts otherwise than it stands there."""
        self.repaired.append(self.problem(line, what, remedy, column))

    def doubt(
        self, line: int | str | None, what: str, remedy: str = "Bitte prüfen", column: str = ""
    ) -> None:
        """Tell something that counts but looks wrong."""
        self.doubtful.append(self.problem(line, what, remedy, column))

    @property
    def all(self) -> list[Problem]:
        """Return every problem, the refused first."""
        return [*self.rejected, *self.repaired, *self.doubtful]

    def first(self) -> str:
        """Return the first refusal as a sentence with a leading space, or nothing."""
        told = self.rejected or self.all
        return f" {told[0]}" if told else ""


def lines_of(problems: Iterable[Problem]) -> set[int]:
    """Return the line numbers that problems name.

    Examples
    --------
    >>> sorted(lines_of([Problem("a.csv, Zeile 7", "", ""), Problem("a.csv, Zeilen 2–4", "", "")]))
    [2, 3, 4, 7]
    """
    found: set[int] = set()
    for problem in problems:
        match = re.search(r", Zeilen? (\d+)(?:–(\d+))?", problem.where)
        if match:
            first = int(match[1])
            found.update(range(first, int(match[2] or first) + 1))
    return found
