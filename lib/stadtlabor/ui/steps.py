"""Steps from one total to the next, each change with its name: why a balance differs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from stadtlabor.ui.figure import Figure
from stadtlabor.ui.note import Note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import number, text

__all__ = ["Step", "steps"]

ROW_PX = 34


@dataclass(frozen=True)
class Step:
    """One row of the picture.

    Attributes
    ----------
    name
        German.
    value
        A total, or a change with its sign.
    total
        True for a total: its bar starts at zero.
    meaning
        Colour by meaning (``palette.toml``).
    """

    name: str
    value: float
    total: bool = False
    meaning: str = "neutral"


def steps(
    rows: Sequence[Step],
    unit: str,
    *,
    title: str,
    subtitle: str,
    note: Note,
    digits: int = 0,
    head: str = "",
) -> Figure:
    """Draw totals and, between them, the changes that lead from one to the next.

    Parameters
    ----------
    rows
        From top to bottom: a total, its changes, the next total and so on.
    unit
        Unit of the values.
    title, subtitle, note
        As for every :class:`stadtlabor.ui.figure.Figure`.
    digits
        Digits after the comma.
    head
        German head of the first column of the table.

    Raises
    ------
    ValueError
        If the changes do not lead to the stated total; German, naming the row.
    """
    frame = _laid_out(rows, unit, digits)
    ends = list(zip(frame["name"], frame["name"][1:], frame["end"], strict=False))
    joints = pd.DataFrame(
        [{"name": name, "level": level} for *pair, level in ends for name in pair],
        columns=["name", "level"],
    )

    def draw(width: int) -> alt.LayerChart:
        limit = max(130, int(width * 0.42))
        y = alt.Y("name:N", sort=None, axis=alt.Axis(title=None, labelLimit=limit))
        low = min(0.0, float(frame["start"].min()), float(frame["end"].min()))
        top = float(frame["right"].max()) * (1.5 if width < 400 else 1.2) or 1.0
        scale = alt.Scale(domain=[low, top])
        base = alt.Chart(frame, width=width, height=ROW_PX * len(frame))
        shade = alt.Color("shade:N", scale=None)
        bar = base.mark_bar(height=ROW_PX - 12).encode(
            y=y, x=alt.X("start:Q", axis=None, scale=scale), x2="end:Q", color=shade
        )
        # A thin line carries each level down to the next row: a tick in each of the two rows.
        joint = (
            alt.Chart(joints)
            .mark_tick(size=ROW_PX, thickness=1, color=colour("neutral"))
            .encode(y=y, x=alt.X("level:Q", axis=None, scale=scale))
        )
        label = base.mark_text(align="left", dx=6, fontSize=13, color=colour("ink")).encode(
            y=y, x=alt.X("right:Q", scale=scale), text="label:N"
        )
        return alt.layer(joint, bar, label)

    kinds = [text("chart.steps_total" if row.total else "chart.steps_part") for row in rows]
    return Figure(
        title=title,
        subtitle=subtitle,
        draw=draw,
        table=pd.DataFrame(
            {
                head or text("chart.what"): [row.name for row in rows],
                text("chart.steps_kind"): kinds,
                unit: [row.value for row in rows],
            }
        ),
        alt=text(
            "chart.steps_alt",
            all="; ".join(f"{r.name}: {v}" for r, v in zip(rows, frame["label"], strict=True)),
        ),
        note=note,
    )


def _laid_out(rows: Sequence[Step], unit: str, digits: int) -> pd.DataFrame:
    """Return where each bar begins and ends; names that occur twice get a hidden space."""
    level, found, seen = 0.0, [], dict[str, int]()
    for place, row in enumerate(rows):
        if row.total and place and not math.isclose(level, row.value, rel_tol=1e-6, abs_tol=1e-6):
            raise ValueError(
                text(
                    "chart.steps_apart",
                    name=row.name,
                    found=number(level, digits),
                    stated=number(row.value, digits),
                )
            )
        start = 0.0 if row.total else level
        level = row.value if row.total else level + row.value
        seen[row.name] = seen.get(row.name, 0) + 1
        found.append(
            {
                "name": row.name + "\u200b" * (seen[row.name] - 1),
                "start": start,
                "end": level,
                "right": max(start, level),
                "shade": colour(row.meaning),
                "label": f"{_signed(row, digits)} {unit}",
            }
        )
    return pd.DataFrame(found)


def _signed(row: Step, digits: int) -> str:
    """Write a change with its sign and an arrow, a total without."""
    if row.total:
        return number(row.value, digits)
    if row.value < 0:
        return f"▼ −{number(-row.value, digits)}"
    return f"▲ +{number(row.value, digits)}"
