"""Objections: whoever is rated can contest it, and anybody can compute the rating again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, DateTime, MetaData, Row, String, Table, Text, select

from stadtlabor.codes import KEY, draw
from stadtlabor.innenstadt.matching.candidate import Candidate
from stadtlabor.innenstadt.matching.concept import Concept
from stadtlabor.innenstadt.matching.ranking import Match, rank
from stadtlabor.innenstadt.matching.weights import Weights
from stadtlabor.innenstadt.matching.weights import weights as installed
from stadtlabor.innenstadt.matching.words import words
from stadtlabor.settings import home
from stadtlabor.store.registers import create, registers

__all__ = ["Objection", "ObjectionError", "Objections", "Replay", "contest"]

FOLDER = "vacancy"
METADATA = MetaData()
_objections = Table(
    "matching_objection",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("unit", String(60), nullable=False),
    Column("said", String(2000), nullable=False),
    Column("calculation", Text, nullable=False),
    Column("answer", String(2000), nullable=False),
)


class ObjectionError(ValueError):
    """The objection cannot be taken or found; German."""


@dataclass(frozen=True)
class Objection:
    """An objection as it was recorded.

    Attributes
    ----------
    id
        Random; opens it for whoever made it.
    at
        UTC.
    unit
        Unit whose rating is contested.
    said
        Words of the applicant.
    concept, units, weights
        Input of the rating, complete.
    scores
        Unit → score as it was told; excluded units have their broken rules instead.
    answer
        What the city answered; "" while it is open.
    """

    id: str
    at: datetime
    unit: str
    said: str
    concept: Concept
    units: tuple[Candidate, ...]
    weights: Weights
    scores: dict[str, float | list[str]]
    answer: str = ""


@dataclass(frozen=True)
class Replay:
    """The rating computed again from the recorded input: ``same`` if it says the same as then."""

    matches: list[Match]
    same: bool


class Objections:
    """The register of objections.

    Parameters
    ----------
    folder
        Where it lies if no SQL server is named; default beside the vacancies.
    url
        SQLAlchemy URL.
    """

    def __init__(self, folder: Path | None = None, url: str | None = None) -> None:
        self._engine = registers(folder or home() / FOLDER, url)
        create(self._engine, METADATA)

    def contest(
        self,
        concept: Concept,
        units: Iterable[Candidate],
        unit: str,
        said: str,
        *,
        weights: Weights | None = None,
        at: datetime | None = None,
    ) -> Objection:
        """Record an objection together with the full calculation.

        Raises
        ------
        ObjectionError
            In German, if the words or the unit are missing.
        """
        used, compared = weights or installed(), tuple(units)
        plain = said.strip()[:2000]
        if not plain:
            raise ObjectionError(words()["faults"]["words"])
        if unit not in {one.id for one in compared}:
            raise ObjectionError(words()["faults"]["unit"].format(unit=unit))
        # Whose concept it is has no place in a calculation.
        nameless = concept.model_copy(update={"name": ""})
        calculation = {
            "concept": nameless.model_dump(mode="json"),
            "units": [one.model_dump(mode="json") for one in compared],
            "weights": used.model_dump(mode="json", exclude_unset=True),
            "scores": _scores(rank(concept, compared, used)),
        }
        row = {
            "id": draw(KEY), "at": (at or datetime.now(UTC)).astimezone(UTC), "unit": unit,
            "said": plain, "calculation": json.dumps(calculation, ensure_ascii=False), "answer": "",
        }  # fmt: skip
        with self._engine.begin() as connection:
            connection.execute(_objections.insert().values(**row))
        return self.objection(str(row["id"]))

    def objection(self, name: str) -> Objection:
        """Return an objection.

        Raises
        ------
        ObjectionError
            If there is none.
        """
        with self._engine.connect() as connection:
            wanted = select(_objections).where(_objections.c.id == name)
            row = connection.execute(wanted).first()
        if row is None:
            raise ObjectionError(words()["faults"]["unknown"])
        return _objection(row)

    def open(self) -> list[Objection]:
        """Return the objections without an answer, oldest first."""
        wanted = select(_objections).where(_objections.c.answer == "").order_by(_objections.c.at)
        with self._engine.connect() as connection:
            return [_objection(row) for row in connection.execute(wanted)]

    def answer(self, name: str, said: str) -> Objection:
        """Answer an objection.

        Raises
        ------
        ObjectionError
            If there is none.
        """
        same = _objections.c.id == name
        with self._engine.begin() as connection:
            connection.execute(_objections.update().where(same).values(answer=said.strip()[:2000]))
        return self.objection(name)

    def erase(self, name: str) -> bool:
        """Erase an objection at the wish of whoever made it; False if it is gone already."""
        with self._engine.begin() as connection:
            gone = connection.execute(_objections.delete().where(_objections.c.id == name))
        return gone.rowcount > 0

    def replay(self, name: str) -> Replay:
        """Compute the contested rating again, with the weights of then."""
        recorded = self.objection(name)
        matches = rank(recorded.concept, recorded.units, recorded.weights)
        return Replay(matches, _scores(matches) == recorded.scores)


def contest(
    concept: Concept, units: Iterable[Candidate], unit: str, said: str, folder: Path | None = None
) -> Objection:
    """Record an objection in this installation's register (see :meth:`Objections.contest`)."""
    return Objections(folder).contest(concept, units, unit, said)


def _scores(matches: list[Match]) -> dict[str, Any]:
    return {m.unit: m.score if m.allowed else list(m.violated) for m in matches}


def _objection(row: Row[Any]) -> Objection:
    told = json.loads(row.calculation)
    at: datetime = row.at
    return Objection(
        row.id,
        at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC),
        row.unit,
        row.said,
        Concept.model_validate(told["concept"]),
        tuple(Candidate.model_validate(one) for one in told["units"]),
        Weights.model_validate(told["weights"]),
        told["scores"],
        row.answer,
    )
