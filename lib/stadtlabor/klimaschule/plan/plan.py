"""A school's Klimaschutzplan: measures per field, the check before the certificate, a skeleton."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import pandas as pd
from pydantic import Field, field_validator

from stadtlabor.klimaschule.footprint import Footprint, fields
from stadtlabor.klimaschule.plan.catalogue import Part, State, rules, suggestions

__all__ = ["Measure", "Plan", "Precheck", "precheck", "skeleton"]

COUNTED = ("waste", "purchasing", "food", "communication", "mobility", "electricity", "heat",
           "compensation")  # fmt: skip
"""The eight fields of the programme; water is kept with them but does not count."""


class Measure(Part):
    """A measure of a school.

    Attributes
    ----------
    title
        German title.
    field
        Key of the field of action.
    state
        ``done``, ``running`` or ``planned``.
    key
        Key of the catalogue, "" for an own measure.
    who
        German: which group takes care (never a person's name).
    since
        First day of the effect.
    saves_kg
        Expected saving of a year, low and high end, kg; None where it cannot be counted.
    evidence
        German: how one knows.
    """

    title: Annotated[str, Field(min_length=3)]
    field: str
    state: State
    key: str = ""
    who: str = ""
    since: date | None = None
    saves_kg: tuple[float, float] | None = None
    evidence: str = ""

    @field_validator("field")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in fields():
            raise ValueError(f"„{value}“ ist kein Handlungsfeld ({', '.join(fields())})")
        return value


class Plan(Part):
    """The plan of a school.

    Attributes
    ----------
    measures
        All measures.
    steps
        Keys of the steps of the certification that are done (``rules.toml``).
    neutral_by
        Year until which the school wants to be climate-neutral; None where it is not decided.
    """

    measures: tuple[Measure, ...] = ()
    steps: tuple[str, ...] = ()
    neutral_by: int | None = None

    @field_validator("steps")
    @classmethod
    def _known_steps(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        known = [step.key for step in rules().steps]
        for key in value:
            if key not in known:
                raise ValueError(f"Den Schritt „{key}“ gibt es nicht ({', '.join(known)})")
        return value


@dataclass(frozen=True)
class Precheck:
    """What the plan would be enough for; the official form decides.

    Attributes
    ----------
    level
        German name of the highest level that the plan reaches; None below bronze.
    next_level
        The next one; None at gold.
    fields
        Per field of the programme the number of measures ``done``, ``running``, ``planned`` and
        whether it is ``complete``.
    lacking
        German sentences: what is missing for the next level.
    steps_left
        German names of steps that are not done.
    """

    level: str | None
    next_level: str | None
    fields: pd.DataFrame
    lacking: list[str]
    steps_left: list[str]


def precheck(plan: Plan) -> Precheck:
    """Compare a plan with the rules of the programme."""
    counts = {
        key: {
            s: sum(m.field == key and m.state == s for m in plan.measures) for s in rules().states
        }
        for key in COUNTED
    }
    table = pd.DataFrame.from_dict(counts, orient="index")
    table.insert(0, "name", [fields()[key].name for key in COUNTED])
    table["complete"] = (table[list(rules().per_field)] > 0).all(axis=1)
    complete = int(table["complete"].sum())
    neutral = plan.neutral_by is not None and plan.neutral_by <= rules().climate_neutral_by
    reached = [lv for lv in rules().levels if complete >= lv.fields and (neutral or not lv.path)]
    level = reached[-1] if reached else None
    coming = next((lv for lv in rules().levels if lv not in reached), None)
    lacking = []
    if coming is not None:
        short = coming.fields - complete
        if short > 0:
            lacking.append(
                f"Für {coming.name} braucht es {coming.fields} vollständige Handlungsfelder. "
                f"Vollständig: {complete}. Es fehlen: {short}."
            )
            lacking += _nearest(table, short)
        if coming.path and not neutral:
            lacking.append(
                f"Für {coming.name} fehlt der Weg zur klimaneutralen Schule bis "
                f"{rules().climate_neutral_by}."
            )
    left = [step.name for step in rules().steps if step.key not in plan.steps]
    return Precheck(
        level.name if level else None, coming.name if coming else None, table, lacking, left
    )


def _nearest(table: pd.DataFrame, count: int) -> list[str]:
    """Name the fields that lack least."""
    lacks = {
        key: [rules().states[s] for s in rules().per_field if not table.loc[key, s]]
        for key in table.index[~table["complete"]]
    }
    nearest = sorted(lacks, key=lambda key: len(lacks[key]))[:count]
    return [
        f"{table.loc[key, 'name']}: Es fehlt eine Maßnahme, "
        f"die {' und eine, die '.join(lacks[key])} ist."
        for key in nearest
    ]


def skeleton(balance: Footprint, plan: Plan | None = None) -> Plan:
    """Propose measures until each field has one done, one running and one planned.

    Own measures stay. Proposals come from the catalogue, those with the largest expected saving
    first, all as ``planned``: what is done or running only the school can say.

    Parameters
    ----------
    balance
        Footprint that the savings are computed from.
    plan
        What the school already has.
    """
    plan = plan or Plan()
    measures = list(plan.measures)
    sums = balance.lines.groupby("group")["kg"].sum()
    for key in fields():
        mine = [m for m in measures if m.field == key]
        known = {m.key for m in mine}
        offers = [s for s in suggestions().values() if s.field == key and s.key not in known]
        weight = {s.key: (s.saves[1] if s.saves else 0) * sums.get(s.group, 0.0) for s in offers}
        offers.sort(key=lambda s: -weight[s.key])
        for offer in offers[: max(0, len(rules().per_field) - len(mine))]:
            total = float(sums.get(offer.group, math.nan)) if offer.group else math.nan
            saves = None
            if offer.saves and math.isfinite(total):
                saves = (offer.saves[0] * total, offer.saves[1] * total)
            measures.append(
                Measure(
                    title=offer.title,
                    field=key,
                    state="planned",
                    key=offer.key,
                    saves_kg=saves,
                    evidence=f"Vorschlag. {offer.source}".strip(),
                )
            )
    return plan.model_copy(update={"measures": tuple(measures)})
