"""A file as the mutations and the judge see it: lines with their origin, and the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

ZONE = "Europe/Berlin"

Said = tuple[str, str, float]
"""Meter, wall-clock start (ISO), value in the unit that a reading is given in."""


@dataclass
class Line:
    """A line of a file: its text, which row of the valid file it was, whether it was changed."""

    text: str
    origin: int | None = None
    touched: bool = False
    plain: str | None = None

    @property
    def words(self) -> str:
        """The text before whole columns were moved."""
        return self.text if self.plain is None else self.plain


@dataclass
class Sample:
    """A valid file and its truth.

    Attributes
    ----------
    name
        File name.
    lines
        Lines in order.
    truth
        What each row says, by its number (``Line.origin``).
    strict
        What a line says if it is well-formed to the letter, else None: the judge's own reading.
    header
        Place of the header in ``lines``.
    zone
        Zone of the file's clock.
    counter
        True where rows are states of a counter; then ``truth`` holds cumulative consumption.
    xlsx
        True to write a workbook.
    delimiter, encoding, newline
        How the text is written.
    values, dates
        Places of the columns with values and with dates.
    texts
        Each row as it stood in the valid file.
    volumes
        What a row says in m³ if it cannot be converted to kWh.
    """

    name: str
    lines: list[Line]
    truth: dict[int, list[Said]]
    strict: Callable[[str, bool], list[Said] | None]
    header: int
    zone: str = ZONE
    counter: bool = False
    xlsx: bool = False
    delimiter: str = ";"
    encoding: str = "utf-8"
    newline: str = "\r\n"
    values: list[int] = field(default_factory=list)
    dates: list[int] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    volumes: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.texts = {line.origin: line.text for line in self.lines if line.origin is not None}
