"""The entity sets of SensorThings 1.1 and what one entity of them is here."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["ID", "OBSERVATIONS", "Entity", "Kind", "kinds"]

ID = ("id", "@iot.id")
"""How a question may name the number of an entity."""
OBSERVATIONS = "Observations"


@dataclass(frozen=True)
class Kind:
    """An entity set.

    Attributes
    ----------
    name, single
        Name of the set and of one entity (``Things``, ``Thing``).
    fields
        Field → type: text, number, time, object, geometry, any.
    many, one
        Link → set, for links to any number and to exactly one entity.
    """

    name: str
    single: str
    fields: dict[str, str]
    many: dict[str, str]
    one: dict[str, str]

    @property
    def links(self) -> dict[str, str]:
        """All links: name → set."""
        return {**self.many, **self.one}


@dataclass
class Entity:
    """One entity with its fields; ``links`` hold what it is linked to.

    ``number`` is an integer, for observations a text of two integers. Observations are never held
    in ``links``: there are too many, they are read when asked for.
    """

    kind: str
    number: int | str
    fields: dict[str, Any]
    links: dict[str, list[Entity]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """How an address names it: ``1`` or ``'1-2'``."""
        return str(self.number) if isinstance(self.number, int) else f"'{self.number}'"


@cache
def kinds() -> dict[str, Kind]:
    """Return the entity sets by name, in the order of the standard."""
    text = files(__package__).joinpath("model.toml").read_text(encoding="utf-8")
    return {name: Kind(name=name, **parts) for name, parts in tomllib.loads(text).items()}
