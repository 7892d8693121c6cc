"""``schule.toml``: what a school states about itself, complete or not."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Annotated

from pydantic import Field as Limits
from pydantic import ValidationError, field_validator

from stadtlabor.faults import not_toml, sentences
from stadtlabor.klimaschule.dossier.entry import FileNote
from stadtlabor.klimaschule.dossier.packed import Member
from stadtlabor.klimaschule.dossier.texts import text
from stadtlabor.klimaschule.footprint import Inputs, Item, OwnFactor, activities
from stadtlabor.klimaschule.footprint.activities import Part
from stadtlabor.klimaschule.plan import Plan
from stadtlabor.observations import Problem

__all__ = ["FORM", "PLAN", "PREVIOUS", "SchoolForm", "read_form", "read_plan", "read_previous"]

FORM, PREVIOUS, PLAN = "schule.toml", "vorher.toml", "plan.toml"
Positive = Annotated[float, Limits(gt=0, allow_inf_nan=False)]


class SchoolForm(Part):
    """The form. Everything may be left out; what is left out is asked for.

    Attributes
    ----------
    school, title, start, end, pupils, staff, floor_area_m2, presence, items, counted, \
own_factors, compensation_kg
        As :class:`stadtlabor.klimaschule.footprint.Inputs`.
    district_heat
        Activity that the heat meters count (``heat.district_chp_fossil``), where they measure
        district heat and not a boiler of the school's own.
    gas_kwh_per_m3
        Heat value times state number of the gas bill, kWh/m³.
    heating_share
        Part of the heat that follows the weather, 0–1, where it is known better.
    free_days
        Days off of this school beyond the holidays of the state.
    plan
        The plan as far as there is one.
    """

    school: str = ""
    title: str = ""
    start: date | None = None
    end: date | None = None
    pupils: Annotated[int, Limits(gt=0)] | None = None
    staff: Annotated[int, Limits(ge=0)] | None = None
    floor_area_m2: Positive | None = None
    presence: Annotated[float, Limits(gt=0, le=1.5)] = 1.0
    items: tuple[Item, ...] = ()
    counted: tuple[str, ...] = ()
    own_factors: tuple[OwnFactor, ...] = ()
    compensation_kg: Annotated[float, Limits(ge=0)] | None = None
    district_heat: str = ""
    gas_kwh_per_m3: Annotated[float, Limits(gt=5, lt=15)] | None = None
    heating_share: Annotated[float, Limits(ge=0, le=1)] | None = None
    free_days: tuple[date, ...] = ()
    plan: Plan = Plan()

    @field_validator("district_heat")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and not (value.startswith("heat.district") and value in activities()):
            names = ", ".join(k for k in activities() if k.startswith("heat.district"))
            raise ValueError(f"„{value}“ ist keine Fernwärme ({names})")
        return value

    @field_validator("counted")
    @classmethod
    def _groups(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        groups = sorted({a.group for a in activities().values()})
        for name in value:
            if name not in groups:
                raise ValueError(f"Die Gruppe „{name}“ gibt es nicht ({', '.join(groups)})")
        return value


def read_form(member: Member, note: FileNote) -> SchoolForm | None:
    """Read the form; None where it has faults, which the note then tells."""
    raw = _decoded(member)
    try:
        read = tomllib.loads(raw)
        form = SchoolForm.model_validate(read)
        if form.start and form.end and form.end < form.start:
            raise ValueError(text("form.backwards"))
    except tomllib.TOMLDecodeError as error:
        _tell(note, not_toml(member.name, error), text("remedy.form"))
    except ValidationError as error:
        for sentence in sentences(member.name, raw, error):
            _tell(note, sentence, text("remedy.form"))
    except ValueError as error:
        note.tell(str(error), text("remedy.form"))
    else:
        note.used = True
        note.facts.append(text("form.read", items=len(form.items), plan=len(form.plan.measures)))
        return form
    return None


def read_plan(member: Member, note: FileNote) -> Plan | None:
    """Read a plan that this program wrote and somebody edited; None where it has faults."""
    raw = _decoded(member)
    try:
        plan = Plan.model_validate(tomllib.loads(raw).get("plan", {}))
    except tomllib.TOMLDecodeError as error:
        _tell(note, not_toml(member.name, error), text("remedy.form"))
    except ValidationError as error:
        for sentence in sentences(member.name, raw, error):
            _tell(note, sentence, text("remedy.form"))
    else:
        note.used = True
        note.facts.append(text("form.plan_read", plan=len(plan.measures)))
        return plan
    return None


def read_previous(member: Member, note: FileNote) -> Inputs | None:
    """Read an earlier balance, which must be complete; None where it has faults."""
    raw = _decoded(member)
    try:
        stated = tomllib.loads(raw)
        stated = {key: value for key, value in stated.items() if key in Inputs.model_fields}
        inputs = Inputs.model_validate(stated)
    except tomllib.TOMLDecodeError as error:
        _tell(note, not_toml(member.name, error), text("remedy.previous"))
    except ValidationError as error:
        for sentence in sentences(member.name, raw, error):
            _tell(note, sentence, text("remedy.previous"))
    else:
        note.used = True
        note.facts.append(text("form.previous", title=inputs.title, items=len(inputs.items)))
        return inputs
    return None


def _tell(note: FileNote, sentence: str, remedy: str) -> None:
    """Add a sentence that already says where."""
    where, _, what = sentence.rstrip(".").partition(": ")
    note.problems.append(Problem(where, what, remedy.rstrip(".")))


def _decoded(member: Member) -> str:
    try:
        return member.body.decode("utf-8-sig")
    except UnicodeDecodeError:  # an editor of Windows
        return member.body.decode("cp1252", "replace")
