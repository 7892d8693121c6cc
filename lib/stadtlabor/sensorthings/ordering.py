"""Sort entities by fields; what is missing comes first, as in OData."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from stadtlabor.sensorthings.evaluation import values
from stadtlabor.sensorthings.model import Entity
from stadtlabor.sensorthings.options import Order

__all__ = ["ordered"]

T = TypeVar("T")
_RANKS: list[type] = [bool, float, str, datetime]


def ordered(pairs: Sequence[tuple[Entity, T]], orders: Sequence[Order]) -> list[tuple[Entity, T]]:
    """Return pairs of an entity and whatever belongs to it, sorted; equal ones keep their order."""
    found = list(pairs)
    for order in reversed(orders):
        read = values(order.path)
        found.sort(key=lambda pair: _rank(read(pair[0])[0]), reverse=order.descending)
    return found


def _rank(value: Any) -> tuple[int, Any]:
    """Return what makes values of any types comparable."""
    for rank, type_ in enumerate(_RANKS, 1):
        if type(value) is type_:
            return rank, value
    return 0, 0
