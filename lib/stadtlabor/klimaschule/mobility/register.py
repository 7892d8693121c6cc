"""The register of surveys: a code for those who answer, a key for the one who asked.

Answers hold no name, no class, no address and no time of day. A year after its end a survey is
erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Column, Date, Engine, Integer, MetaData, String, Table, delete, func, select

from stadtlabor.klimaschule.mobility.answer import Answer
from stadtlabor.store.coded import add_coded, coded
from stadtlabor.store.registers import create, registers

__all__ = ["Call", "ClosedError", "FullError", "Surveys", "UnknownSurveyError"]

KEPT = timedelta(days=365)
MOST = 3
"""So many times as many answers as persons are taken: more is a mistake or a joke."""

METADATA = MetaData()
_calls = Table(
    "survey",
    METADATA,
    Column("code", String(12), primary_key=True),
    Column("key", String(40), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("persons", Integer, nullable=False),
    Column("closes", Date, nullable=False),
)
_answers = Table(
    "survey_answer",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("code", String(12), nullable=False, index=True),
    Column("body", String(2000), nullable=False),
)


class UnknownSurveyError(LookupError):
    """There is no survey with this code or key."""


class ClosedError(ValueError):
    """The survey is over."""


class FullError(ValueError):
    """There are far more answers than persons."""


@dataclass(frozen=True)
class Call:
    """A survey that somebody called for.

    Attributes
    ----------
    code
        For those who answer.
    key
        For the one who asked: opens the result.
    name
        German: school or group, no person.
    persons
        How many belong to it.
    closes
        Last day on which answers are taken.
    """

    code: str
    key: str
    name: str
    persons: int
    closes: date

    def is_open(self, today: date) -> bool:
        """Tell whether answers are still taken."""
        return today <= self.closes


class Surveys:
    """Surveys and their answers.

    Parameters
    ----------
    folder
        Where the register lies if no SQL server is named.
    """

    def __init__(self, folder: Path) -> None:
        self._engine: Engine = registers(folder)
        create(self._engine, METADATA)

    def call(self, name: str, persons: int, closes: date) -> Call:
        """Start a survey and return it with its new code and key."""
        values = {"name": name, "persons": persons, "closes": closes}
        code, key = add_coded(self._engine, _calls, values)
        return Call(code, key, name, persons, closes)

    def find(self, code: str) -> Call:
        """Return the survey with a code; letters may be written large.

        Raises
        ------
        UnknownSurveyError
            If there is none.
        """
        return self._one("code", code)

    def opened(self, key: str) -> Call:
        """Return the survey that a key opens.

        Raises
        ------
        UnknownSurveyError
            If there is none.
        """
        return self._one("key", key)

    def _one(self, column: str, value: str) -> Call:
        row = coded(self._engine, _calls, column, value)
        if row is None:
            raise UnknownSurveyError
        return Call(row.code, row.key, row.name, row.persons, row.closes)

    def add(self, code: str, answer: Answer, identity: str, today: date) -> bool:
        """Take an answer; an answer that came before is not counted again.

        Parameters
        ----------
        code
            Of the survey.
        answer
            What was answered.
        identity
            Random name of this answer, drawn on the device: it may be sent twice.
        today
            The day, to tell whether the survey is open.

        Returns
        -------
        bool
            False if it was known already.

        Raises
        ------
        UnknownSurveyError, ClosedError, FullError
            If it cannot be taken.
        """
        called = self.find(code)
        if not called.is_open(today):
            raise ClosedError
        body = answer.model_dump_json(exclude_none=True, exclude_defaults=True)
        values = {"id": f"{called.code}-{identity}", "code": called.code, "body": body}
        with self._engine.begin() as connection:
            same = select(_answers.c.id).where(_answers.c.id == values["id"])
            if connection.execute(same).first():
                return False
            if self._count(called.code) >= MOST * called.persons:
                raise FullError
            connection.execute(_answers.insert().values(**values))
        return True

    def _count(self, code: str) -> int:
        counted = select(func.count()).select_from(_answers).where(_answers.c.code == code)
        with self._engine.connect() as connection:
            return int(connection.execute(counted).scalar_one())

    def count(self, code: str) -> int:
        """Return how many answers a survey has."""
        return self._count(self.find(code).code)

    def answers(self, code: str) -> list[Answer]:
        """Return all answers of a survey, in no order that tells anything."""
        wanted = select(_answers.c.body).where(_answers.c.code == code).order_by(_answers.c.body)
        with self._engine.connect() as connection:
            return [Answer.model_validate_json(row.body) for row in connection.execute(wanted)]

    def erase_old(self, today: date) -> int:
        """Erase surveys that ended more than a year ago; return how many."""
        old = select(_calls.c.code).where(_calls.c.closes < today - KEPT)
        with self._engine.begin() as connection:
            codes = [row.code for row in connection.execute(old)]
            connection.execute(delete(_answers).where(_answers.c.code.in_(codes)))
            connection.execute(delete(_calls).where(_calls.c.code.in_(codes)))
        return len(codes)
