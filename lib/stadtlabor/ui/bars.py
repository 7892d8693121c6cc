"""Horizontal bars with labels, and with the range where one is known: the workhorse of lessons."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from stadtlabor.ui.figure import Figure
from stadtlabor.ui.note import Note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import number, text

__all__ = ["bars"]

BAR_PX = 34


def bars(
    names: Sequence[str],
    values: Sequence[float],
    unit: str,
    *,
    title: str,
    subtitle: str,
    note: Note,
    meaning: str | Sequence[str] = "neutral",
    low: Sequence[float] | None = None,
    high: Sequence[float] | None = None,
    digits: int = 0,
    head: str = "",
    start: float = 0.0,
) -> Figure:
    """Draw one bar per name, longest names first readable: names on the left, values at the end.

    Parameters
    ----------
    names, values
        What is compared; the order is kept.
    unit
        Unit of the values.
    title, subtitle, note
        As for every :class:`stadtlabor.ui.figure.Figure`.
    meaning
        Colour by meaning (``palette.toml``), one for all or one per bar.
    low, high
        Ends of the 90 % range; drawn as a line over the bar.
    digits
        Digits after the comma.
    head
        German head of the first column of the table.
    start
        Where the axis begins: zero, or lower where values or ranges are negative.
    """
    meanings = [meaning] * len(names) if isinstance(meaning, str) else list(meaning)
    ranged = low is not None and high is not None
    frame = pd.DataFrame(
        {
            "name": list(names),
            "value": list(values),
            "shade": [colour(m) for m in meanings],
            "label": [f"{number(v, digits)} {unit}" for v in values],
        }
    )
    if ranged:
        frame["low"], frame["high"] = list(low or ()), list(high or ())
    frame["end"] = frame["high"] if ranged else frame["value"]

    def draw(width: int) -> alt.LayerChart:
        y = alt.Y("name:N", sort=None, axis=alt.Axis(title=None, labelLimit=max(110, width // 3)))
        # Room on the right, so that the longest bar's label stays inside.
        top = float(frame["end"].max()) * (1.45 if width < 400 else 1.2) or 1.0
        x = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[min(0.0, start), top]))
        base = alt.Chart(frame, width=width, height=BAR_PX * len(frame))
        shade = alt.Color("shade:N", scale=None)
        layers = [base.mark_bar(height=BAR_PX - 12).encode(y=y, x=x, color=shade)]
        if ranged:
            rule = base.mark_rule(color=colour("ink"), strokeWidth=2)
            layers.append(rule.encode(y=y, x=alt.X("low:Q"), x2="high:Q"))
        label = base.mark_text(align="left", dx=6, fontSize=13, color=colour("ink"))
        layers.append(label.encode(y=y, x=alt.X("end:Q"), text="label:N"))
        return alt.layer(*layers)

    columns = {head or text("chart.what"): frame["name"], unit: frame["value"]}
    if ranged:
        columns[text("chart.from")], columns[text("chart.to")] = frame["low"], frame["high"]
    biggest = str(frame["name"].iloc[int(frame["value"].argmax())])
    return Figure(
        title=title,
        subtitle=subtitle,
        draw=draw,
        table=pd.DataFrame(columns),
        alt=text(
            "chart.bars_alt",
            count=number(len(frame)),
            all="; ".join(f"{n}: {v}" for n, v in zip(frame["name"], frame["label"], strict=True)),
            biggest=biggest,
        ),
        note=note,
    )
