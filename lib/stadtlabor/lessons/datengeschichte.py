"""Datengeschichte: the same numbers, honest and not (Kommunikation, grades 7–9)."""

from __future__ import annotations

import altair as alt
import pandas as pd

from stadtlabor.lessons.invented import invented
from stadtlabor.lessons.scene import Scene
from stadtlabor.ui.bars import bars
from stadtlabor.ui.figure import Figure, number_axis
from stadtlabor.ui.note import Note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import number, text

__all__ = ["scene"]

YEARS = pd.DataFrame(
    {
        "Jahr": ["2022", "2023", "2024", "2025"],
        "Strom in kWh": [142_000, 139_500, 138_000, 136_300],
        "Personen": [905, 921, 940, 987],
    }
)
"""Electricity of an invented school that grows."""

CUT = 135_000.0
"""Where the dishonest axis begins."""


def scene() -> Scene:
    """Return the material: four years of an invented school."""
    use, people = YEARS["Strom in kWh"], YEARS["Personen"]
    first, last = float(use.iloc[0]), float(use.iloc[-1])
    before, after = first / float(people.iloc[0]), last / float(people.iloc[-1])
    note = invented()
    each = use / people
    return Scene(
        intro=text("geschichte.intro"),
        raw=YEARS,
        data=YEARS,
        truths={
            "saved_kwh": first - last,
            "sum_kwh": float(use.sum()),
            "last_step_kwh": float(use.iloc[-2] - use.iloc[-1]),
            "first_kwh": first,
            "saved_percent": (first - last) / first * 100,
            "looks_percent": (first - last) / (first - CUT) * 100,
            "left_percent": last / first * 100,
            "saved_share": (first - last) / first,
            "per_head": after,
            "per_head_before": before,
            "heads_per": float(people.iloc[-1]) / last,
            "per_head_mixed": last / float(people.iloc[0]),
            "per_head_percent": (before - after) / before * 100,
            "per_head_share": (before - after) / before,
            "per_head_kwh": before - after,
        },
        pictures={
            "abgeschnitten": lambda: _cut(note),
            "ehrlich": lambda: bars(
                list(YEARS["Jahr"]), list(use), "kWh",
                title=text("geschichte.honest_title"),
                subtitle=text("geschichte.honest_subtitle"),
                note=note, meaning="electricity", head=text("geschichte.year"),
            ),
            "je Person": lambda: bars(
                list(YEARS["Jahr"]), list(each), "kWh",
                title=text("geschichte.head_title"),
                subtitle=text("geschichte.head_subtitle"),
                note=note, meaning="electricity", digits=1, head=text("geschichte.year"),
            ),
        },
        simulated=True,
    )  # fmt: skip


def _cut(note: Note) -> Figure:
    """Draw the bars with an axis that does not begin at zero: the lesson's bad example."""
    frame = YEARS.rename(columns={"Strom in kWh": "use", "Jahr": "year"})

    def draw(width: int) -> alt.Chart:
        scale = alt.Scale(domain=[CUT, 143_000], zero=False, clamp=True)
        return (
            alt.Chart(frame, width=width, height=200)
            .mark_bar(color=colour("electricity"))
            .encode(
                x=alt.X("year:O", axis=alt.Axis(title=None, labelAngle=0)),
                y=alt.Y("use:Q", axis=number_axis(text("geschichte.axis")), scale=scale),
                y2=alt.datum(CUT),
            )
        )

    ends = (float(YEARS["Strom in kWh"].iloc[0]), float(YEARS["Strom in kWh"].iloc[-1]))
    return Figure(
        title=text("geschichte.cut_title"),
        subtitle=text("geschichte.cut_subtitle", start=number(CUT)),
        draw=draw,
        table=YEARS[["Jahr", "Strom in kWh"]],
        alt=text(
            "geschichte.cut_alt", start=number(CUT), first=number(ends[0]), last=number(ends[1])
        ),
        note=note,
    )
