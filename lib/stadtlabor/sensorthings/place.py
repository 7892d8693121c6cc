"""Walk along an address: ``Things(1)/Datastreams(2)/Observations`` → what lies there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stadtlabor.sensorthings.model import OBSERVATIONS, Entity, Kind, kinds
from stadtlabor.sensorthings.observed import stated_key
from stadtlabor.sensorthings.refusal import Refusal, refuse
from stadtlabor.sensorthings.rows import Row, row_at
from stadtlabor.sensorthings.stock import Stock

__all__ = ["Place", "find"]

MOST_PARTS = 20
_PART = re.compile(r"([A-Za-z]+)(?:\(([^()]*)\))?")
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)


@dataclass
class Place:
    """What an address leads to.

    Attributes
    ----------
    kind
        Of the entity or of each in the collection.
    many
        True for a collection.
    entities
        The collection, or the one entity; of observations the datastreams they belong to.
    row
        The one observation.
    member, keys
        Field of the one entity and keys within it.
    raw, reference
        ``$value`` and ``$ref`` stand at the end.
    """

    kind: Kind
    many: bool
    entities: list[Entity]
    row: Row | None = None
    member: str | None = None
    keys: list[str] = field(default_factory=list)
    raw: bool = False
    reference: bool = False


def find(stock: Stock, address: str) -> Place:
    """Follow an address.

    Raises
    ------
    Refusal
        404 if it leads nowhere, 400 if it cannot be read.
    """
    parts = address.strip("/").split("/")
    if len(parts) > MOST_PARTS:
        raise refuse("path.deep", most=MOST_PARTS)
    if "" in parts:
        raise refuse("path.empty")
    name, number = _read(parts[0])
    if name not in kinds():
        raise refuse("path.unknown_set", 404, name=name, known=", ".join(kinds()))
    place = _set(stock, name)
    if number is not None:
        place = _pick(stock, place, number)
    for index, part in enumerate(parts[1:], 1):
        last = index == len(parts) - 1
        place = _step(stock, place, part, last, parts[index - 1])
    return place


def _set(stock: Stock, name: str) -> Place:
    if name == OBSERVATIONS:
        return Place(kinds()[name], True, list(stock.sets["Datastreams"].values()))
    return Place(kinds()[name], True, list(stock.sets[name].values()))


def _step(stock: Stock, place: Place, part: str, last: bool, before: str) -> Place:
    if part == "$ref":
        if not last or place.member is not None:
            raise refuse("path.ref_at_end")
        place.reference = True
        return place
    if part == "$value":
        if not last or place.member is None:
            raise refuse("path.value_of_field")
        place.raw = True
        return place
    if place.member is not None:
        place.keys.append(part)
        return place
    if place.many:
        raise refuse("path.many_needs_id", name=before, next=part)
    kind = place.kind
    if part in kind.fields or part in ("@iot.id", "id", "@iot.selfLink"):
        place.member = "@iot.id" if part == "id" else part
        return place
    name, number = _read(part)
    if name not in kind.links:
        known = ", ".join([*kind.fields, *kind.links])
        raise refuse("path.unknown_part", 404, name=name, kind=kind.single, known=known)
    return _follow(stock, place, name, number)


def _follow(stock: Stock, place: Place, link: str, number: str | None) -> Place:
    kind = place.kind
    target = kinds()[kind.links[link]]
    if place.row is not None:
        series = place.row.series
        reached = [series] if link == "Datastream" else series.links[link]
    elif target.name == OBSERVATIONS:
        entity = place.entities[0]
        reached = [entity] if kind.name == "Datastreams" else entity.links["Datastreams"]
    else:
        reached = place.entities[0].links.get(link, [])
    if link in kind.one:
        if number is not None:
            raise refuse("path.id_on_single", name=link)
        if not reached:
            raise refuse("path.no_such_relation", 404, name=link)
        return Place(target, False, reached[:1])
    found = Place(target, True, reached)
    return found if number is None else _pick(stock, found, number)


def _pick(stock: Stock, place: Place, stated: str) -> Place:
    """Return the one of a collection that has a number."""
    number = stated.strip()
    if len(number) > 1 and number[0] == number[-1] == "'":
        number = number[1:-1]
    missing = refuse("path.not_found", 404, kind=place.kind.single, id=stated)
    if place.kind.name == OBSERVATIONS:
        return _pick_row(stock, place, number, missing)
    if not _NUMBER.fullmatch(number):
        raise refuse("path.bad_id", 404, id=stated, kind=place.kind.single)
    for entity in place.entities:
        if entity.number == int(number):
            return Place(place.kind, False, [entity])
    raise missing


def _pick_row(stock: Stock, place: Place, number: str, missing: Refusal) -> Place:
    key = stated_key(number)
    if key is None:
        raise refuse("path.bad_id", 404, id=number, kind=place.kind.single)
    series = next((s for s in place.entities if s.number == key[0]), None)
    row = row_at(series, stock.streams[key[0]], key[1]) if series else None
    if row is None:
        raise missing
    return Place(place.kind, False, [], row)


def _read(part: str) -> tuple[str, str | None]:
    match = _PART.fullmatch(part)
    if match is None:
        raise refuse("path.malformed", name=part)
    return match[1], match[2]
