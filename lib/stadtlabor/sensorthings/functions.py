"""The functions that an expression may call (OGC 18-088, tables 24 to 30, as far as offered)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stadtlabor.sensorthings.geometry import Geometry, within

__all__ = ["FUNCTIONS", "NOT_OFFERED", "Function"]


@dataclass(frozen=True)
class Function:
    """Types of the arguments, type of the answer and what is done; never called with null."""

    takes: tuple[str, ...]
    gives: str
    run: Callable[..., Any]


def _second(instant: datetime) -> int:
    return instant.second


def _touch(a: Geometry, b: Geometry) -> bool:
    return within(a, b) or within(b, a)


FUNCTIONS: dict[str, Function] = {
    "substringof": Function(("text", "text"), "flag", lambda part, whole: part in whole),
    "contains": Function(("text", "text"), "flag", lambda whole, part: part in whole),
    "startswith": Function(("text", "text"), "flag", lambda whole, part: whole.startswith(part)),
    "endswith": Function(("text", "text"), "flag", lambda whole, part: whole.endswith(part)),
    "length": Function(("text",), "number", len),
    "indexof": Function(("text", "text"), "number", lambda whole, part: whole.find(part)),
    "tolower": Function(("text",), "text", lambda text: text.lower()),
    "toupper": Function(("text",), "text", lambda text: text.upper()),
    "trim": Function(("text",), "text", lambda text: text.strip()),
    "concat": Function(("text", "text"), "text", lambda a, b: (a + b)[:10_000]),
    "year": Function(("time",), "number", lambda t: t.year),
    "month": Function(("time",), "number", lambda t: t.month),
    "day": Function(("time",), "number", lambda t: t.day),
    "hour": Function(("time",), "number", lambda t: t.hour),
    "minute": Function(("time",), "number", lambda t: t.minute),
    "second": Function(("time",), "number", _second),
    "now": Function((), "time", lambda: datetime.now(UTC)),
    # OData rounds halves away from zero.
    "round": Function(("number",), "number", lambda x: math.copysign(math.floor(abs(x) + 0.5), x)),
    "floor": Function(("number",), "number", math.floor),
    "ceiling": Function(("number",), "number", math.ceil),
    "st_within": Function(("geometry", "geometry"), "flag", within),
    "st_contains": Function(("geometry", "geometry"), "flag", lambda a, b: within(b, a)),
    "st_intersects": Function(("geometry", "geometry"), "flag", _touch),
    "st_disjoint": Function(("geometry", "geometry"), "flag", lambda a, b: not _touch(a, b)),
    "st_equals": Function(("geometry", "geometry"), "flag", lambda a, b: a == b),
}
"""Times are looked at in UTC. ``st_intersects`` and ``st_disjoint`` are exact where one of the two
is a point, which holds for all that is published here."""

NOT_OFFERED = frozenset(
    {
        *("substring", "date", "time", "fractionalseconds", "totaloffsetminutes"),
        *("mindatetime", "maxdatetime", "before", "after", "meets", "during", "overlaps"),
        *("starts", "finishes", "geo.distance", "geo.length", "geo.intersects"),
        *("st_touches", "st_overlaps", "st_crosses", "st_relate", "any", "all"),
    }
)
"""Functions of the standard that this service does not have: 501, not 400."""
