"""Points with a curve through them and the band around it: how one thing follows another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.ui.figure import Figure, number_axis
from stadtlabor.ui.key import key
from stadtlabor.ui.note import Note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import number, text

__all__ = ["scatter"]

SHAPES = ("circle", "triangle-up", "square", "diamond")
"""Groups differ by their shapes too, not by colour alone."""


def scatter(
    x: Sequence[float] | npt.NDArray[np.float64] | pd.Series,
    y: Sequence[float] | npt.NDArray[np.float64] | pd.Series,
    x_axis: str,
    y_axis: str,
    *,
    title: str,
    subtitle: str,
    note: Note,
    groups: Sequence[str] | None = None,
    meaning: str | Sequence[str] = "neutral",
    curve: pd.DataFrame | None = None,
    marks: Mapping[str, float] | None = None,
    digits: int = 0,
) -> Figure:
    """Draw points.

    Parameters
    ----------
    x, y
        Where the points lie; pairs with NaN are left out.
    x_axis, y_axis
        Titles of the axes with their units.
    title, subtitle, note
        As for every :class:`stadtlabor.ui.figure.Figure`.
    groups
        German name of each point's group.
    meaning
        Colour by meaning (``palette.toml``), one for all or one per group in order of appearance.
    curve
        Columns ``x`` and ``mean``, and ``low`` and ``high`` where a band is known.
    marks
        Places on the horizontal axis to mark with a labelled line.
    digits
        Digits after the comma of ``y`` in the alternative text.
    """
    frame = pd.DataFrame(
        {
            "x": np.asarray(x, dtype=float),
            "y": np.asarray(y, dtype=float),
            "group": list(groups) if groups is not None else "",
        }
    ).dropna()
    names = list(dict.fromkeys(frame["group"]))
    meanings = [meaning] * len(names) if isinstance(meaning, str) else list(meaning)
    rules = pd.DataFrame(
        [{"x": value, "name": name} for name, value in (marks or {}).items()],
        columns=["x", "name"],
    )

    def draw(width: int) -> alt.LayerChart:
        # Round steps below the title; room for the axis' name at the right end.
        horizontal = alt.X(
            "x:Q",
            axis=alt.Axis(title=x_axis, format=",.0f", tickCount=max(4, width // 90)),
            scale=alt.Scale(zero=False),
        )
        vertical = alt.Y("y:Q", axis=number_axis(y_axis), scale=alt.Scale(zero=True))
        layers: list[alt.Chart] = []
        if curve is not None and {"low", "high"} <= set(curve):
            band = alt.Chart(curve).mark_area(color=colour("grid"), opacity=0.8)
            layers.append(
                band.encode(x=horizontal, y=alt.Y("low:Q", axis=number_axis(y_axis)), y2="high:Q")
            )
        legend = key(width) if len(names) > 1 else None
        shades = alt.Scale(domain=names, range=[colour(m) for m in meanings])
        shapes = alt.Scale(domain=names, range=list(SHAPES[: len(names)]))
        layers.append(
            alt.Chart(frame)
            .mark_point(size=28 if width > 400 else 14, opacity=0.75, filled=True)
            .encode(
                x=horizontal,
                y=vertical,
                color=alt.Color("group:N", scale=shades, legend=legend),
                shape=alt.Shape("group:N", scale=shapes, legend=legend),
            )
        )
        if curve is not None:
            line = alt.Chart(curve).mark_line(color=colour("ink"), strokeWidth=2)
            layers.append(line.encode(x=horizontal, y=alt.Y("mean:Q", axis=number_axis(y_axis))))
        if len(rules):
            rule = alt.Chart(rules).mark_rule(color=colour("highlight"), strokeWidth=2)
            # Below the top, left of the line: there the points of a heating curve leave room.
            said = alt.Chart(rules).mark_text(
                align="right", dx=-6, y=10, fontSize=13, color=colour("highlight")
            )
            layers += [rule.encode(x=horizontal), said.encode(x=horizontal, text="name:N")]
        return alt.layer(*layers).properties(width=width, height=300)

    columns: dict[str, pd.Series] = {x_axis: frame["x"], y_axis: frame["y"]}
    if len(names) > 1:
        columns[text("chart.points_group")] = frame["group"]
    told = text(
        "chart.points_alt",
        count=number(len(frame)),
        x=x_axis,
        x_low=number(float(frame["x"].min()), 1),
        x_high=number(float(frame["x"].max()), 1),
        y=y_axis,
        y_low=number(float(frame["y"].min()), digits),
        y_high=number(float(frame["y"].max()), digits),
    )
    if curve is not None:
        ordered = curve.sort_values("x")["mean"]
        told += " " + text(
            "chart.points_curve",
            left=number(float(ordered.iloc[0]), digits),
            right=number(float(ordered.iloc[-1]), digits),
        )
    told += "".join(f" {name}: {number(value, 1)}." for name, value in (marks or {}).items())
    return Figure(
        title=title,
        subtitle=subtitle,
        draw=draw,
        table=pd.DataFrame(columns).sort_values(x_axis),
        alt=told,
        note=note,
    )
