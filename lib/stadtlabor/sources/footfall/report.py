"""What became of the rows of a file with pedestrian counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stadtlabor.observations import Problem

__all__ = ["Report"]


@dataclass(frozen=True)
class Report:
    """Result of reading one file, kept in ``frame.attrs["report"]``.

    Attributes
    ----------
    file
        Name of the file or address.
    dialect
        German name of how it is written.
    timezone
        Zone in which times without offset were read.
    rows
        Rows (or measurements) in the file.
    kept
        Rows in the frame; the others stand in ``problems``.
    problems
        Refused and doubtful rows with line and remedy.
    """

    file: str
    dialect: str
    timezone: str
    rows: int
    kept: int
    problems: tuple[Problem, ...] = ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Report:
        # pandas copies attributes deeply with every operation; nothing here can change.
        return self

    def __str__(self) -> str:
        """Tell in German what was read and what was not."""
        lines = [f"{self.file} ({self.dialect}): {self.kept} von {self.rows} Zeilen gelesen."]
        return "\n".join([*lines, *(str(problem) for problem in self.problems)])
