"""Read the cards of the city: ``datasets/*.toml``, checked, and again when a file changes."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stadtlabor.catalogue.card import Card
from stadtlabor.catalogue.vocabulary import Field, fields
from stadtlabor.city import city
from stadtlabor.faults import not_toml, sentences

__all__ = [
    "GATHERED",
    "CardError",
    "Shelf",
    "card",
    "cards",
    "find",
    "folder",
    "read_card",
    "shelf",
    "told",
]

GAP = re.compile(r"\{(\w*)\}")
SIMULATED = "-simulated"
"""Data sets with this ending are the simulated twins of others and share their card."""

GATHERED = {"hour": "-hourly", "day": "-daily", "month": "-monthly"}
"""Endings of data sets that hold what is left of others' values after their retention period; they
share their card as well."""


class CardError(ValueError):
    """A card is missing or cannot be used; the message says in German where, why and what to do."""


@dataclass(frozen=True)
class Shelf:
    """All cards of a folder.

    Attributes
    ----------
    cards
        The good ones by the id of the data set, in its order.
    faults
        German sentences about the others.
    stamp
        Changes when any file changes.
    """

    cards: dict[str, Card]
    faults: tuple[str, ...]
    stamp: str


def folder() -> Path:
    """Return the folder of the cards: ``$STADTLABOR_DATASETS`` or ``datasets`` in the root."""
    from stadtlabor.settings import root

    return Path(os.environ.get("STADTLABOR_DATASETS") or root() / "datasets")


def read_card(path: Path) -> Card:
    """Read and check one card.

    ``{city}``, ``{short_name}``, ``{contact}`` and ``{station}`` stand for the words of the city
    file, so that another city can begin with the same cards.

    Raises
    ------
    CardError
        In German, one line per fault with file, line, field and remedy.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CardError(
            f"{path.name}: Die Datei ist nicht lesbar. Bitte Rechte prüfen und als UTF-8 speichern."
        ) from error
    try:
        found = _filled(tomllib.loads(text), path.name)
        made = Card.model_validate(found)
    except tomllib.TOMLDecodeError as error:
        raise CardError(not_toml(path.name, error)) from error
    except ValidationError as error:
        raise CardError("\n".join(told(path.name, text, error))) from error
    if made.id != path.stem:
        raise CardError(
            f"{path.name}: „id“ ist „{made.id}“, die Datei heißt aber „{path.stem}“. "
            "Bitte beides gleich nennen."
        )
    return made


def told(name: str, text: str, error: ValidationError) -> list[str]:
    """Tell each fault of a card in German, with what to do about it."""
    lines = []
    for line, fault in zip(sentences(name, text, error), error.errors(), strict=True):
        remedy = _field([part for part in fault["loc"] if isinstance(part, str)]).remedy
        lines.append(f"{line} {remedy}".strip())
    return lines


def shelf(place: Path | None = None) -> Shelf:
    """Return all cards of a folder (default: :func:`folder`); a bad one does not stop the others.

    Files are read again only when their time or size has changed.
    """
    where = place or folder()
    stamps = [(path, *_stamp(path)) for path in sorted(where.glob("*.toml"))]
    good: dict[str, Card] = {}
    faults: list[str] = []
    for entry in stamps:
        found = _read(*entry)
        if isinstance(found, str):
            faults.append(found)
        else:
            good[found.id] = found
    mark = hashlib.sha256(repr([(p.name, *rest) for p, *rest in stamps]).encode()).hexdigest()
    return Shelf(good, tuple(faults), mark[:20])


def cards(place: Path | None = None) -> dict[str, Card]:
    """Return all cards of a folder by the id of their data set.

    Raises
    ------
    CardError
        If any of them has a fault.
    """
    found = shelf(place)
    if found.faults:
        raise CardError("\n".join(found.faults))
    return found.cards


def find(dataset: str, place: Path | None = None) -> Card | None:
    """Return the card of a data set or of the one that it is a twin or an aggregate of."""
    known = shelf(place).cards
    plain = dataset
    for ending in (*GATHERED.values(), SIMULATED):
        plain = plain.removesuffix(ending)
    return known.get(dataset) or known.get(plain)


def card(dataset: str, place: Path | None = None) -> Card:
    """Return the card of a data set.

    Raises
    ------
    CardError
        If there is none, or none that is good.
    """
    found = find(dataset, place)
    if found is None:
        raise CardError(missing(dataset, place))
    return found


def missing(dataset: str, place: Path | None = None) -> str:
    """Say in German that a data set has no card, and how to get one."""
    where = place or folder()
    name = f"{dataset.removesuffix(SIMULATED)}.toml"
    fault = next((f for f in shelf(where).faults if f.startswith(f"{name}")), "")
    if fault:
        return f"Die Karte des Datensatzes „{dataset}“ hat Fehler. {fault}"
    return (
        f"Der Datensatz „{dataset}“ hat keine Karte. "
        f"Bitte {where.name}/{name} anlegen, am einfachsten als Abschrift einer anderen Karte."
    )


def _stamp(path: Path) -> tuple[int, int]:
    try:
        about = path.stat()
    except OSError:
        return 0, 0
    return about.st_mtime_ns, about.st_size


@lru_cache(maxsize=2048)
def _read(path: Path, changed: int, size: int) -> Card | str:
    try:
        return read_card(path)
    except CardError as error:
        return str(error)


def _field(keys: list[str]) -> Field:
    """Return the entry of a field or of its nearest parent."""
    for length in range(len(keys), 0, -1):
        found = fields().get(".".join(keys[:length]))
        if found:
            return found
    return Field("", "")


def _filled(value: Any, name: str) -> Any:
    """Put the words of the city file into the gaps of all texts."""
    if isinstance(value, dict):
        return {key: _filled(part, name) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, name) for part in value]
    if not isinstance(value, str):
        return value
    known = _words()
    for gap in GAP.findall(value):
        if gap not in known:
            raise CardError(
                f"{name}: „{{{gap}}}“ steht für nichts. Möglich sind "
                f"{', '.join(f'{{{word}}}' for word in known)}."
            )
    return GAP.sub(lambda found: known[found[1]], value)


def _words() -> dict[str, str]:
    here = city()
    return {
        "city": here.city.name,
        "short_name": here.city.short_name,
        "contact": here.city.contact,
        "station": here.weather.station.name,
    }
