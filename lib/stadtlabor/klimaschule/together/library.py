"""The shared library of measures: what was expected, what schools have measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, select

from stadtlabor.klimaschule.plan import suggestions
from stadtlabor.store.registers import create, registers

__all__ = ["VERDICTS", "Library", "Outcome", "summary"]

Verdict = Literal["works", "unclear", "fails"]
VERDICTS: dict[Verdict, str] = {
    "works": "wirkt",
    "unclear": "unklar",
    "fails": "wirkt nicht",
}

METADATA = MetaData()
_outcomes = Table(
    "measure_outcome",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("body", String(2000), nullable=False),
)


class Outcome(BaseModel):
    """What a school has measured about a measure.

    Attributes
    ----------
    measure
        Key of the catalogue.
    school
        German name of the school (no person).
    percent, low, high
        Measured saving in per cent of what the measure works on, and its 90 % range.
    how
        German: how it was measured, with a control where there was one.
    days
        Measured days after the measure.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    measure: str
    school: Annotated[str, Field(min_length=3, max_length=80)]
    percent: Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]
    low: Annotated[float, Field(ge=-200, le=100, allow_inf_nan=False)]
    high: Annotated[float, Field(ge=-100, le=200, allow_inf_nan=False)]
    how: Annotated[str, Field(min_length=10, max_length=400)]
    days: Annotated[int, Field(ge=1, le=4000)]

    @field_validator("measure")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in suggestions():
            raise ValueError(f"Die Maßnahme „{value}“ gibt es nicht im Katalog")
        return value

    @model_validator(mode="after")
    def _ordered(self) -> Outcome:
        if not self.low <= self.percent <= self.high:
            raise ValueError("Die Spanne muss den gemessenen Wert enthalten")
        return self

    @property
    def verdict(self) -> Verdict:
        """Works or fails only where the whole range says so."""
        if self.low > 0:
            return "works"
        return "fails" if self.high <= 0 else "unclear"


class Library:
    """Outcomes that schools have told.

    Parameters
    ----------
    folder
        Where the register lies if no SQL server is named.
    """

    def __init__(self, folder: Path) -> None:
        self._engine: Engine = registers(folder)
        create(self._engine, METADATA)

    def add(self, outcome: Outcome) -> None:
        """Take an outcome."""
        with self._engine.begin() as connection:
            connection.execute(_outcomes.insert().values(body=outcome.model_dump_json()))

    def all(self) -> list[Outcome]:
        """Return all outcomes, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(_outcomes.c.body).order_by(_outcomes.c.id))
            return [Outcome.model_validate_json(row.body) for row in rows]


def summary(outcomes: list[Outcome]) -> pd.DataFrame:
    """Put expectation and experience of every measure side by side.

    Several schools are combined with weights by the width of their ranges (inverse variance, as in
    a meta-analysis with fixed effects; Borenstein et al. 2009, chapter 11).

    Returns
    -------
    DataFrame
        Index: key of the measure. ``expected_low``, ``expected_high``, ``percent``, ``low``,
        ``high`` in per cent (NaN where nothing is known), ``schools`` and the counts ``works``,
        ``unclear``, ``fails``.
    """
    rows = {}
    for key, offer in suggestions().items():
        told = [o for o in outcomes if o.measure == key]
        row: dict[str, float] = {
            "expected_low": offer.saves[0] * 100 if offer.saves else float("nan"),
            "expected_high": offer.saves[1] * 100 if offer.saves else float("nan"),
            "percent": float("nan"),
            "low": float("nan"),
            "high": float("nan"),
            "schools": len({o.school for o in told}),
        }
        row |= {verdict: sum(o.verdict == verdict for o in told) for verdict in VERDICTS}
        if told:
            weight = pd.Series([1 / max((o.high - o.low) / 2, 0.5) ** 2 for o in told])
            mean = float((weight * [o.percent for o in told]).sum() / weight.sum())
            half = float(weight.sum() ** -0.5)
            row |= {"percent": mean, "low": mean - half, "high": mean + half}
        rows[key] = row
    return pd.DataFrame.from_dict(rows, orient="index")
