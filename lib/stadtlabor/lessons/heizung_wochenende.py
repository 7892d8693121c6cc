"""Heizung am Wochenende: does the school heat when nobody is there? (Wärme, grades 7–9)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from stadtlabor.klimaschule.footprint import factors
from stadtlabor.lessons.fortnight import DAYTIME, Fortnight, fortnight
from stadtlabor.lessons.scene import Scene, SceneError
from stadtlabor.lessons.schools import find_school, meter_note, meter_of
from stadtlabor.ui.bars import bars
from stadtlabor.ui.lines import lines
from stadtlabor.ui.note import Note
from stadtlabor.ui.texts import date, number, text

__all__ = ["scene", "truths"]

GAS = "geg/heat.gas/2020"
GRID = "uba-strommix/electricity.grid/2024"


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
