"""What an expression is made of, once it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stadtlabor.sensorthings.geometry import Geometry

__all__ = ["And", "Call", "Compare", "Expression", "Literal", "Not", "Or", "Path", "Value"]

Value = str | float | bool | datetime | Geometry | None


@dataclass(frozen=True)
class Literal:
    """A value that stands in the question; ``kind`` is its type, ``null`` for none."""

    kind: str
    value: Value


@dataclass(frozen=True)
class Path:
    """A field: links to follow, then the field and, within an object, its keys."""

    links: tuple[str, ...]
    field: str
    keys: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Compare:
    """``eq``, ``ne``, ``lt``, ``le``, ``gt`` or ``ge``."""

    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class And:
    """Parts joined by ``and``."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Or:
    """Parts joined by ``or``."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Not:
    """The opposite."""

    part: Expression


@dataclass(frozen=True)
class Call:
    """A function with its arguments; ``kind`` is the type of what it returns."""

    name: str
    arguments: tuple[Expression, ...]
    kind: str


Expression = Literal | Path | Compare | And | Or | Not | Call
