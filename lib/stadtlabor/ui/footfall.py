"""Pictures and sentences about footfall."""

from __future__ import annotations

import altair as alt
import pandas as pd

from stadtlabor.city import city
from stadtlabor.innenstadt import CAUSES, flag, good, profile
from stadtlabor.ui.figure import WIDE, Figure, number_axis
from stadtlabor.ui.note import Note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import WEEKDAYS, date, number, percent, text

__all__ = ["checked", "flag_sentences", "profile_figure", "recent_figure"]


def checked(frame: pd.DataFrame) -> pd.DataFrame:
    """Check the hourly observations of one counter.

    Parameters
    ----------
    frame
        Observations of one datastream; ``value`` = persons per hour.

    Returns
    -------
    DataFrame
        As :func:`stadtlabor.innenstadt.flag` returns it, with ``local``: start in local time.
    """
    counts = pd.DataFrame(
        {
            "counter": frame["datastream"],
            "start": frame["time"],
            "pedestrians": frame["value"],
        }
    )
    flagged = flag(counts)
    flagged["local"] = flagged["start"].dt.tz_convert(city().city.timezone)
    return flagged


def flag_sentences(flagged: pd.DataFrame) -> list[str]:
    """Tell in German what speaks against the values; an empty list means nothing does."""
    lines = []
    recurring = flagged[flagged["cause"] == "recurring_zero_hour"]
    for hour, group in recurring.groupby(recurring["local"].dt.hour):
        first, last = group["local"].iloc[0], group["local"].iloc[-1]
        between = flagged["local"].between(first, last) & flagged["pedestrians"].notna()
        days = int((between & (flagged["local"].dt.hour == hour)).sum())
        lines.append(
            text(
                "footfall.flag_recurring",
                hour=hour,
                count=number(len(group)),
                days=number(days),
                start=date(first),
                end=date(last),
            )
        )
    for cause in CAUSES:
        found = flagged[flagged["cause"] == cause]
        if cause in ("missing", "recurring_zero_hour") or found.empty:
            continue
        first = found["local"].iloc[0]
        lines.append(text(f"footfall.flag_{cause}", count=_hours(len(found)), example=date(first)))
    missing = int((flagged["cause"] == "missing").sum())
    if missing:
        share = percent(missing / len(flagged), 1)
        lines.append(text("footfall.flag_missing", count=_hours(missing), share=share))
    return lines


def _hours(count: int) -> str:
    return text("footfall.hour") if count == 1 else text("footfall.hours", count=number(count))


def profile_figure(flagged: pd.DataFrame, name: str, note: Note) -> Figure:
    """Draw the day-of-week × hour profile of one counter, suspect values left out.

    Parameters
    ----------
    flagged
        Checked hourly values (:func:`checked`).
    name
        German name of the counter.
    note
        Small print.
    """
    table = profile(good(flagged).set_index("local")["pedestrians"])
    table["day"] = [WEEKDAYS[d] for d in table["weekday"]]
    table["short"] = [WEEKDAYS[d][:2] for d in table["weekday"]]
    table["label"] = [number(v) for v in table["mean"]]
    top = table.iloc[int(table["mean"].argmax())]
    counted = flagged.loc[flagged["pedestrians"].notna(), "local"]
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
            start=date(counted.iloc[0]),
            end=date(counted.iloc[-1]),
            days=number(counted.dt.normalize().nunique()),
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


def recent_figure(flagged: pd.DataFrame, name: str, note: Note, days: int = 7) -> Figure:
    """Draw the newest days hour by hour, suspect values marked by shape and colour."""
    counted = flagged[flagged["pedestrians"].notna()].rename(columns={"pedestrians": "value"})
    begin, end = counted["local"].iloc[-1] - pd.Timedelta(days=days), counted["local"].iloc[-1]
    recent = counted.loc[counted["local"] >= begin, ["local", "value", "cause"]].copy()
    recent["time"] = recent["local"].dt.tz_localize(None)
    recent["state"] = ["auffällig" if cause else "ohne Befund" for cause in recent["cause"]]
    drawn = recent[["time", "value", "state"]]

    def draw(width: int) -> alt.LayerChart:
        days_axis = alt.Axis(title=None, format="%a %d.%m.", tickCount="day", labelOverlap=True)
        base = alt.Chart(drawn, width=width, height=220).encode(x=alt.X("time:T", axis=days_axis))
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
        subtitle=f"{text('footfall.unit')}, {date(recent['local'].iloc[0])} bis {date(end)}; "
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
