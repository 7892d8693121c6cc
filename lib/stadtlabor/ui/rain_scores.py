"""Pictures of how good rain forecasts were: by lead time, for the question of a warning, by chance.

Methods are compared on the same cases; intervals and the number of cases stand with each picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from stadtlabor.rain.verification.table import wilson
from stadtlabor.ui.figure import Figure, number_axis
from stadtlabor.ui.key import key
from stadtlabor.ui.note import Note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import number, percent, text

__all__ = ["lead_figure", "reliability_figure", "tile_figure"]

MEANINGS = ("rain", "neutral", "highlight", "mobility", "waste", "electricity")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")


def lead_figure(
    scores: pd.DataFrame, threshold: float, names: Mapping[str, str], note: Note
) -> Figure:
    """Draw how the score falls with the lead time.

    Parameters
    ----------
    scores
        From :func:`stadtlabor.rain.research.archive.pooled`.
    threshold
        Rate, mm/h.
    names
        Method → German name, in the order of drawing.
    note
        Small print.
    """
    found = scores.xs("rate", level="kind").xs(threshold, level="threshold").reset_index()
    found = found[found["method"].isin(names)].assign(name=lambda f: f["method"].map(names))
    order = list(names.values())
    last = int(found["lead"].max())
    half = 30 if (found["lead"] == 30).any() else last
    at = found[found["lead"] == half].set_index("name")["csi"].reindex(order).dropna()

    def draw(width: int) -> alt.LayerChart:
        legend = key(width)
        base = alt.Chart(found).encode(
            x=alt.X("lead:Q", axis=alt.Axis(title=text("rain_scores.lead"), tickCount=6)),
            y=alt.Y(
                "csi:Q", axis=number_axis(text("rain_scores.csi"), 1),
                scale=alt.Scale(domain=[0, 1]),
            ),
            color=_shades(order, legend),
            shape=alt.Shape(
                "name:N", scale=alt.Scale(domain=order, range=list(SHAPES[: len(order)])),
                legend=legend,
            ),
        )  # fmt: skip
        return (base.mark_line(strokeWidth=2) + base.mark_point(filled=True, size=50)).properties(
            width=width, height=280
        )

    table = found.pivot_table(index="lead", columns="name", values="csi")[order]
    best = str(at.idxmax())
    return Figure(
        title=text("rain_scores.lead_title", name=best, minutes=half, csi=number(at.max(), 2)),
        subtitle=text(
            "rain_scores.lead_subtitle", mm=number(threshold), n=number(found["issues"].max())
        ),
        draw=draw,
        table=table.round(3).reset_index().rename(columns={"lead": text("rain_scores.lead")}),
        alt=text(
            "rain_scores.lead_alt", minutes=half,
            values=", ".join(f"{name} {number(value, 2)}" for name, value in at.items()),
        ),
        note=note,
    )  # fmt: skip


def tile_figure(
    scores: pd.DataFrame, threshold: float, names: Mapping[str, str], note: Note
) -> Figure:
    """Draw what became of the events and of the alarms of each method, with 95 % intervals.

    Parameters
    ----------
    scores
        From :func:`stadtlabor.rain.research.archive.pooled`.
    threshold
        Sum, mm.
    names
        Method → German name.
    note
        Small print.
    """
    found = scores.xs("tile", level="kind").xs(threshold, level="threshold").reset_index()
    rows = []
    for method, name in names.items():
        row = found[found["method"] == method].iloc[0]
        events, alarms = row["hits"] + row["misses"], row["hits"] + row["false_alarms"]
        for kind, part, of in (("pod", row["hits"], events), ("far", row["false_alarms"], alarms)):
            low, high = wilson(int(part), int(of))
            share = 100 * part / of if of else np.nan
            rows.append((name, text(f"rain_scores.{kind}"), share, 100 * low, 100 * high, int(of)))
    frame = pd.DataFrame(rows, columns=["name", "kind", "share", "low", "high", "of"])
    kinds = [text("rain_scores.pod"), text("rain_scores.far")]
    events = int(found.iloc[0]["hits"] + found.iloc[0]["misses"])

    def draw(width: int) -> alt.VConcatChart:
        panels = []
        for kind, meaning in zip(kinds, ("mobility", "electricity"), strict=True):
            base = alt.Chart(frame[frame["kind"] == kind]).encode(
                y=alt.Y("name:N", sort=list(names.values()), axis=alt.Axis(title=None))
            )
            x = alt.X("share:Q", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(title=kind))
            bar = base.mark_bar(color=colour(meaning)).encode(x=x)
            rule = base.mark_rule(color=colour("ink"), strokeWidth=2).encode(
                x=alt.X("low:Q", scale=alt.Scale(domain=[0, 100])), x2="high:Q"
            )
            panels.append((bar + rule).properties(width=width, height=34 * len(names)))
        return alt.vconcat(*panels)

    first = frame.iloc[:2].set_index("kind")["share"]
    values = {"pod": first[kinds[0]], "far": first[kinds[1]]}
    said = {k: percent(v / 100) if np.isfinite(v) else "–" for k, v in values.items()}
    return Figure(
        title=text("rain_scores.tile_title", **said),
        subtitle=text("rain_scores.tile_subtitle", mm=number(threshold), events=number(events)),
        draw=draw,
        table=frame.rename(
            columns={
                "name": text("rain_scores.method"), "kind": text("rain_scores.score"),
                "share": "%", "low": text("rain_scores.low"), "high": text("rain_scores.high"),
                "of": text("rain_scores.cases"),
            }
        ),
        alt=text("rain_scores.tile_alt", **said, mm=number(threshold), events=number(events)),
        note=note,
    )  # fmt: skip


def reliability_figure(table: pd.DataFrame, threshold: float, note: Note) -> Figure:
    """Draw stated chances against how often the event came, with 95 % intervals.

    Parameters
    ----------
    table
        From :func:`stadtlabor.rain.verification.reliability`.
    threshold
        Sum that was asked for, mm.
    note
        Small print.
    """
    shown = (100 * table[["said", "came", "low", "high"]]).assign(cases=table["cases"])
    ideal = pd.DataFrame({"said": [0.0, 100.0], "came": [0.0, 100.0]})
    scale = alt.Scale(domain=[0, 100])

    def draw(width: int) -> alt.LayerChart:
        size = min(width, 420)
        x = alt.X("said:Q", scale=scale, axis=alt.Axis(title=text("rain_scores.said")))
        y = alt.Y("came:Q", scale=scale, axis=number_axis(text("rain_scores.came")))
        line = alt.Chart(ideal).mark_line(strokeDash=[6, 4], color=colour("neutral"))
        ends = alt.Chart(shown).mark_rule(color=colour("rain"), strokeWidth=2)
        dots = alt.Chart(shown).mark_point(filled=True, size=80, color=colour("rain"))
        layers = (
            line.encode(x=x, y=y)
            + ends.encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q")
            + dots.encode(x=x, y=y)
        )
        return layers.properties(width=size, height=min(size, 320))

    off = float(np.average((table["said"] - table["came"]).abs(), weights=table["cases"]))
    skill = float(table.attrs["brier_skill"])
    return Figure(
        title=text("rain_scores.reliability_title", points=number(100 * off, 1)),
        subtitle=text(
            "rain_scores.reliability_subtitle", mm=number(threshold),
            n=number(int(table["cases"].sum())), base=percent(float(table.attrs["base_rate"]), 1),
        ),
        draw=draw,
        table=shown.round(1).rename(
            columns={
                "said": text("rain_scores.said"), "came": text("rain_scores.came"),
                "low": text("rain_scores.low"), "high": text("rain_scores.high"),
                "cases": text("rain_scores.cases"),
            }
        ),
        alt=text(
            "rain_scores.reliability_alt", points=number(100 * off, 1), skill=number(skill, 2)
        ),
        note=note,
    )  # fmt: skip


def _shades(order: Sequence[str], legend: alt.Legend) -> alt.Color:
    shades = [colour(MEANINGS[n % len(MEANINGS)]) for n in range(len(order))]
    return alt.Color("name:N", scale=alt.Scale(domain=order, range=shades), legend=legend)
