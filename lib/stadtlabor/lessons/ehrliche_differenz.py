"""Ehrliche Differenz: the published story of the Hildegardis-Gymnasium retold (grades 7–9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from stadtlabor.klimaschule.footprint import Footprint, explain_difference, footprint, story
from stadtlabor.lessons.scene import Scene, SceneError
from stadtlabor.ui.bars import bars
from stadtlabor.ui.note import Note
from stadtlabor.ui.steps import Step, steps
from stadtlabor.ui.texts import number, text

__all__ = ["Told", "scene", "tell", "truths"]

KG_PER_T = 1000.0
LICENCE = "einzelne Zahlen, Quelle genannt"
MEANING = {"activity": "mobility", "scope": "purchasing"}
"""Colours: what people did (on their way to school), and what was counted for the first time."""


@dataclass(frozen=True)
class Told:
    """A published series of balances in tonnes.

    Attributes
    ----------
    titles, totals
        Of the balances, in the order of time.
    changes
        Between two balances: tonnes by part (:data:`PARTS`), only parts that are not zero.
    parts
        Published parts of each balance: names and tonnes.
    sources, caveats
        German.
    """

    titles: list[str]
    totals: list[float]
    changes: list[dict[str, float]]
    parts: list[dict[str, float]]
    sources: list[str]
    caveats: list[str]


def tell(name: str = "hildegardis") -> Told:
    """Read a story and split its differences.

    Parameters
    ----------
    name
        Of the story.
    """
    found = story(name)
    balances = [footprint(inputs) for inputs in found.balances]
    changes = []
    for before, after in pairwise(balances):
        split = explain_difference(before, after)
        changes.append(
            {
                str(row["part"]): float(row["kg"]) / KG_PER_T
                for row in split.to_dict("records")
                if abs(row["kg"]) > 1
            }
        )
    return Told(
        titles=[inputs.title for inputs in found.balances],
        totals=[balance.total_kg / KG_PER_T for balance in balances],
        changes=changes,
        parts=[_parts(balance) for balance in balances],
        sources=found.sources,
        caveats=found.caveats,
    )


def _parts(balance: Footprint) -> dict[str, float]:
    rows = balance.lines[["activity", "kg"]].assign(
        name=[item.name for item in balance.inputs.items]
    )
    return {str(n): float(kg) / KG_PER_T for n, kg in zip(rows["name"], rows["kg"], strict=True)}


def scene(story_name: str = "hildegardis") -> Scene:
    """Return the material of the lesson.

    Parameters
    ----------
    story_name
        Of the story.

    Raises
    ------
    SceneError
        In German, if there is no such story.
    """
    try:
        told = tell(story_name)
    except FileNotFoundError as error:
        raise SceneError(text("honest.no_story", name=story_name)) from error
    note = Note(tuple(told.sources), (LICENCE,))
    return Scene(
        intro=" ".join([text("honest.chosen"), *told.caveats]),
        raw=_raw(told),
        data=pd.DataFrame(
            [
                (title, name, tonnes)
                for title, parts in zip(told.titles, told.parts, strict=True)
                for name, tonnes in parts.items()
            ],
            columns=["Bilanz", "Teil", "Tonnen"],
        ),
        truths=truths(told),
        pictures={
            "summen": lambda: bars(
                told.titles,
                told.totals,
                "t",
                title=text("honest.totals_title"),
                subtitle=text("honest.totals_subtitle"),
                note=note,
                head=text("honest.balance"),
            ),
            "stufen": lambda: steps(
                _steps(told),
                "t",
                title=text("honest.steps_title"),
                subtitle=text("honest.steps_subtitle"),
                note=note,
                head=text("honest.balance"),
            ),
        },
        simulated=False,
    )


def _steps(told: Told) -> list[Step]:
    """Return totals with what lies between them."""
    words = {
        "activity": text("honest.activity"),
        "scope": text("honest.scope"),
        "remainder": text("honest.remainder"),
    }
    rows = [Step(told.titles[0], told.totals[0], total=True, meaning="ink")]
    for title, total, changes in zip(told.titles[1:], told.totals[1:], told.changes, strict=True):
        rows += [
            Step(words.get(part, part), tonnes, meaning=MEANING.get(part, "neutral"))
            for part, tonnes in changes.items()
        ]
        rows.append(Step(title, total, total=True, meaning="ink"))
    return rows


def _raw(told: Told) -> pd.DataFrame:
    """Return what was published, row by row."""
    return pd.DataFrame(
        {
            text("honest.balance"): told.titles,
            text("honest.total"): [number(total) for total in told.totals],
            text("honest.known"): [
                text("honest.known_first"),
                text("honest.known_second"),
                text("honest.known_third"),
            ],
        }
    )


def truths(told: Told) -> Mapping[str, float]:
    """Return the right and the typically wrong values of the tasks, tonnes and per cent."""
    first, second, third = told.totals
    way = told.parts[0]["Mobilität"]
    devices = told.parts[2]["Digitale Geräte"]
    fewer = -told.changes[0]["activity"]
    fallen, risen = first - second, third - second
    return {
        "way_percent": 100 * way / first,
        "way_share": way / first,
        "rest_percent": 100 * (1 - way / first),
        "way_by_rest": first / way,
        "way_of_third": 100 * way / third,
        "fallen": fallen,
        "fallen_to_third": first - third,
        "first_and_second": first + second,
        "second": second,
        "unexplained": fallen - fewer,
        "explained": fewer,
        "explained_and_fallen": fallen + fewer,
        "second_less_way": second - fewer,
        "without_devices": third - devices,
        "with_twice": third + devices,
        "devices": devices,
        "second_less_devices": second - devices,
        "risen": risen,
        "devices_of_rise": 100 * devices / risen,
        "rest_of_rise": 100 * (1 - devices / risen),
        "devices_of_total": 100 * devices / third,
        "rise_by_devices": 100 * risen / devices,
        "devices_share": devices / risen,
    }
