"""Classes that hand in: a code for the pupils, a key for the teacher, invented names for all.

Nothing says who is who: a pupil's device draws an animal with a number, and only the pupil can tell
the teacher which one. What was thought and written stays with the pupil.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Column, Date, Engine, MetaData, String, Table, delete, func, select

from stadtlabor.learning.attempts import Attempts
from stadtlabor.store.coded import add_coded, coded
from stadtlabor.store.registers import create, registers

__all__ = ["Classes", "CrowdedError", "EndedError", "Group", "HandIn", "UnknownClassError"]

KEPT = timedelta(days=90)
MOST = 2000
"""Hand-ins per class: thirty pupils, all lessons, and some who drew a new name."""

METADATA = MetaData()
_groups = Table(
    "class",
    METADATA,
    Column("code", String(12), primary_key=True),
    Column("key", String(40), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("closes", Date, nullable=False),
)
_handins = Table(
    "hand_in",
    METADATA,
    Column("code", String(12), primary_key=True),
    Column("alias", String(40), primary_key=True),
    Column("lesson", String(60), primary_key=True),
    Column("body", String(20_000), nullable=False),
)


class UnknownClassError(LookupError):
    """There is no class with this code or key."""


class EndedError(ValueError):
    """The class takes nothing any more."""


class CrowdedError(ValueError):
    """The class has far more hand-ins than a class can have."""


class Part(BaseModel):
    """Base: unknown keys are an error, so that no name can slip in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Count = Annotated[int, Field(ge=0, le=100_000)]


class TaskResult(Part):
    """What happened at a task (see :class:`stadtlabor.learning.attempts.Progress`)."""

    tries: Count = 0
    hints: Count = 0
    solved: bool = False
    mistakes: Annotated[list[Count], Field(max_length=500)] = []


class HandIn(Part):
    """What a pupil hands in.

    Attributes
    ----------
    alias
        Invented name ("Gämse-42").
    lesson
        Name of the lesson.
    tasks
        Results by task.
    """

    alias: Annotated[str, Field(pattern=r"^[A-Za-zÄÖÜäöüß]{2,20}-\d{1,3}$")]
    lesson: Annotated[str, Field(pattern=r"^[a-z0-9-]{2,50}$")]
    tasks: Annotated[dict[str, TaskResult], Field(max_length=20)]

    @classmethod
    def of(cls, alias: str, attempts: Attempts) -> HandIn:
        """Return the results of attempts, without the pupil's words."""
        return cls(alias=alias, lesson=attempts.lesson, tasks=attempts.as_dict()["tasks"])


@dataclass(frozen=True)
class Group:
    """A class that hands in.

    Attributes
    ----------
    code, key
        For the pupils; for the teacher.
    name
        German name, no person ("7b, Physik").
    closes
        Last day on which something is taken.
    """

    code: str
    key: str
    name: str
    closes: date


class Classes:
    """Classes and what was handed in.

    Parameters
    ----------
    folder
        Where the register lies if no SQL server is named.
    """

    def __init__(self, folder: Path) -> None:
        self._engine: Engine = registers(folder)
        create(self._engine, METADATA)

    def open(self, name: str, closes: date) -> Group:
        """Open a class and return it with its new code and key."""
        code, key = add_coded(self._engine, _groups, {"name": name, "closes": closes})
        return Group(code, key, name, closes)

    def find(self, code: str) -> Group:
        """Return the class with a code.

        Raises
        ------
        UnknownClassError
            If there is none.
        """
        return self._one("code", code)

    def opened(self, key: str) -> Group:
        """Return the class that a key opens.

        Raises
        ------
        UnknownClassError
            If there is none.
        """
        return self._one("key", key)

    def _one(self, column: str, value: str) -> Group:
        row = coded(self._engine, _groups, column, value)
        if row is None:
            raise UnknownClassError
        return Group(row.code, row.key, row.name, row.closes)

    def take(self, code: str, given: HandIn, today: date) -> None:
        """Take a hand-in; a later one of the same name and lesson replaces it.

        Raises
        ------
        UnknownClassError, EndedError, CrowdedError
            If it cannot be taken.
        """
        group = self.find(code)
        if today > group.closes:
            raise EndedError
        same = (
            (_handins.c.code == group.code)
            & (_handins.c.alias == given.alias)
            & (_handins.c.lesson == given.lesson)
        )
        counted = select(func.count()).select_from(_handins).where(_handins.c.code == group.code)
        with self._engine.begin() as connection:
            if connection.execute(counted).scalar_one() >= MOST:
                raise CrowdedError
            connection.execute(delete(_handins).where(same))
            values = {"code": group.code, "alias": given.alias, "lesson": given.lesson}
            connection.execute(_handins.insert().values(body=given.model_dump_json(), **values))

    def results(self, code: str) -> list[HandIn]:
        """Return what a class handed in, by lesson and name."""
        wanted = (
            select(_handins.c.body)
            .where(_handins.c.code == code)
            .order_by(_handins.c.lesson, _handins.c.alias)
        )
        with self._engine.connect() as connection:
            return [HandIn.model_validate_json(row.body) for row in connection.execute(wanted)]

    def erase_old(self, today: date) -> int:
        """Erase classes that ended more than 90 days ago; return how many."""
        old = select(_groups.c.code).where(_groups.c.closes < today - KEPT)
        with self._engine.begin() as connection:
            codes = [row.code for row in connection.execute(old)]
            connection.execute(delete(_handins).where(_handins.c.code.in_(codes)))
            connection.execute(delete(_groups).where(_groups.c.code.in_(codes)))
        return len(codes)
