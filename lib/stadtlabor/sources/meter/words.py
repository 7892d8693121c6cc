"""What columns, states and media are called (``words.toml``), and which column plays which part."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from stadtlabor.sources.table import Table

__all__ = ["Columns", "is_name", "medium_of", "plain", "unit_of", "words"]

CLOCK_LABEL = re.compile(r"\[?\d{1,2}:\d{2}(?::00)?\]?")


@cache
def words() -> dict[str, Any]:
    """Return the file's content."""
    text = files("stadtlabor.sources.meter").joinpath("words.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _unit_pattern() -> re.Pattern[str]:
    spelled = sorted(words()["units"], key=len, reverse=True)
    # Only what usually stands around a unit may: "[+Wh]" is a damaged kWh.
    return re.compile(
        r"(?:^|(?<=[\s\[(:,;=_„\"'0-9]))(" + "|".join(spelled) + r")(?=$|[\s\]):,;.“\"'_])",
        re.IGNORECASE,
    )


@cache
def unit_of(text: str) -> str | None:
    """Read the unit from a column name or a cell: ``Verbrauch [kWh]``, ``Leistung (kW)``.

    Returns
    -------
    str or None
        None where no unit or more than one is named.
    """
    found = {words()["units"][u.lower()] for u in _unit_pattern().findall(text)}
    return found.pop() if len(found) == 1 else None


@cache
def plain(name: str) -> str:
    """Return a column name in lower case without its unit.

    Examples
    --------
    >>> plain("Verbrauch in kWh"), plain("Zählerstand [m³]"), plain("Betrag (€)")
    ('verbrauch', 'zählerstand', 'betrag')
    """
    text = re.sub(r"[\[(][^\])]*[\])]", " ", name.lower())
    text = re.sub(r"\b(?:in )?(?:k?wh|mwh|kw|m³|m3|€|eur|euro|kg)(?!\w)|€", " ", text)
    return " ".join(text.split()).strip(" :") or name.lower().strip()


@cache
def medium_of(text: str) -> str | None:
    """Return the medium that a text names."""
    lowered = text.lower()
    for medium, names in words()["media"].items():
        for name in names:
            if len(name) > 2 and name in lowered:
                return str(medium)
            if re.search(rf"(?<![a-zäöüß]){re.escape(name)}(?![a-zäöüß])", lowered):
                return str(medium)
    return None


def is_name(cell: str) -> bool:
    """Tell whether a cell is the name of a column of a meter file."""
    if CLOCK_LABEL.fullmatch(cell) or unit_of(cell):
        return True
    name = plain(cell)
    return any(name in names for names in words()["columns"].values()) or any(
        name.startswith(f"{stem} ") for stem in ("zählerstand", "verbrauch")
    )


class Columns:
    """Which column of a table plays which part.

    Parameters
    ----------
    table
        The file.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._plain = [plain(h) for h in table.header]

    def place(self, part: str, besides: tuple[int | None, ...] = ()) -> int | None:
        """Return the first column with a name of this part, in the order of the names."""
        for name in words()["columns"][part]:
            for n, header in enumerate(self._plain):
                if header == name and n not in besides:
                    return n
        return None

    def places(self, part: str) -> list[int]:
        """Return all columns of a part, in the order of the file."""
        names = words()["columns"][part]
        return [n for n, header in enumerate(self._plain) if header in names]

    def starting(self, part: str) -> list[int]:
        """Return all columns whose names start with a name of this part."""
        names = words()["columns"][part]
        return [
            n
            for n, header in enumerate(self._plain)
            if any(header == name or header.startswith(f"{name} ") for name in names)
        ]

    def column(self, part: str) -> pd.Series | None:
        """Return a column's cells, stripped, or None."""
        place = self.place(part)
        return None if place is None else self.table.column(place)

    def text(self, part: str) -> pd.Series:
        """Return a column's cells, empty where there is no such column."""
        column = self.column(part)
        if column is None:
            return pd.Series("", index=range(len(self.table)), dtype="str")
        return column

    def header(self, place: int | None) -> str:
        """Return a column's name as it stands in the file."""
        return "" if place is None else self.table.header[place]
