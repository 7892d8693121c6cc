"""Write entities and pages as the JSON of SensorThings 1.1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np

from stadtlabor.sensorthings.evaluation import judge
from stadtlabor.sensorthings.model import OBSERVATIONS, Entity, Kind, kinds
from stadtlabor.sensorthings.observed import Page, page
from stadtlabor.sensorthings.options import ROWS, Options
from stadtlabor.sensorthings.ordering import ordered
from stadtlabor.sensorthings.refusal import refuse
from stadtlabor.sensorthings.rows import Budget, Row, marks
from stadtlabor.sensorthings.stock import Stock
from stadtlabor.sensorthings.times import ends, stamps

__all__ = ["Writer"]

ROWS_INSIDE = 100
MOST_INSIDE = 10_000
KEPT = "$()/',:@;"


class Writer:
    """Writes one answer.

    Parameters
    ----------
    root
        Address of the service, without a slash at the end.
    stock
        The entities.
    zone
        The city's clock.
    """

    def __init__(self, root: str, stock: Stock, zone: str) -> None:
        self._root, self._stock, self._zone = root, stock, zone
        self._budget = Budget()
        self._inside = MOST_INSIDE

    def address(self, entity: Entity) -> str:
        """Return where an entity has its own address."""
        return f"{self._root}/{entity.kind}({entity.key})"

    def entity(self, entity: Entity, options: Options) -> dict[str, Any]:
        """Return an entity that is not an observation."""
        self._budget.write()
        kind = kinds()[entity.kind]
        own = self.address(entity)
        fields = dict(entity.fields)
        if kind.name == "ObservedProperties":
            fields["definition"] = own
        found = self._head(entity.number, own, kind, fields, options)
        for link, inner in options.expand.items():
            self._expand(found, entity, link, inner, own)
        return found

    def entities(
        self, entities: Iterable[Entity], kind: Kind, options: Options, address: str
    ) -> dict[str, Any]:
        """Return a page of entities that are not observations."""
        # Each of them may bring many values.
        rows = options.rows(ROWS_INSIDE if _values_inside(kind, options) else ROWS)
        chosen, more, count = self._choose(entities, options, rows)
        found: dict[str, Any] = {"@iot.count": count} if options.count else {}
        if more:
            found["@iot.nextLink"] = _next(address, options, more)
        return {**found, "value": [self.entity(each, options) for each in chosen]}

    def observations(self, series: list[Entity], options: Options, address: str) -> dict[str, Any]:
        """Return a page of observations of some datastreams."""
        rows = page(self._stock, series, options, options.rows(), self._budget)
        found: dict[str, Any] = {} if rows.count is None else {"@iot.count": rows.count}
        if rows.next:
            found["@iot.nextLink"] = _next(address, options, rows.next)
        made = self.rows(rows.rows, options)
        return {**found, "value": self._array(rows, made) if options.data_array else made}

    def rows(self, rows: list[Row], options: Options) -> list[dict[str, Any]]:
        """Return observations, in the order given."""
        kind = kinds()[OBSERVATIONS]
        expanded: dict[tuple[str, int | str], Any] = {}
        found = []
        phenomenon, result = self._times(rows)
        for row, covered, stated in zip(rows, phenomenon, result, strict=True):
            number = f"{row.series.number}-{row.t}"
            own = f"{self._root}/{OBSERVATIONS}('{number}')"
            fields = {
                "phenomenonTime": covered,
                "result": row.value,
                "resultTime": stated,
                "parameters": marks(row.quality),
            }
            made = self._head(number, own, kind, fields, options)
            for link, inner in options.expand.items():
                # Thousands of values share one datastream: it is written once.
                target = row.series if link == "Datastream" else row.series.links[link][0]
                key = (link, target.number)
                if key not in expanded:
                    expanded[key] = self.entity(target, inner)
                made[link] = expanded[key]
            found.append(made)
        return found

    def references(self, found: dict[str, Any]) -> dict[str, Any]:
        """Return a page with nothing but addresses (``$ref``)."""
        value = [{"@iot.selfLink": each["@iot.selfLink"]} for each in found["value"]]
        return {**found, "value": value}

    def _head(
        self, number: int | str, own: str, kind: Kind, fields: Mapping[str, Any], options: Options
    ) -> dict[str, Any]:
        found: dict[str, Any] = {"@iot.id": number, "@iot.selfLink": own}
        found.update((name, fields.get(name)) for name in kind.fields)
        if found.get("observedArea", 0) is None:
            del found["observedArea"]  # optional, and a client may not like null here
        links = {f"{link}@iot.navigationLink": f"{own}/{link}" for link in kind.links}
        if options.select is None:
            return {**found, **links}
        wanted = options.select
        picked = {name: found[name] for name in wanted if name in found}
        chosen = {f"{n}@iot.navigationLink" for n in (*wanted, *options.expand)}
        return {**picked, **{name: link for name, link in links.items() if name in chosen}}

    def _expand(
        self, found: dict[str, Any], entity: Entity, link: str, inner: Options, own: str
    ) -> None:
        kind = kinds()[entity.kind]
        if link in kind.one:
            targets = entity.links.get(link, [])
            found[link] = self.entity(targets[0], inner) if targets else None
            return
        address = f"{own}/{link}"
        if kind.many[link] == OBSERVATIONS:
            series = [entity] if entity.kind == "Datastreams" else entity.links["Datastreams"]
            rows = self._few(series, inner)
            found[link] = self.rows(rows.rows, inner)
            more, count = rows.next, rows.count
        else:
            wanted = inner.rows(ROWS_INSIDE)
            targets = entity.links.get(link, [])
            chosen, more, count = self._choose(targets, inner, wanted)
            found[link] = [self.entity(each, inner) for each in chosen]
        if inner.count:
            found[f"{link}@iot.count"] = count
        if more:
            found[f"{link}@iot.nextLink"] = _next(address, inner, more)

    def _few(self, series: list[Entity], inner: Options) -> Page:
        """Read values within another entity; all of them together must stay few."""
        self._budget.look(len(series))
        rows = page(self._stock, series, inner, inner.rows(ROWS_INSIDE), self._budget)
        self._inside -= len(rows.rows)
        if self._inside < 0:
            raise refuse("option.expand_big", most=MOST_INSIDE)
        return rows

    def _choose(
        self, entities: Iterable[Entity], options: Options, rows: int
    ) -> tuple[list[Entity], dict[str, str] | None, int]:
        """Return entities of a page, what leads to the next one, and how many there are."""
        found = list(entities)
        if options.filter is not None:
            holds = judge(options.filter)
            found = [each for each in found if self._in_time(holds(each))]
        if options.orderby:
            found = [e for e, _ in ordered([(e, None) for e in found], options.orderby)]
        end = options.skip + rows
        more = {"$skip": str(end)} if rows and end < len(found) else None
        return found[options.skip : end], more, len(found)

    def _in_time(self, answer: bool) -> bool:
        self._budget.check()
        return answer

    def _times(self, rows: list[Row]) -> tuple[list[str], list[str | None]]:
        """Return phenomenon time (an interval where a value covers one) and result time."""
        covered: list[str] = [""] * len(rows)
        groups: dict[int | str, list[int]] = {}
        for index, row in enumerate(rows):
            groups.setdefault(row.series.number, []).append(index)
        for number, members in groups.items():
            stream = self._stock.streams[int(number)]
            starts = np.array([rows[index].t for index in members], "int64")
            texts = stamps(starts)
            if stream.grain is not None or stream.interval_s:
                after = stamps(ends(starts, stream.interval_s, stream.grain, self._zone))
                texts = [f"{first}/{last}" for first, last in zip(texts, after, strict=True)]
            for index, text in zip(members, texts, strict=True):
                covered[index] = text
        # The start of the epoch stands for "never stated".
        stated = stamps(np.array([row.rt for row in rows], "int64"))
        return covered, [t if r.rt > 0 else None for r, t in zip(rows, stated, strict=True)]

    def _array(self, rows: Page, made: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Gather observations by datastream into columns (18-088, section 12)."""
        groups: dict[int | str, list[dict[str, Any]]] = {}
        for row, each in zip(rows.rows, made, strict=True):
            groups.setdefault(row.series.number, []).append(each)
        found = []
        for number, members in groups.items():
            names = [
                n for n in members[0] if "@iot.navigationLink" not in n and n != "@iot.selfLink"
            ]
            found.append(
                {
                    "Datastream@iot.navigationLink": f"{self._root}/Datastreams({number})",
                    "components": ["id" if name == "@iot.id" else name for name in names],
                    "dataArray@iot.count": len(members),
                    "dataArray": [[each[name] for name in names] for each in members],
                }
            )
        return found


def _values_inside(kind: Kind, options: Options) -> bool:
    return any(
        kind.links[link] == OBSERVATIONS or _values_inside(kinds()[kind.links[link]], inner)
        for link, inner in options.expand.items()
    )


def _next(address: str, options: Options, changed: Mapping[str, str]) -> str:
    """Return the address of the next page: the same question from a later place."""
    kept = {n: v for n, v in options.raw.items() if n not in ("$skip", "$skiptoken", "$count")}
    if options.count:
        kept["$count"] = "true"
    asked = urlencode({**kept, **changed}, quote_via=quote, safe=KEPT)
    return f"{address}?{asked}"
