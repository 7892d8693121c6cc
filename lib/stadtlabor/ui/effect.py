"""What a measured effect says to people: sentence, picture, doubts, state of the data."""

from __future__ import annotations

import datetime

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.innenstadt import Effect
from stadtlabor.innenstadt.footfall.calendar import zone_of
from stadtlabor.ui.effect_counts import Counts
from stadtlabor.ui.figure import WIDE, Figure, number_axis
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import date, number, text

__all__ = ["doubts", "effect_picture", "lay_sentence", "soundness"]

BESIDE = 42
"""Days before and after the period that are shown: as many as it is compared with."""

LEAST_BESIDE = 7
LEAST_REACH = 15.0
"""The axis reaches at least so far, per cent: small differences shall look small."""

CHANCE = 0.05


def chance_percent(effect: Effect) -> float:
    """Return how far the counter strays by itself, per cent: half the width of the interval."""
    return float(100 * np.expm1(np.log1p(effect.high / 100) - np.log1p(effect.percent / 100)))


def lay_sentence(effect: Effect, counter: str, start: datetime.date, end: datetime.date) -> str:
    """Tell the result in one sentence for laypeople."""
    found = "found" if effect.p_value < CHANCE else "not_found"
    return text(
        f"helped.{found}",
        counter=counter,
        start=date(pd.Timestamp(start)),
        end=date(pd.Timestamp(end)),
        percent=number(abs(effect.percent)),
        direction=text("helped.more" if effect.percent >= 0 else "helped.fewer"),
        chance=number(chance_percent(effect)),
    )


def _table(
    counts: Counts, effect: Effect, counter: str, start: datetime.date, end: datetime.date
) -> pd.DataFrame:
    """Return day, counted, expected (persons), percent of difference and inside (the period)."""
    days = counts.days
    own = days.counters.index(counter)
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    shown = (days.days >= first - pd.Timedelta(days=BESIDE)) & (
        days.days <= last + pd.Timedelta(days=BESIDE)
    )
    inside = (days.days >= first) & (days.days <= last)
    busy, counted = days.busy[own], days.usual[own] * np.exp(days.busy[own])
    usual = days.usual[own] * np.exp(_weekdays(busy, days.table, inside))
    beside = np.log(counted / usual)[shown & ~inside]
    # Beside the period: a usual day at the level of these weeks. Within it: as the effect has it,
    # so that the means of both differ by just what was measured.
    level = float(np.nanmean(beside)) if np.isfinite(beside).sum() >= LEAST_BESIDE else 0.0
    both = inside & np.isfinite(counted)
    ratio = float(counted[both].sum() / usual[both].sum()) / (1 + effect.percent / 100)
    expected = usual * np.where(inside, ratio, np.exp(level))
    table = pd.DataFrame(
        {
            "day": days.days,
            "counted": counted,
            "expected": expected,
            "percent": 100 * (counted / expected - 1),
            "inside": inside,
        }
    )
    return table[shown].reset_index(drop=True)


def _weekdays(
    busy: npt.NDArray[np.float64], table: pd.DataFrame, inside: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return how much busier than usual each day's weekday is: market days, long Thursdays."""
    week = np.where(table["kind"] == 2, 6, table["weekday"])
    found = np.zeros(len(busy))
    for one in np.unique(week):
        known = busy[(week == one) & ~inside]
        known = known[np.isfinite(known)]
        found[week == one] = np.median(known) if len(known) else 0.0
    return found


def effect_picture(
    counts: Counts, effect: Effect, counter: str, start: datetime.date, end: datetime.date
) -> Figure:
    """Draw what was counted and what was to be expected, with the range of chance.

    Parameters
    ----------
    counts
        All counts.
    effect
        The result for this counter and period.
    counter, start, end
        Counter, first and last day.
    """
    table = _table(counts, effect, counter, start, end)
    chance = chance_percent(effect)
    half = pd.Timedelta(hours=12)
    begin, finish = pd.Timestamp(start) - half, pd.Timestamp(end) + half
    names = (text("helped.beside"), text("helped.within"))
    dots = table[["day", "percent"]].assign(
        name=[names[1] if one else names[0] for one in table["inside"]]
    )
    # A single odd day beside the period must not press all others together; it is told below.
    most = max(LEAST_REACH, 1.2 * float(np.nanquantile(np.abs(table["percent"]), 0.95)))
    most = max(most, 1.1 * float(np.nanmax(np.abs(table.loc[table["inside"], "percent"]))))
    beyond = int((table["percent"].abs() > most).sum())
    dots = dots[dots["percent"].abs() <= most]
    band = pd.DataFrame({"start": [begin], "end": [finish], "low": [-chance], "high": [chance]})
    mean = pd.DataFrame({"start": [begin], "end": [finish], "value": [effect.percent]})
    mean["label"] = text("helped.mean", percent=f"{number(effect.percent):s}".replace("-", "−"))

    def draw(width: int) -> alt.LayerChart:
        axis = alt.Axis(
            title=None, format="%d.%m.", labelOverlap=True, tickCount=max(3, width // 90)
        )
        legend = alt.Legend(
            title=None, orient="top", offset=28, labelLimit=width,
            direction="horizontal" if width >= WIDE else "vertical",
        )  # fmt: skip
        y = alt.Y(
            "percent:Q",
            axis=number_axis(text("helped.axis")),
            scale=alt.Scale(domain=[-most, most], nice=False),
        )
        shades = alt.Scale(domain=list(names), range=[colour("neutral"), colour("pedestrians")])
        marks = alt.Scale(domain=list(names), range=["circle", "diamond"])
        points = alt.Chart(dots).mark_point(size=45, filled=True, opacity=0.9)
        line = alt.Chart(mean).mark_rule(color=colour("highlight"), strokeWidth=3)
        # The label stands on the side where the points of the period are not.
        side = -1 if effect.percent >= 0 else 1
        label = alt.Chart(mean.assign(value=side * most)).mark_text(
            align="left", dy=10 * side, fontSize=14, fontWeight="bold", color=colour("highlight")
        )
        zero = alt.Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=colour("ink"))
        area = alt.Chart(band).mark_rect(color=colour("highlight"), opacity=0.22)
        return alt.layer(
            area.encode(x="start:T", x2="end:T", y="low:Q", y2="high:Q"),
            zero.encode(y="value:Q"),
            points.encode(
                x=alt.X("day:T", axis=axis),
                y=y,
                color=alt.Color("name:N", scale=shades, legend=legend),
                shape=alt.Shape("name:N", scale=marks, legend=legend),
            ),
            line.encode(x="start:T", x2="end:T", y="value:Q"),
            label.encode(x="start:T", y="value:Q", text="label:N"),
        ).properties(width=width, height=280)

    within = table[table["inside"]].dropna(subset=["counted"])
    gaps = {
        "counter": counter,
        "start": date(pd.Timestamp(start)),
        "end": date(pd.Timestamp(end)),
        "counted": number(float(within["counted"].mean())),
        "expected": number(float(within["expected"].mean())),
    }
    heads = ["day", "counted", "expected", "percent"]
    shown = table[heads].round({"counted": 0, "expected": 0, "percent": 1})
    subtitle = text("helped.subtitle", chance=number(chance), **gaps)
    if beyond:
        subtitle += f". {text('helped.beyond', count=number(beyond), most=number(most))}"
    shown["day"] = [f"{day:%d.%m.%Y}" for day in shown["day"]]
    return Figure(
        title=text("helped.title", **gaps),
        subtitle=subtitle,
        draw=draw,
        table=shown.set_axis([text(f"helped.column_{name}") for name in heads], axis=1),
        alt=text("helped.alt", **gaps),
        note=counts.note,
    )


def doubts(
    counts: Counts, effect: Effect, counter: str, start: datetime.date, end: datetime.date
) -> list[str]:
    """Return in German what else may have brought or kept away people in that period."""
    days = counts.days
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    inside = (days.days >= first) & (days.days <= last)
    table = days.table[inside]
    found = []
    holidays = [date(day) for day in table.index[table["holiday"].to_numpy(dtype=bool)]]
    if holidays:
        found.append(text("helped.doubt_holiday", days=", ".join(holidays)))
    if (table["school_free"] == 1).any():
        found.append(text("helped.doubt_school"))
    if (table["advent"] > 0).any():
        found.append(text("helped.doubt_advent"))
    others = [n for n, name in enumerate(days.counters) if name != counter]
    beside = ~inside & (days.days >= first - pd.Timedelta(days=BESIDE))
    beside &= days.days <= last + pd.Timedelta(days=BESIDE)
    there, around = days.busy[others][:, inside], days.busy[others][:, beside]
    if np.isfinite(there).any() and np.isfinite(around).any():
        change = 100 * float(np.expm1(np.nanmean(there) - np.nanmean(around)))
        direction = text("helped.more" if change >= 0 else "helped.fewer")
        others_did = text(
            "helped.doubt_others", percent=number(abs(change), 1), direction=direction
        )
        taken = f" {text('helped.doubt_taken')}" if effect.method == "donors" else ""
        found.append(others_did + taken)
    if effect.method == "before_after":
        found.append(text("helped.doubt_weather"))
    return [*found, text("helped.doubt_second")]


def soundness(counts: Counts, counter: str, start: datetime.date, end: datetime.date) -> str:
    """Tell in German how many hours of the period were counted soundly, and that none is filled."""
    rows = counts.flagged[counts.flagged["counter"] == counter]
    local = rows["start"].dt.tz_convert(zone_of(counts.flagged)).dt.tz_localize(None)
    inside = local.between(pd.Timestamp(start), pd.Timestamp(end) + pd.Timedelta("23h59min"))
    period = rows[inside]
    missing = int((period["cause"] == "missing").sum())
    odd = int((period["cause"] != "").sum()) - missing
    return text("helped.sound", hours=number(len(period)), missing=number(missing), odd=number(odd))
