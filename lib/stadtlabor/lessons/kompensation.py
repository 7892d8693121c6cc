"""Kompensation: trees, years, money, and why it is never subtracted (grades 10–13)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from stadtlabor.city import city
from stadtlabor.klimaschule.footprint import factors
from stadtlabor.lessons.facts import Fact, fact
from stadtlabor.lessons.scene import Scene, SceneError
from stadtlabor.ui.bars import bars
from stadtlabor.ui.figure import Figure
from stadtlabor.ui.note import Note
from stadtlabor.ui.texts import number, text

__all__ = ["scene", "truths"]

GRID = "uba-strommix/electricity.grid/2024"
LICENCE = "einzelne Zahlen, Quelle genannt"
HOURS_PER_YEAR = 8760
TREES = ("tree", "tree_beech", "tree_conifer")
SHOWN = (
    "tree",
    "tree_years",
    "tree_beech",
    "tree_conifer",
    "offset_price",
    "offset_price_other",
    "damage",
    "planted",
)


def scene(tonnes: float = 293.0) -> Scene:
    """Return the material of the lesson.

    Parameters
    ----------
    tonnes
        Yearly footprint of a school, t CO2; the default is what the Hildegardis-Gymnasium
        published for 2021.

    Raises
    ------
    SceneError
        In German, if the footprint is not positive or the city file states no prices.
    """
    prices = city().prices
    if prices is None:
        raise SceneError(text("offsetting.no_prices"))
    if not 1 <= tonnes < 1e6:
        raise SceneError(text("offsetting.no_tonnes"))
    found = truths(tonnes, prices.electricity)
    table = _table(tonnes, prices.electricity, prices.source)
    return Scene(
        intro=text("offsetting.chosen", tonnes=number(tonnes)),
        raw=table.assign(Wert=[_plain(value) for value in table["Wert"]]),
        data=table,
        truths=found,
        pictures={
            "baeume": lambda: _bound(tonnes),
            "anzahl": lambda: _needed(tonnes),
            "kosten": lambda: _costs(tonnes),
            "vermeiden": lambda: _avoided(found, prices.electricity, prices.source),
        },
        simulated=False,
    )


def _plain(value: float) -> str:
    """Write a number with as many digits as it has, at most three."""
    digits = next(n for n in range(4) if n == 3 or value == round(value, n))
    return number(value, digits)


def _table(tonnes: float, price: float, price_source: str) -> pd.DataFrame:
    """Return every assumption with its source in a few words; pictures name it in full."""
    grid = factors()[GRID]
    rows = [
        (text("offsetting.sum"), tonnes, "t", text("offsetting.sum_short")),
        *((f.what, f.value, f.unit, f.short) for f in map(fact, SHOWN)),
        (text("offsetting.grid"), grid.value, "kg", GRID),
        (text("offsetting.price"), price, "€", price_source),
    ]
    return pd.DataFrame(rows, columns=["Was", "Wert", "Einheit", "Quelle"])


def _note(*known: Fact, others: tuple[str, ...] = ()) -> Note:
    return Note(tuple(dict.fromkeys([*(f.source for f in known), *others])), (LICENCE,))


def _names() -> list[str]:
    return [text("offsetting.tree"), text("offsetting.beech"), text("offsetting.conifer")]


def _bound(tonnes: float) -> Figure:
    """Draw what the planted trees bind in a year beside what the school emits."""
    trees, planted = [fact(key) for key in TREES], fact("planted")
    return bars(
        [text("offsetting.school"), *_names()],
        [tonnes, *(planted.value * tree.value / 1000 for tree in trees)],
        "t",
        title=text("offsetting.bound_title", planted=number(planted.value)),
        subtitle=text("offsetting.bound_subtitle"),
        note=_note(*trees, planted, others=(text("offsetting.sum_source"),)),
        meaning=("highlight", "neutral", "neutral", "neutral"),
    )


def _needed(tonnes: float) -> Figure:
    """Draw how many trees would have to grow all the time."""
    trees = [fact(key) for key in TREES]
    return bars(
        _names(),
        [tonnes * 1000 / tree.value for tree in trees],
        text("offsetting.trees"),
        title=text("offsetting.needed_title", tonnes=number(tonnes)),
        subtitle=text("offsetting.needed_subtitle"),
        note=_note(*trees),
    )


def _costs(tonnes: float) -> Figure:
    """Draw two prices of offsetting beside the damage."""
    known = [fact(key) for key in ("offset_price", "offset_price_other", "damage")]
    return bars(
        [
            text("offsetting.cheap", price=number(known[0].value)),
            text("offsetting.dear", price=number(known[1].value)),
            text("offsetting.damage", price=number(known[2].value)),
        ],
        [tonnes * f.value for f in known],
        "€",
        title=text("offsetting.costs_title", tonnes=number(tonnes)),
        subtitle=text("offsetting.costs_subtitle"),
        note=_note(*known),
        meaning=("neutral", "neutral", "highlight"),
    )


def _avoided(found: Mapping[str, float], price: float, price_source: str) -> Figure:
    """Draw what avoiding saves beside what offsetting the same amount costs."""
    return bars(
        [text("offsetting.pay"), text("offsetting.save")],
        [found["avoided_kg"] / 1000 * fact("offset_price").value, HOURS_PER_YEAR * price],
        "€",
        title=text("offsetting.avoid_title"),
        subtitle=text("offsetting.avoid_subtitle", price=number(price, 2), source=price_source),
        note=_note(fact("offset_price"), others=(factors()[GRID].source, price_source)),
        meaning=("neutral", "electricity"),
    )


def truths(tonnes: float, electricity_price: float) -> Mapping[str, float]:
    """Return the right and the typically wrong values of the tasks.

    Parameters
    ----------
    tonnes
        Yearly footprint, t CO2.
    electricity_price
        € per kWh.
    """
    tree, years = fact("tree").value, fact("tree_years").value
    low, price, damage = (fact(k).value for k in ("tree_conifer", "offset_price", "damage"))
    grid = factors()[GRID].value
    return {
        "tree_life_kg": tree * years,
        "tree_kg": tree,
        "tree_plus_years": tree + years,
        "tree_life_t": tree * years / 1000,
        "trees": tonnes * 1000 / tree,
        "trees_by_life": tonnes * 1000 / (tree * years),
        "trees_without_kg": tonnes / tree,
        "trees_times": tonnes * 1000 * tree,
        "trees_low": tonnes * 1000 / low,
        "trees_low_wrong_way": tonnes * 1000 / tree * low / tree,
        "trees_mean": tonnes * 1000 / ((tree + low) / 2),
        "cost": tonnes * price,
        "cost_damage": tonnes * damage,
        "cost_divided": tonnes / price,
        "cost_of_kg": tonnes * 1000 * price,
        "avoided_kg": HOURS_PER_YEAR * grid,
        "avoided_kwh": float(HOURS_PER_YEAR),
        "avoided_day_kg": 24 * grid,
        "avoided_school_kg": 1600 * grid,
        "avoided_euro": HOURS_PER_YEAR * electricity_price,
    }
