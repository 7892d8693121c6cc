"""Pictures and sentences about footfall."""

from __future__ import annotations

import altair as alt
import pandas as pd

from stadtlabor.innenstadt import Flags, profile
from stadtlabor.ui.figure import WIDE, Figure, number_axis
from stadtlabor.ui.note import Note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import WEEKDAYS, date, number, percent, text

__all__ = ["flag_sentences", "profile_figure", "recent_figure"]


def flag_sentences(flags: Flags) -> list[str]:
    """Tell in German what speaks against the values; an empty list means nothing does."""
    lines = []
    recurring = flags.of("recurring_zero_hour")
    for hour, group in recurring.groupby(pd.DatetimeIndex(recurring.index).hour):
        local = pd.DatetimeIndex(group.index)
        values = flags.values.loc[local[0] : local[-1]]
        days = int((pd.DatetimeIndex(values.index).hour == hour).sum())
        lines.append(
            text(
                "footfall.flag_recurring",
                hour=hour,
                count=number(len(group)),
                days=number(days),
                start=date(local[0]),
                end=date(local[-1]),
            )
        )
    for cause in ("zero_block", "stuck"):
        found = flags.of(cause)
        if len(found):
            first = pd.DatetimeIndex(found.index)[0]
            lines.append(
                text(f"footfall.flag_{cause}", count=_hours(len(found)), example=date(first))
            )
    if len(flags.missing):
        share = percent(len(flags.missing) / flags.expected, 1)
        lines.append(text("footfall.flag_missing", count=_hours(len(flags.missing)), share=share))
    return lines


def _hours(count: int) -> str:
    return text("footfall.hour") if count == 1 else text("footfall.hours", count=number(count))


def profile_figure(flags: Flags, name: str, note: Note) -> Figure:
    """Draw the day-of-week × hour profile of one counter, suspect values left out.

    Parameters
    ----------
    flags
        Checked hourly values (:func:`stadtlabor.innenstadt.flag`).
    name
        German name of the counter.
    note
        Small print.
    """
    table = profile(flags.good)
    table["day"] = [WEEKDAYS[d] for d in table["weekday"]]
    table["short"] = [WEEKDAYS[d][:2] for d in table["weekday"]]
    table["label"] = [number(v) for v in table["mean"]]
    top = table.iloc[int(table["mean"].argmax())]
    local = pd.DatetimeIndex(flags.values.index)
    limit = float(table["mean"].max()) * 0.55

    def draw(width: int) -> alt.LayerChart:
        hours = alt.Axis(title="Uhrzeit", labelAngle=0)
        days = alt.Axis(title=None, labelAngle=0)
        # On a phone the hours run down the page: seven columns fit, twenty-four do not.
        if width >= WIDE:
            base = alt.Chart(table, width=width, height=230).encode(
                x=alt.X("hour:O", axis=hours), y=alt.Y("day:O", sort=WEEKDAYS, axis=days)
            )
        else:
            base = alt.Chart(table, width=width, height=430).encode(
                x=alt.X("short:O", sort=[d[:2] for d in WEEKDAYS], axis=days),
                y=alt.Y("hour:O", axis=hours),
            )
        squares = base.mark_rect(stroke="white").encode(
            color=alt.Color(
                "mean:Q",
                scale=alt.Scale(scheme="blues", domainMin=0),
                legend=alt.Legend(title=text("footfall.unit"), format=",.0f", orient="bottom"),
            )
        )
        # The number stands in the cell, so that colour is never the only carrier.
        labels = base.mark_text(fontSize=11).encode(
            text="label:N",
            color=alt.condition(
                f"datum.mean > {limit}", alt.value("white"), alt.value(colour("ink"))
            ),
        )
        return squares + labels

    return Figure(
        title=text(
            "footfall.profile_title", weekday=top["day"], hour=top["hour"], value=top["label"]
        ),
        subtitle=text(
            "footfall.profile_subtitle",
            counter=name,
            start=date(local[0]),
            end=date(local[-1]),
            days=number(local.normalize().nunique()),
        ),
        draw=draw,
        table=table[["day", "hour", "mean", "n"]].set_axis(
            ["Wochentag", "Stunde", "Menschen je Stunde", "Stunden im Mittel"], axis=1
        ),
        alt=text(
            "footfall.profile_alt",
            value=top["label"],
            weekday=top["day"],
            hour=top["hour"],
            low=number(float(table.loc[table["hour"].between(10, 18), "mean"].min())),
        ),
        note=note,
    )


def recent_figure(flags: Flags, name: str, note: Note, days: int = 7) -> Figure:
    """Draw the newest days hour by hour, suspect values marked by shape and colour."""
    end = pd.DatetimeIndex(flags.values.index)[-1]
    recent = flags.values.loc[end - pd.Timedelta(days=days) :].copy()
    recent["time"] = pd.DatetimeIndex(recent.index).tz_localize(None)
    recent["state"] = ["auffällig" if cause else "ohne Befund" for cause in recent["cause"]]

    def draw(width: int) -> alt.LayerChart:
        days_axis = alt.Axis(title=None, format="%a %d.%m.", tickCount="day", labelOverlap=True)
        base = alt.Chart(recent, width=width, height=220).encode(x=alt.X("time:T", axis=days_axis))
        line = base.mark_line(color=colour("pedestrians")).encode(
            y=alt.Y("value:Q", axis=number_axis(text("footfall.unit")))
        )
        marks = (
            base.transform_filter("datum.state == 'auffällig'")
            .mark_point(shape="cross", size=70, color=colour("highlight"), filled=True)
            .encode(y="value:Q")
        )
        return line + marks

    peak = recent.iloc[int(recent["value"].argmax())]
    return Figure(
        title=text("footfall.day_title", counter=name),
        subtitle=f"{text('footfall.unit')}, {date(recent.index[0])} bis {date(end)}; "
        "Kreuz: auffälliger Wert",
        draw=draw,
        table=pd.DataFrame(
            {
                "Zeit": [f"{t:%d.%m.%Y %H:%M}" for t in recent["time"]],
                "Menschen je Stunde": recent["value"].to_numpy(),
                "Befund": recent["state"].to_numpy(),
            }
        ),
        alt=f"Verlauf über {days} Tage. Höchster Wert {number(float(peak['value']))} je Stunde "
        f"am {date(peak['time'])}. {number(int((recent['cause'] != '').sum()))} auffällige Werte.",
        note=note,
    )
