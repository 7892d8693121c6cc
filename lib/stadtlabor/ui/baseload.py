"""Pictures of a school's power: the curve, the share of the baseload, the months."""

from __future__ import annotations

import altair as alt
import pandas as pd

from stadtlabor.klimaschule import Baseload, daily_baseload
from stadtlabor.ui.figure import WIDE, Figure, number_axis
from stadtlabor.ui.note import Note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import MONTHS, date, number, percent, text

__all__ = ["curve_figure", "months_figure", "share_figure"]


def curve_figure(power_kw: pd.Series, school: str, note: Note, days: int = 7) -> Figure:
    """Draw the newest complete days of the power curve, without giving the baseload away.

    Parameters
    ----------
    power_kw
        Power in kW, index in local time.
    school
        German name.
    note
        Small print.
    days
        Days to show on a laptop; a phone shows the last three.
    """
    end = pd.DatetimeIndex(power_kw.index)[-1].normalize()
    window = power_kw.loc[end - pd.Timedelta(days=days) : end - pd.Timedelta(seconds=1)]
    window = window if len(window) else power_kw
    local = pd.DatetimeIndex(window.index)
    frame = pd.DataFrame({"time": local.tz_localize(None), "power": window.to_numpy()})

    def draw(width: int) -> alt.Chart:
        shown = (
            frame
            if width >= WIDE
            else frame[frame["time"] >= frame["time"].max() - pd.Timedelta("3D")]
        )
        axis = alt.Axis(title=None, format="%a %H Uhr", labelOverlap=True, tickCount=10)
        return (
            alt.Chart(shown, width=width, height=260)
            .mark_line(color=colour("electricity"), interpolate="step-after")
            .encode(
                x=alt.X("time:T", axis=axis),
                y=alt.Y("power:Q", axis=number_axis("Leistung in kW"), scale=alt.Scale(zero=True)),
            )
        )

    return Figure(
        title=text("baseload.curve_title"),
        subtitle=text(
            "baseload.curve_subtitle",
            school=school,
            start=date(local[0]),
            end=date(local[-1]),
            n=number(len(frame)),
        ),
        draw=draw,
        table=pd.DataFrame(
            {
                "Zeit": [f"{t:%d.%m.%Y %H:%M}" for t in frame["time"]],
                "Leistung in kW": frame["power"],
            }
        ),
        alt=text(
            "baseload.curve_alt",
            days=days,
            high=number(float(window.max()), 1),
            low=number(float(window.min()), 1),
        ),
        note=note,
    )


def share_figure(figures: Baseload, school: str, note: Note) -> Figure:
    """Draw the energy of a period as two bars: baseload and everything above it."""
    base = figures.share * figures.energy_kwh
    frame = pd.DataFrame(
        {"part": ["Grundlast", "alles darüber"], "energy": [base, figures.energy_kwh - base]}
    )
    frame["label"] = [f"{number(e)} kWh" for e in frame["energy"]]

    def draw(width: int) -> alt.LayerChart:
        chart = alt.Chart(frame, width=width - 120, height=110).encode(
            y=alt.Y("part:N", sort=None, axis=alt.Axis(title=None)),
            x=alt.X("energy:Q", axis=alt.Axis(title="Energie in kWh", format=",.0f", tickCount=4)),
        )
        bars = chart.mark_bar(color=colour("electricity"), height=28)
        labels = chart.mark_text(align="left", dx=6, fontSize=14).encode(text="label:N")
        return bars + labels

    return Figure(
        title=text("baseload.share_title"),
        subtitle=text(
            "baseload.share_subtitle",
            school=school,
            start=date(figures.start),
            end=date(figures.end),
        ),
        draw=draw,
        table=frame[["part", "energy"]].set_axis(["Teil", "Energie in kWh"], axis=1),
        alt=text(
            "baseload.share_alt",
            base=number(base),
            rest=number(figures.energy_kwh - base),
            share=percent(figures.share),
        ),
        note=note,
    )


def months_figure(power_kw: pd.Series, interval_s: int, school: str, note: Note) -> Figure:
    """Draw the mean baseload of each month as bars."""
    days = daily_baseload(power_kw, interval_s)
    days = days[days["usable"]]
    local = pd.DatetimeIndex(days.index)
    frame = (
        days["baseload_kw"]
        .groupby([local.year, local.month])
        .mean()
        .rename_axis(["year", "month"])
        .reset_index()
    )
    frame["name"] = [
        f"{MONTHS[m - 1][:3]} {y % 100:02}"
        for y, m in zip(frame["year"], frame["month"], strict=True)
    ]
    top = frame.iloc[int(frame["baseload_kw"].argmax())]

    def draw(width: int) -> alt.Chart:
        return (
            alt.Chart(frame, width=width, height=220)
            .mark_bar(color=colour("electricity"))
            .encode(
                x=alt.X(
                    "name:O",
                    sort=None,
                    axis=alt.Axis(title=None, labelAngle=0 if width >= WIDE else -90),
                ),
                y=alt.Y("baseload_kw:Q", axis=number_axis("Grundlast in kW", 1)),
            )
        )

    return Figure(
        title=text("baseload.months_title", month=MONTHS[int(top["month"]) - 1]),
        subtitle=text("baseload.months_subtitle", school=school),
        draw=draw,
        table=frame[["name", "baseload_kw"]].set_axis(["Monat", "Grundlast in kW"], axis=1),
        alt=text(
            "baseload.months_alt",
            count=len(frame),
            high=number(float(frame["baseload_kw"].max()), 1),
            low=number(float(frame["baseload_kw"].min()), 1),
        ),
        note=note,
    )
