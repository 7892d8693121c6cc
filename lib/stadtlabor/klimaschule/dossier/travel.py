"""A list of answers on the way to school becomes kilometres per year."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.dossier.entry import Entry, Period, rows_of
from stadtlabor.klimaschule.dossier.form import SchoolForm
from stadtlabor.klimaschule.dossier.sorting import Sorted
from stadtlabor.klimaschule.dossier.texts import number, text
from stadtlabor.klimaschule.mobility import Answer, Leg, Survey, evaluate, modes
from stadtlabor.klimaschule.mobility.survey import SCHOOL_DAYS
from stadtlabor.schooldays import day_types, known_until

__all__ = ["travel_entries"]

LIKE = {"train": "rail", "moped": "motorcycle", "transit": "bus", "e_car": "car",
        "e_scooter": "pedelec"}  # fmt: skip
"""Words of the list → way of travelling that has a factor."""

TOLD = ("transit", "e_car", "e_scooter")
"""Those for which that is no more than an approximation."""

GROUP = "5-7"
"""The list does not tell groups, and no result by group is made from it."""


def travel_entries(
    read: Sequence[Sorted], form: SchoolForm, period: Period
) -> tuple[list[Entry], list[str]]:
    """Return the kilometres of all persons per way of travelling.

    Nothing is shown of fewer than five answers, and nothing is projected without the number of
    persons.
    """
    answers, legs = _answers(read)
    persons = (form.pupils or 0) + (form.staff or 0)
    if form.pupils is None:
        _tell(read, text("travel.no_persons"), text("remedy.persons"))
        return [], [text("travel.no_persons_missing")]
    if any(item.activity.startswith("mobility.") for item in form.items):
        _tell(read, text("energy.stated"), text("remedy.stated"))
        return [], []
    days, days_note = _school_days(form, period)
    days *= form.presence
    try:
        survey = evaluate(answers, persons, days)
    except ValueError as error:
        _tell(read, str(error), text("remedy.travel"))
        return [], [text("travel.unusable", reason=str(error))]
    for each in read:
        each.note.used = True
    files = ", ".join(dict.fromkeys(each.member.name for each in read))
    items = survey.items(text("travel.source", files=files, n=survey.answers))
    notes = [*survey.notes, days_note, *_likened(legs)]
    simulated = any(each.simulated for each in read)
    entries = []
    for item in items:
        mode = next(key for key, mode in modes().items() if mode.activity == item.activity)
        rows = _rows(legs[legs["mode"] == mode], survey, days, simulated)
        update: dict[str, Any] = {"amount": math.fsum(rows["counts"])}
        if simulated:
            update["kind"] = "simulated"
        entries.append(Entry(item.model_copy(update=update), rows, tuple(notes)))
    return entries, []


def _tell(read: Sequence[Sorted], what: str, remedy: str) -> None:
    for each in read:
        each.note.tell(what, remedy)


def _answers(read: Sequence[Sorted]) -> tuple[list[Answer], pd.DataFrame]:
    """Return the answers, and one row per leg with what it counts for."""
    answers, rows = [], []
    for each in read:
        for _, one in each.reading.data.groupby("answer", sort=False):
            legs = []
            some: Any = one.itertuples()
            for row in some:
                leg = Leg(
                    mode=LIKE.get(row.mode, row.mode),
                    km=None if np.isnan(row.km) else min(row.km, 150.0),
                    minutes=None if np.isnan(row.minutes) else min(row.minutes, 180.0),
                    persons=1 if np.isnan(row.persons) else max(1, round(row.persons)),
                )
                legs.append((row, leg))
            week = float(one["days_per_week"].iloc[0])
            times = 5.0 if np.isnan(week) else float(np.clip(week, 0.5, 5))
            season: Any = str(one["season"].iloc[0])
            group: Any = GROUP
            some_legs = tuple(leg for _, leg in legs)[:5]
            answers.append(Answer(group=group, legs=some_legs, days=times, season=season))
            rows += [
                (each.member.name, row.line, leg.mode, row.mode, leg.counted_km,
                 row.km if not np.isnan(row.km) else row.minutes,
                 "km" if not np.isnan(row.km) else "min", times)
                for row, leg in legs[:5]
            ]  # fmt: skip
    names = ["file", "line", "mode", "said", "counted_km", "value", "unit", "days"]
    return answers, pd.DataFrame(rows, columns=names)


def _rows(legs: pd.DataFrame, survey: Survey, days: float, simulated: bool) -> pd.DataFrame:
    scale = 2 * days * survey.persons / survey.answers
    return rows_of(
        file=legs["file"].to_numpy(), line=legs["line"].to_numpy(), value=legs["value"].to_numpy(),
        unit=legs["unit"].to_numpy(), origin="simulated" if simulated else "surveyed",
        counts=(legs["counted_km"] * legs["days"] / 5 * scale).to_numpy(),
    )  # fmt: skip


def _school_days(form: SchoolForm, period: Period) -> tuple[float, str]:
    if period.last.date() > known_until():
        return SCHOOL_DAYS, text("travel.mean_days", days=SCHOOL_DAYS)
    count = int((day_types(period.days, free=form.free_days) == "school").sum())
    return float(count), text("travel.counted_days", days=number(count))


def _likened(legs: pd.DataFrame) -> list[str]:
    return [text(f"travel.like_{said}") for said in TOLD if (legs["said"] == said).any()]
