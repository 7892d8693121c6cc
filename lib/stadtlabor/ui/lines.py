"""Curves over time, with grey spans and marked moments: for meters and weather in lessons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from stadtlabor.ui.figure import WIDE, Figure, number_axis
from stadtlabor.ui.key import key
from stadtlabor.ui.note import Note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import date, number, text

__all__ = ["lines"]

DASHES = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2])
"""Curves differ by their dashes too, not by colour alone."""

SHORT = pd.Timedelta(days=4)

Span = tuple[pd.Timestamp, pd.Timestamp]


def lines(
    series: Mapping[str, pd.Series],
    axis: str,
    *,
    title: str,
    subtitle: str,
    note: Note,
    unit: str = "",
    meaning: str | Sequence[str] = "neutral",
    spans: Mapping[str, Sequence[Span]] | None = None,
    events: Mapping[str, pd.Timestamp] | None = None,
    phone: pd.Timedelta | None = None,
    digits: int = 1,
    stepped: bool = True,
) -> Figure:
    """Draw curves over time.

    Parameters
    ----------
    series
        Values by German name; index: time with or without zone, ascending. Gaps (NaN) stay gaps.
    axis
        Title of the vertical axis with its unit.
    title, subtitle, note
        As for every :class:`stadtlabor.ui.figure.Figure`.
    unit
        Unit of the values, for the alternative text.
    meaning
        Colour by meaning (``palette.toml``), one for all or one per curve.
    spans
        Stretches of time to shade in grey by German name, for example the weekends.
    events
        Moments to mark with a labelled line.
    phone
        So much of the end is shown on a phone; default: all.
    digits
        Digits after the comma.
    stepped
        Draw each value over its whole interval (energy, power) instead of joining points.
    """
    meanings = [meaning] * len(series) if isinstance(meaning, str) else list(meaning)
    plain = {name: _plain(values) for name, values in series.items()}
    frame = pd.concat(
        [
            pd.DataFrame({"time": v.index, "value": v.to_numpy(), "name": n})
            for n, v in plain.items()
        ],
        ignore_index=True,
    )
    first, last = frame["time"].min(), frame["time"].max()
    shaded = pd.DataFrame(
        [
            {"start": max(_naive(a), first), "end": min(_naive(b), last), "name": name}
            for name, all_of in (spans or {}).items()
            for a, b in all_of
            if _naive(b) > first and _naive(a) < last
        ],
        columns=["start", "end", "name"],
    )
    marked = pd.DataFrame(
        [{"time": _naive(when), "name": name} for name, when in (events or {}).items()],
        columns=["time", "name"],
    )

    def draw(width: int) -> alt.LayerChart:
        start = first if width >= WIDE or phone is None else max(first, last - phone)
        shown = frame[frame["time"] >= start]
        form = "%a %H Uhr" if last - start < SHORT else "%a %d.%m."
        x = alt.X(
            "time:T",
            axis=alt.Axis(
                title=None, format=form, labelOverlap=True, tickCount=max(3, width // 80)
            ),
        )
        y = alt.Y(
            "value:Q", axis=number_axis(axis, _axis_digits(frame)), scale=alt.Scale(zero=True)
        )
        layers: list[alt.Chart] = []
        if len(shaded):
            late = shaded[shaded["end"] > start].assign(
                start=lambda f: f["start"].clip(lower=start)
            )
            layers.append(
                alt.Chart(late)
                .mark_rect(color=colour("grid"), opacity=0.6)
                .encode(x=alt.X("start:T"), x2="end:T")
            )
        names = list(plain)
        legend = key(width) if len(names) > 1 else None
        curve = alt.Chart(shown).mark_line(
            interpolate="step-after" if stepped else "linear", strokeWidth=2
        )
        shades = alt.Scale(domain=names, range=[colour(m) for m in meanings])
        dashes = alt.Scale(domain=names, range=list(DASHES[: len(names)]))
        layers.append(
            curve.encode(
                x=x,
                y=y,
                color=alt.Color("name:N", scale=shades, legend=legend),
                strokeDash=alt.StrokeDash("name:N", scale=dashes, legend=legend),
            )
        )
        seen = marked[marked["time"] >= start]
        if len(seen):
            # The label stays inside: left of a line that stands far right.
            right = bool((seen["time"] > start + (last - start) * 0.6).any())
            rule = alt.Chart(seen).mark_rule(color=colour("highlight"), strokeWidth=2)
            said = alt.Chart(seen).mark_text(
                align="right" if right else "left",
                dx=-6 if right else 6,
                y=10,
                fontSize=13,
                color=colour("highlight"),
            )
            layers += [rule.encode(x=x), said.encode(x=x, text="name:N")]
        return alt.layer(*layers).properties(width=width, height=260)

    table = pd.DataFrame(plain)
    table.insert(0, text("chart.time"), [f"{t:%d.%m.%Y %H:%M}" for t in table.index])
    told = [
        text(
            "chart.lines_one",
            name=name,
            high=f"{number(float(v.max()), digits)} {unit}".strip(),
            low=f"{number(float(v.min()), digits)} {unit}".strip(),
        )
        for name, v in plain.items()
    ]
    told += [text("chart.lines_span", name=name) for name in spans or {}]
    told += [
        text("chart.lines_event", name=name, when=date(_naive(when)))
        for name, when in (events or {}).items()
    ]
    return Figure(
        title=title,
        subtitle=subtitle,
        draw=draw,
        table=table.round(digits),
        alt=text("chart.lines_alt", start=date(first), end=date(last), all="; ".join(told)),
        note=note,
    )


def _naive(moment: pd.Timestamp) -> pd.Timestamp:
    """Return a moment by the local clock."""
    return moment.tz_localize(None) if moment.tz is not None else moment


def _plain(values: pd.Series) -> pd.Series:
    """Return a series with an index by the local clock."""
    index = pd.DatetimeIndex(values.index)
    plain = values.set_axis(index.tz_localize(None) if index.tz is not None else index)
    return plain[~plain.index.duplicated()]  # the hour that the clock shows twice in autumn


def _axis_digits(frame: pd.DataFrame) -> int:
    top = float(frame["value"].abs().max())
    return 0 if top >= 10 or top == 0 else 1 if top >= 1 else 2
