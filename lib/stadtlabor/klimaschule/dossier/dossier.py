"""From the zip of a school to the inputs of its footprint, its plan, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from stadtlabor.city import city
from stadtlabor.klimaschule.dossier.energy import energy_entries
from stadtlabor.klimaschule.dossier.entry import Entry, FileNote, Period, rows_of
from stadtlabor.klimaschule.dossier.form import (
    FORM,
    PLAN,
    PREVIOUS,
    SchoolForm,
    read_form,
    read_plan,
    read_previous,
)
from stadtlabor.klimaschule.dossier.lists import goods_entries, waste_entries
from stadtlabor.klimaschule.dossier.packed import DossierError, unpack
from stadtlabor.klimaschule.dossier.sorting import Sorted, sort
from stadtlabor.klimaschule.dossier.texts import day, text
from stadtlabor.klimaschule.dossier.travel import travel_entries
from stadtlabor.klimaschule.dossier.weather import (
    Weather,
    is_weather,
    read_weather,
    stored_weather,
)
from stadtlabor.klimaschule.footprint import Inputs
from stadtlabor.klimaschule.plan import Plan
from stadtlabor.sources.meter import MeterReading

__all__ = ["Dossier", "read_zip"]


@dataclass(frozen=True)
class Dossier:
    """Everything that a school's zip says.

    Attributes
    ----------
    inputs
        What the footprint is computed from.
    entries
        The amounts in the order of ``inputs.items``, each with the rows that it was made from.
    plan
        The plan as far as the school has one.
    previous
        An earlier balance (``vorher.toml``); None where there is none.
    files
        What became of each file.
    missing
        German sentences: what the zip does not say. What the footprint lacks besides, it says
        itself (:attr:`stadtlabor.klimaschule.Footprint.missing`).
    notes
        German sentences on the whole.
    weather
        Outdoor temperature that was used; None where none was there.
    """

    inputs: Inputs
    entries: tuple[Entry, ...]
    plan: Plan
    previous: Inputs | None
    files: tuple[FileNote, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    weather: Weather | None

    @property
    def simulated(self) -> bool:
        """True if any amount was made from invented values."""
        return any(entry.item.kind == "simulated" for entry in self.entries)


def read_zip(source: str | Path | bytes) -> Dossier:
    """Read a school's zip.

    Parameters
    ----------
    source
        Path or bytes of a zip with any of: ``schule.toml``, ``vorher.toml``, ``plan.toml``, load
        profiles, bills, readings by hand, lists of waste and purchases, a survey on the way to
        school, a daily file of the weather service.

    Raises
    ------
    DossierError
        In German, if it is no zip, too large, or nothing in it can be read.
    """
    members, files = unpack(source)
    form, plan, previous, weather = SchoolForm(), None, None, None
    have_form = False
    read: list[Sorted] = []
    for member in members:
        note = FileNote(member.name, text("role.unused"))
        files.append(note)
        match member.plain.lower():
            case name if name == FORM:
                note.role = text("role.form")
                found = read_form(member, note)
                have_form = have_form or found is not None
                form = found or form
            case name if name == PREVIOUS:
                note.role = text("role.previous")
                previous = read_previous(member, note) or previous
            case name if name == PLAN:
                note.role = text("role.plan")
                plan = read_plan(member, note) or plan
            case _ if is_weather(member):
                weather = read_weather(member, note) or weather
            case _:
                done = sort(member, note)
                if done is not None:
                    read.append(done)
    if not read and not have_form:
        raise DossierError(_nothing(files))
    period, asked = _period(form, read)
    weather = weather or stored_weather(period)
    entries, missing = _entries(read, form, period, weather)
    inputs = Inputs(
        school=form.school or text("form.no_school"),
        title=form.title or _title(period),
        start=period.first.date(),
        end=period.last.date(),
        pupils=form.pupils,
        staff=form.staff,
        floor_area_m2=form.floor_area_m2,
        presence=form.presence,
        items=tuple(entry.item for entry in entries),
        counted=form.counted,
        own_factors=form.own_factors,
        compensation_kg=form.compensation_kg,
    )
    lacking = [*_asked(form, have_form), *asked]
    lacking += [said for entry in entries for said in entry.missing]
    return Dossier(
        inputs, tuple(entries), plan or form.plan, previous, tuple(files),
        tuple(dict.fromkeys([*lacking, *missing])), _notes(weather, form), weather,
    )  # fmt: skip


def _entries(
    read: list[Sorted], form: SchoolForm, period: Period, weather: Weather | None
) -> tuple[list[Entry], list[str]]:
    entries, missing = energy_entries(read, form, period, weather)
    for kind, make in (
        ("travel", travel_entries),
        ("goods", goods_entries),
        ("waste", waste_entries),
    ):
        some = [each for each in read if each.kind == ("purchases" if kind == "goods" else kind)]
        if some:
            more, lacking = make(some, form, period)
            entries += more
            missing += lacking
    for n, item in enumerate(form.items, start=1):
        rows = rows_of(
            file=[FORM], line=[0], start=[f"[[items]] {n}"], value=[item.amount], unit=[item.unit],
            origin=["stated"], counts=[item.amount],
        )  # fmt: skip
        entries.append(Entry(item, rows, ()))
    return entries, missing


def _nothing(files: list[FileNote]) -> str:
    first = next((str(p) for note in files for p in note.problems), "")
    return text("zip.nothing", first=first).strip()


def _period(form: SchoolForm, read: list[Sorted]) -> tuple[Period, list[str]]:
    """Return the period: stated, else the calendar year that most values lie in."""
    zone = city().city.timezone
    if form.start and form.end:
        return Period(pd.Timestamp(form.start), pd.Timestamp(form.end), zone), []
    year = form.start.year if form.start else form.end.year if form.end else _year(read, zone)
    period = Period(pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31), zone)
    return period, [text("form.no_period", year=year)]


def _year(read: list[Sorted], zone: str) -> int:
    weight: dict[int, float] = {}
    years: Any
    lengths: Any
    for each in read:
        data = each.reading.data
        if isinstance(each.reading, MeterReading):
            middle = data["start"] + (data["end"] - data["start"]) / 2
            years = pd.DatetimeIndex(middle).tz_convert(zone).year
            lengths = (data["end"] - data["start"]).dt.total_seconds().to_numpy()
        elif "date" in data:
            years = pd.DatetimeIndex(data["date"]).year
            lengths = [7 * 86_400.0] * len(data)
        elif "year" in data:
            years, lengths = data["year"].dropna(), [1.0] * int(data["year"].notna().sum())
        else:
            continue
        for one, length in zip(years, lengths, strict=True):
            weight[int(one)] = weight.get(int(one), 0.0) + float(length)
    return max(weight, key=lambda y: (weight[y], y)) if weight else date.today().year - 1  # noqa: DTZ011


def _title(period: Period) -> str:
    if period.first == pd.Timestamp(period.first.year, 1, 1) and period.last == pd.Timestamp(
        period.first.year, 12, 31
    ):
        return text("form.year_title", year=period.first.year)
    return text("form.span_title", first=day(period.first), last=day(period.last))


def _asked(form: SchoolForm, have_form: bool) -> list[str]:
    """Ask for what the form leaves open."""
    if not have_form:
        return [text("form.absent")]
    asked = []
    if not form.school:
        asked.append(text("form.ask_school"))
    if form.pupils is None:
        asked.append(text("form.ask_pupils"))
    if form.staff is None:
        asked.append(text("form.ask_staff"))
    if form.floor_area_m2 is None:
        asked.append(text("form.ask_area"))
    return asked


def _notes(weather: Weather | None, form: SchoolForm) -> tuple[str, ...]:
    notes = []
    if weather is not None:
        notes.append(text("weather.used", source=weather.source))
    if form.presence != 1:
        notes.append(text("form.presence", percent=f"{100 * form.presence:.0f}"))
    return tuple(notes)
