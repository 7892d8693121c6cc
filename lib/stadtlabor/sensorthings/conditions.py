"""Split what is asked of observations into what the store, the columns and the rows can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from stadtlabor.sensorthings.syntax import And, Call, Compare, Expression, Literal, Not, Or, Path

__all__ = ["Conditions", "split"]

_MIRROR = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq"}
_LEAST = timedelta(microseconds=1)


@dataclass
class Conditions:
    """Parts of a filter that must all hold.

    Attributes
    ----------
    start, end
        Half-open span of the start of the interval, for the store.
    results
        Comparisons of the value, for whole columns: operator and number.
    of_series
        What concerns only what the observation is linked to: asked once per datastream.
    of_row
        The rest, asked of each row.
    """

    start: datetime | None = None
    end: datetime | None = None
    results: list[tuple[str, float]] = field(default_factory=list)
    of_series: list[Expression] = field(default_factory=list)
    of_row: list[Expression] = field(default_factory=list)


def split(expression: Expression | None) -> Conditions:
    """Split a filter; without one nothing is asked."""
    found = Conditions()
    for part in _parts(expression):
        if not _told(part, found):
            paths = list(_paths(part))
            linked = bool(paths) and all(path.links for path in paths)
            (found.of_series if linked else found.of_row).append(part)
    return found


def _parts(expression: Expression | None) -> Iterator[Expression]:
    if isinstance(expression, And):
        for part in expression.parts:
            yield from _parts(part)
    elif expression is not None:
        yield expression


def _told(part: Expression, found: Conditions) -> bool:
    """Take a comparison of time or value with a fixed one; tell whether it was one."""
    if not isinstance(part, Compare) or part.op not in _MIRROR:
        return False
    op, path, literal = part.op, part.left, part.right
    if isinstance(path, Literal):
        op, path, literal = _MIRROR[op], literal, path
    if not isinstance(path, Path) or not isinstance(literal, Literal) or path.links:
        return False
    value = literal.value
    if path.field == "phenomenonTime" and isinstance(value, datetime):
        _narrow(found, op, value)
        return True
    if path.field == "result" and isinstance(value, float):
        found.results.append((op, value))
        return True
    return False


def _narrow(found: Conditions, op: str, instant: datetime) -> None:
    after = instant + _LEAST if instant < datetime.max.replace(tzinfo=instant.tzinfo) else instant
    if op in ("ge", "gt", "eq"):
        start = after if op == "gt" else instant
        found.start = start if found.start is None else max(found.start, start)
    if op in ("lt", "le", "eq"):
        end = instant if op == "lt" else after
        found.end = end if found.end is None else min(found.end, end)


def _paths(part: Expression) -> Iterator[Path]:
    if isinstance(part, Path):
        yield part
    elif isinstance(part, Compare):
        yield from _paths(part.left)
        yield from _paths(part.right)
    elif isinstance(part, Not):
        yield from _paths(part.part)
    elif isinstance(part, And | Or):
        for each in part.parts:
            yield from _paths(each)
    elif isinstance(part, Call):
        for each in part.arguments:
            yield from _paths(each)
