"""Turn an expression into a question that is asked of each entity.

A path may lead to many entities; then it gives many values, and a comparison holds if it holds for
any of them. A comparison with a missing value is false, except ``eq null`` and ``ne``.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from datetime import datetime
from itertools import product
from typing import Any

from stadtlabor.sensorthings.functions import FUNCTIONS
from stadtlabor.sensorthings.geometry import Geometry, from_geojson
from stadtlabor.sensorthings.model import Entity
from stadtlabor.sensorthings.refusal import refuse
from stadtlabor.sensorthings.syntax import And, Call, Compare, Expression, Literal, Not, Path

__all__ = ["judge", "values"]

Values = Callable[[Entity], list[Any]]
MOST_PAIRS = 5_000
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_TYPES = {"text": str, "number": float, "time": datetime, "flag": bool, "geometry": Geometry}


def judge(expression: Expression) -> Callable[[Entity], bool]:
    """Return whether an expression holds for an entity."""
    found = values(expression)
    return lambda entity: any(value is True for value in found(entity))


def values(expression: Expression) -> Values:
    """Return what gives the values of an expression for an entity."""
    if isinstance(expression, Literal):
        fixed = [expression.value]
        return lambda _: fixed
    if isinstance(expression, Path):
        return _path(expression)
    if isinstance(expression, Call):
        return _call(expression)
    if isinstance(expression, Compare):
        return _compare(expression)
    if isinstance(expression, Not):
        part = judge(expression.part)
        return lambda entity: [not part(entity)]
    parts = [judge(part) for part in expression.parts]
    gather = all if isinstance(expression, And) else any
    return lambda entity: [gather(part(entity) for part in parts)]


def _path(path: Path) -> Values:
    def read(entity: Entity) -> list[Any]:
        reached = [entity]
        for link in path.links:
            reached = [other for each in reached for other in each.links.get(link, ())]
        return [_field(each, path) for each in reached] or [None]

    return read


def _field(entity: Entity, path: Path) -> Any:
    if path.field == "id":
        return entity.number if isinstance(entity.number, str) else float(entity.number)
    value = entity.fields.get(path.field)
    for key in path.keys:
        if isinstance(value, list) and key.isdecimal():
            value = value[int(key)] if len(key) < 6 and int(key) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    if path.kind == "geometry":
        return from_geojson(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _call(call: Call) -> Values:
    function = FUNCTIONS[call.name]
    arguments = [values(argument) for argument in call.arguments]
    types = [_TYPES[kind] for kind in function.takes]

    def run(entity: Entity) -> list[Any]:
        stated = [argument(entity) for argument in arguments]
        _count(*stated)
        return [
            # What stands in free properties may be of any type: then there is no answer.
            function.run(*given)
            if all(isinstance(value, type_) for value, type_ in zip(given, types, strict=True))
            else None
            for given in product(*stated)
        ]

    if function.gives == "number":
        return lambda entity: [None if v is None else float(v) for v in run(entity)]
    return run


def _compare(compare: Compare) -> Values:
    left, right = values(compare.left), values(compare.right)
    holds = _holds(compare.op)

    def ask(entity: Entity) -> list[Any]:
        a_side, b_side = left(entity), right(entity)
        _count(a_side, b_side)
        return [any(holds(a, b) for a in a_side for b in b_side)]

    return ask


def _count(*many: list[Any]) -> None:
    """Refuse what would take too long: two paths that lead to hundreds of entities each."""
    if math.prod(map(len, many)) > MOST_PAIRS:
        raise refuse("filter.pairs", most=MOST_PAIRS)


def _holds(op: str) -> Callable[[Any, Any], bool]:
    if op == "eq":
        return lambda a, b: type(a) is type(b) and bool(a == b)
    if op == "ne":
        return lambda a, b: type(a) is not type(b) or bool(a != b)
    order = _OPERATORS[op]
    # Only what has an order: two numbers, two texts, two times.
    return lambda a, b: type(a) is type(b) and isinstance(a, str | float | datetime) and order(a, b)
