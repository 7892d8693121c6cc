"""Heizung am Wochenende: does the school heat when nobody is there? (Wärme, grades 7–9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.footprint import factors
from stadtlabor.klimaschule.school import School
from stadtlabor.lessons.scene import Scene, SceneError
from stadtlabor.lessons.schools import find_school, meter_note, meter_of
from stadtlabor.ui.bars import bars
from stadtlabor.ui.lines import lines
from stadtlabor.ui.note import Note
from stadtlabor.ui.texts import date, number, text

__all__ = ["Fortnight", "fortnight", "scene", "truths"]

DAYS = 14
DAYTIME = (6, 18)
"""Hours in which a school would be warm, from–to."""

NIGHT = (20, 4)
LEAST_SHARE = 0.9
GAS = "geg/heat.gas/2020"
GRID = "uba-strommix/electricity.grid/2024"


@dataclass(frozen=True)
class Fortnight:
    """Heat of two weeks.

    Attributes
    ----------
    hours
        One row per hour, index local time: ``kw``, ``kind`` (day type), ``hour``.
    week_kwh, weekend_kwh
        Heat on Saturdays and Sundays, and on all other days, kWh.
    school_day_kw, weekend_day_kw, weekend_night_kw
        Mean power in the daytime of school days, and of weekends by day and by night, kW.
    saved_kwh
        What a weekend's days would need less if they were heated like its nights, per weekend.
    """

    hours: pd.DataFrame
    week_kwh: float
    weekend_kwh: float
    school_day_kw: float
    weekend_day_kw: float
    weekend_night_kw: float
    saved_kwh: tuple[float, ...]

    @property
    def difference_kw(self) -> float:
        """Weekend by day minus weekend by night, kW."""
        return self.weekend_day_kw - self.weekend_night_kw

    @property
    def weekends(self) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
        """From and to of each weekend."""
        days = pd.DatetimeIndex(self.hours.index[self.hours["kind"] == "weekend"]).normalize()
        first = [day for day in days.unique() if day.day_of_week == 5]
        return [(day, day + pd.Timedelta(days=2)) for day in first]


def fortnight(school: School, start: str) -> Fortnight:
    """Look at two weeks of a school's heat.

    Parameters
    ----------
    school
        With a heat meter.
    start
        First day, a Monday: ``2026-01-12``.

    Raises
    ------
    SceneError
        In German, if the meter does not hold these weeks.
    """
    power = meter_of(school, "heat").power_kw.resample("1h").mean()
    first = pd.Timestamp(start, tz=pd.DatetimeIndex(power.index).tz)
    power = power[(power.index >= first) & (power.index < first + pd.Timedelta(days=DAYS))]
    if power.notna().sum() < LEAST_SHARE * DAYS * 24:
        raise SceneError(text("weekendheat.no_weeks", school=school.name, start=date(first)))
    index = pd.DatetimeIndex(power.index)
    days = index.normalize()
    types = school.day_types(pd.DatetimeIndex(days.unique()))
    hours = pd.DataFrame(
        {
            "kw": power.to_numpy(),
            "kind": np.asarray(types.astype(str))[np.searchsorted(days.unique(), days)],
            "hour": index.hour,
        },
        index=index,
    )
    free = hours["kind"] == "weekend"
    by_day = hours["hour"].between(DAYTIME[0], DAYTIME[1] - 1)
    by_night = (hours["hour"] >= NIGHT[0]) | (hours["hour"] < NIGHT[1])
    night_kw = float(hours["kw"][free & by_night].mean())
    more = (hours["kw"] - night_kw)[free & by_day]
    weeks = pd.DatetimeIndex(more.index).isocalendar().week.to_numpy()
    return Fortnight(
        hours=hours,
        week_kwh=float(hours["kw"][~free].sum()),
        weekend_kwh=float(hours["kw"][free].sum()),
        school_day_kw=float(hours["kw"][(hours["kind"] == "school") & by_day].mean()),
        weekend_day_kw=float(hours["kw"][free & by_day].mean()),
        weekend_night_kw=night_kw,
        saved_kwh=tuple(float(v) for v in more.groupby(weeks, sort=False).sum()),
    )


def scene(
    school: str = "beispiel-mittelschule",
    other: str = "beispiel-gymnasium",
    start: str = "2026-01-12",
) -> Scene:
    """Return the material of the lesson.

    Parameters
    ----------
    school, other
        Ids of the school to look at and of one to compare it with.
    start
        First day of two winter weeks, a Monday.

    Raises
    ------
    SceneError
        In German, if a school has no heat in these weeks, no floor area to compare by, or if the
        first one already lowers its heating at weekends.
    """
    chosen, second = find_school(school), find_school(other)
    meter = meter_of(chosen, "heat")
    here, there = fortnight(chosen, start), fortnight(second, start)
    if here.difference_kw < 0.1 * here.weekend_night_kw:
        raise SceneError(text("weekendheat.lowered", school=chosen.name))
    if not (chosen.floor_area_m2 and second.floor_area_m2):
        raise SceneError(text("weekendheat.no_area"))
    if chosen.prices is None:
        raise SceneError(text("weekendheat.no_prices"))
    note = meter_note(meter)
    both = meter_note(meter_of(second, "heat"))
    note_both = Note(
        tuple(dict.fromkeys(note.sources + both.sources)),
        tuple(dict.fromkeys(note.licences + both.licences)),
        simulated=note.simulated or both.simulated,
    )
    hours = here.hours
    first, last = pd.DatetimeIndex(hours.index)[[0, -1]]
    period = {"start": date(first), "end": date(last)}
    per_area = {
        one.name: one_look.hours["kw"] * 1000 / one.floor_area_m2
        for one, one_look in ((chosen, here), (second, there))
        if one.floor_area_m2
    }
    saved = [*here.saved_kwh]
    return Scene(
        intro=text(
            "weekendheat.chosen",
            school=chosen.name,
            other=second.name,
            price=number(chosen.prices.heat, 2),
            source=chosen.prices.source,
            **period,
        ),
        raw=_raw(hours),
        data=pd.DataFrame(
            {
                "Zeit": pd.DatetimeIndex(hours.index).tz_localize(None),
                "Stunde": hours["hour"].to_numpy(),
                "Tagesart": [_kind(kind) for kind in hours["kind"]],
                "Leistung_kW": hours["kw"].to_numpy(),
                "Waerme_kWh": hours["kw"].to_numpy(),
            }
        ).dropna(),
        truths=truths(here, chosen.prices.heat, chosen.prices.electricity),
        pictures={
            "kurve": lambda: lines(
                {text("weekendheat.power"): hours["kw"]},
                text("weekendheat.axis"),
                title=text("weekendheat.curve_title"),
                subtitle=text("weekendheat.curve_subtitle", school=chosen.name, **period),
                note=note,
                unit="kW",
                meaning="heat",
                spans={text("weekendheat.weekend"): here.weekends},
                phone=pd.Timedelta(days=7),
            ),
            "anteil": lambda: bars(
                [text("weekendheat.week_days"), text("weekendheat.weekend_days")],
                [here.week_kwh, here.weekend_kwh],
                "kWh",
                title=text("weekendheat.share_title"),
                subtitle=text("weekendheat.share_subtitle", school=chosen.name, **period),
                note=note,
                meaning="heat",
            ),
            "leistung": lambda: bars(
                [
                    text("weekendheat.school_day"),
                    text("weekendheat.weekend_day"),
                    text("weekendheat.weekend_night"),
                ],
                [here.school_day_kw, here.weekend_day_kw, here.weekend_night_kw],
                "kW",
                title=text("weekendheat.power_title"),
                subtitle=text("weekendheat.power_subtitle", school=chosen.name, **period),
                note=note,
                meaning="heat",
                digits=1,
            ),
            "vergleich": lambda: lines(
                per_area,
                text("weekendheat.area_axis"),
                title=text("weekendheat.both_title"),
                subtitle=text(
                    "weekendheat.both_subtitle",
                    school=chosen.name,
                    percent=number(100 * here.weekend_day_kw / here.school_day_kw),
                    other=second.name,
                    other_percent=number(100 * there.weekend_day_kw / there.school_day_kw),
                ),
                note=note_both,
                unit="W/m²",
                meaning=("heat", "neutral"),
                spans={text("weekendheat.weekend"): here.weekends},
                phone=pd.Timedelta(days=7),
            ),
            "sparen": lambda: bars(
                [text("weekendheat.nth_weekend", n=n + 1) for n in range(len(saved))],
                saved,
                "kWh",
                title=text("weekendheat.saved_title"),
                subtitle=text("weekendheat.saved_subtitle", school=chosen.name),
                note=note,
                meaning="highlight",
            ),
        },
        simulated=note_both.simulated,
    )


def _kind(kind: str) -> str:
    """Return the German word for a day type."""
    return {
        "school": text("weekendheat.school"),
        "weekend": text("weekendheat.weekend"),
        "public_holiday": text("weekendheat.public_holiday"),
        "school_holiday": text("weekendheat.school_holiday"),
    }[kind]


def _raw(hours: pd.DataFrame, rows: int = 8) -> pd.DataFrame:
    """Return the first hours of the first weekend with German heads."""
    some = hours[hours["kind"] == "weekend"].iloc[6 : 6 + rows]
    index = pd.DatetimeIndex(some.index)
    return pd.DataFrame(
        {
            text("weekendheat.begin"): index.strftime("%d.%m.%Y %H:%M"),
            text("weekendheat.kind"): [_kind(kind) for kind in some["kind"]],
            text("weekendheat.energy"): [number(value, 1) for value in some["kw"]],
        }
    )


def truths(found: Fortnight, heat_price: float, electricity_price: float) -> Mapping[str, float]:
    """Return the right and the typically wrong values of the tasks.

    Parameters
    ----------
    found
        The two weeks.
    heat_price, electricity_price
        € per kWh.
    """
    total = found.week_kwh + found.weekend_kwh
    share = found.weekend_kwh / total
    hours = DAYTIME[1] - DAYTIME[0]
    saved = found.difference_kw * hours * 4
    factor, grid = factors()[GAS].value, factors()[GRID].value
    return {
        "weekend_percent": 100 * share,
        "week_percent": 100 * (1 - share),
        "weekend_share": share,
        "weekend_by_week": 100 * found.weekend_kwh / found.week_kwh,
        "difference_kw": found.difference_kw,
        "weekend_day_kw": found.weekend_day_kw,
        "weekend_night_kw": found.weekend_night_kw,
        "sum_kw": found.weekend_day_kw + found.weekend_night_kw,
        "saved_kwh": saved,
        "one_day_kwh": saved / 4,
        "one_weekend_kwh": saved / 2,
        "all_day_kwh": found.difference_kw * 96,
        "saved_euro": saved * heat_price,
        "saved_cent": saved * heat_price * 100,
        "electricity_euro": saved * electricity_price,
        "divided_euro": saved / heat_price,
        "saved_kg": saved * factor,
        "electricity_kg": saved * grid,
        "divided_kg": saved / factor,
        "tonnes": saved * factor / 1000,
    }
