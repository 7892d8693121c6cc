"""Which column of a list plays which part (``columns.toml``)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from stadtlabor.sources.table import Table

__all__ = ["Header", "columns", "header_keys", "known", "per_square_metre"]

UNIT = re.compile(
    r"[\s,]*(?:in\s+)?(?:€/m²|eur/m²|€/qm|eur/qm|€/m2|m²|m2|qm|lfm|m|€|eur|euro|\*)$", re.IGNORECASE
)
PRIVATE = re.compile(r"eigent[üu]e?mer|vermieter|owner|telefon|phone|e-?mail|ansprechp|kontaktp")


@cache
def columns() -> dict[str, dict[str, list[str]]]:
    """Return the file's content."""
    text = files("stadtlabor.innenstadt.vacancy").joinpath("columns.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def header_keys(header: str) -> tuple[str, ...]:
    """Return a column's name as it may stand in the list of names: whole, then without its unit.

    Examples
    --------
    >>> header_keys("Verkaufsfläche (m²)")
    ('verkaufsfläche (m²)', 'verkaufsfläche')
    >>> header_keys("Miete je m² [€]")
    ('miete je m² [€]', 'miete je m²', 'miete je')
    """
    whole = " ".join(header.lower().replace("\xa0", " ").split()).strip(" :")
    bare = re.sub(r"[\[(][^\])]*[\])]|\b(?:ca|circa)\b\.?", " ", whole)
    bare = " ".join(bare.split()).strip(" :")
    inside = whole.strip("[]() ")
    keys = [whole, bare or inside, UNIT.sub("", bare).strip(" :")]
    return tuple(dict.fromkeys(k for k in keys if k))


@cache
def _names() -> dict[str, tuple[str, str, int]]:
    """Return name → (group, part, rank)."""
    return {
        name: (group, part, rank)
        for group in ("columns", "private")
        for part, names in columns()[group].items()
        for rank, name in enumerate(names)
    }


def known(cell: str) -> bool:
    """Tell whether a cell is the name of a column of a list of shops."""
    return any(key in _names() for key in header_keys(cell)) or bool(PRIVATE.search(cell.lower()))


@cache
def per_square_metre(header: str) -> bool | None:
    """Tell whether a rent is per m² (True), per month (False) or unknown (None)."""
    lowered = header.lower().replace("m2", "m²").replace("qm", "m²")
    if re.search(r"(?:/|je|pro)\s*m²|quadratmeter", lowered):
        return True
    return False if "monat" in lowered else None


@dataclass(frozen=True)
class Header:
    """The parts of a table's columns.

    Attributes
    ----------
    places
        Part → place of its column.
    private
        Part (``name``, ``phone``, …) → places that may name persons.
    ignored
        Names of columns that nobody reads.
    """

    places: dict[str, int]
    private: dict[str, tuple[int, ...]]
    ignored: tuple[str, ...]

    @classmethod
    def of(cls, table: Table) -> Header:
        """Find the parts."""
        best: dict[str, tuple[int, int]] = {}
        private: dict[str, list[int]] = {}
        unread: dict[int, str] = {}
        for place, header in enumerate(table.header):
            found = next((_names()[k] for k in header_keys(header) if k in _names()), None)
            if found and found[0] == "private":
                private.setdefault(found[1], []).append(place)
            elif found and (found[1] not in best or found[2] < best[found[1]][0]):
                if found[1] in best:
                    unread[best[found[1]][1]] = table.header[best[found[1]][1]]
                best[found[1]] = (found[2], place)
            elif found is None and PRIVATE.search(header.lower()):
                private.setdefault("name", []).append(place)
            elif header:
                unread[place] = header
        places = {part: place for part, (_, place) in best.items()}
        if "rent" not in places and "rent_total" in places:
            # "Miete €/m²" is called like a rent per month but for its unit.
            each = per_square_metre(table.header[places["rent_total"]])
            if each:
                places["rent"] = places.pop("rent_total")
        return cls(places, {k: tuple(v) for k, v in private.items()}, tuple(unread.values()))
