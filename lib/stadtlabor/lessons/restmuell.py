"""Restmüll: what lies in the bin that does not belong there (Abfall, grades 5–6)."""

from __future__ import annotations

import pandas as pd

from stadtlabor.klimaschule.waste import divide, sorting
from stadtlabor.lessons.invented import invented
from stadtlabor.lessons.scene import Scene
from stadtlabor.ui.bars import bars
from stadtlabor.ui.texts import number, percent, text

__all__ = ["scene"]

BAGS = pd.DataFrame(
    {
        "paper": [0.9, 1.4, 0.7, 1.1, 1.6, 0.8],
        "organic": [0.6, 0.3, 0.8, 0.5, 0.4, 0.7],
        "plastics": [0.5, 0.7, 0.4, 0.6, 0.8, 0.5],
        "rest": [1.0, 0.6, 1.3, 0.8, 0.5, 1.2],
    }
)
"""Six bags of residual waste that a class sorted, kg: invented."""

GERMAN = {"paper": "Papier", "organic": "Essensreste", "plastics": "Kunststoff", "rest": "Restmüll"}
WEEK_KG, WEEKS = 60.0, 37


def scene() -> Scene:
    """Return the material: six sorted bags."""
    found = sorting(BAGS, "residual")
    year = divide(WEEK_KG * WEEKS, found)
    total = float(BAGS.to_numpy().sum())
    paper, rest = float(BAGS["paper"].sum()), float(BAGS["rest"].sum())
    wrong = total - rest
    table = BAGS.rename(columns=GERMAN)
    table.insert(0, "Sack", range(1, len(BAGS) + 1))
    shown = found.shares[found.shares["share"] > 0]
    note = invented()
    names = [GERMAN[str(key)] for key in shown.index]
    return Scene(
        intro=text("restmuell.intro", bags=number(len(BAGS)), kg=number(total, 1)),
        raw=table,
        data=table,
        truths={
            "paper_kg": paper,
            "paper_mean_kg": paper / len(BAGS),
            "paper_biggest_kg": float(BAGS["paper"].max()),
            "total_kg": total,
            "paper_percent": paper / total * 100,
            "paper_share": paper / total,
            "paper_of_rest_percent": paper / rest * 100,
            "not_paper_percent": (1 - paper / total) * 100,
            "wrong_percent": found.wrong * 100,
            "right_percent": rest / total * 100,
            "wrong_kg": wrong,
            "paper_year_kg": float(year["kg"]["paper"]),
            "paper_week_kg": paper / total * WEEK_KG,
            "paper_52_kg": paper / total * WEEK_KG * 52,
            "all_year_kg": WEEK_KG * WEEKS,
        },
        pictures={
            "inhalt": lambda: bars(
                names, list(shown["share"] * 100), "%",
                title=text("restmuell.content_title", share=percent(found.wrong)),
                subtitle=text("restmuell.content_subtitle", bags=number(len(BAGS))),
                note=note, meaning="waste",
                low=list(shown["low"] * 100), high=list(shown["high"] * 100),
                head=text("restmuell.what"),
            ),
            "jahr": lambda: bars(
                names, [float(year.loc[key, "kg"]) for key in shown.index], "kg",
                title=text("restmuell.year_title", kg=number(WEEK_KG * WEEKS)),
                subtitle=text("restmuell.year_subtitle", weeks=number(WEEKS)),
                note=note, meaning="waste", head=text("restmuell.what"),
            ),
        },
        simulated=True,
    )  # fmt: skip
