"""Each amount as the report tells it: sentence, formula, factor, runnable cell, raw rows."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from stadtlabor.klimaschule.dossier import Dossier, Entry
from stadtlabor.klimaschule.footprint import Inputs, Item, activities, footprint
from stadtlabor.klimaschule.footprint.inputs import PUBLISHED
from stadtlabor.klimaschule.footprint.quality import qualities
from stadtlabor.report.cards import Card, slug
from stadtlabor.report.words import exact, kilograms, words
from stadtlabor.ui.texts import number, percent

__all__ = ["Line", "lines", "raw_rows"]

SHOWN = 4
"""So many raw rows stand in the report itself."""


@dataclass(frozen=True)
class Line:
    """One amount with everything behind it; all texts are German.

    Attributes
    ----------
    number
        Place in the report, from 1.
    label, field
        Name and key of the field.
    kg, low, high
        Emissions and their 90 % range; None where no factor is known.
    formula, sentence
        "437.730 kWh · 0,24 kg/kWh = 105.055 kg", and the same said.
    card
        Factor card; None where no factor is known.
    kind
        How the amount is known.
    marks
        Badges: simulated, filled, unverified.
    source, notes
        Where the amount comes from and how it was made.
    code
        Python that computes the line anew.
    file
        Name of the CSV with all rows behind it.
    head, rows, more
        The first rows of that file for the report, and how many follow.
    """

    number: int
    label: str
    field: str
    kg: float | None
    low: float | None
    high: float | None
    formula: str
    sentence: str
    card: Card | None
    kind: str
    marks: tuple[str, ...]
    source: str
    notes: tuple[str, ...]
    code: str
    file: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int

    @property
    def anchor(self) -> str:
        """Anchor of the opened formula."""
        return f"posten-{self.number}"


def lines(dossier: Dossier, known: dict[str, Card]) -> list[Line]:
    """Return the amounts of a dossier in the order of its items."""
    return [
        _line(n, entry, dossier.inputs, known) for n, entry in enumerate(dossier.entries, start=1)
    ]


def _line(n: int, entry: Entry, inputs: Inputs, known: dict[str, Card]) -> Line:
    item, w = entry.item, words()["line"]
    alone = footprint(inputs.model_copy(update={"items": (item,)})).lines
    row = None if alone.empty else alone.iloc[0]
    published = item.activity == PUBLISHED
    label = str(row["label"]) if row is not None else activities()[item.activity].name
    unit = "kg" if published else activities()[item.activity].unit
    amount = f"{number(item.base_amount, 0 if item.base_amount >= 100 else 1)} {unit}"
    kind = qualities()[item.kind].name
    marks = [words()["marks"]["simulated"]] if item.kind == "simulated" else []
    if entry.filled > 0:
        marks.append(words()["marks"]["filled"].format(share=percent(entry.filled, 1)))
    kg = low = high = card = None
    formula, sentence = w["no_factor"].format(amount=amount), w["no_factor_said"]
    if row is not None:
        kg, low, high = float(row["kg"]), float(row["low"]), float(row["high"])
        card = known.get(str(row["factor_id"]))
        factor = f"{exact(float(row['factor']))} kg/{unit}"
        formula = f"{amount} · {factor} = {kilograms(kg)} kg"
        sentence = w["said"].format(
            label=label, amount=amount, kg=kilograms(kg), low=kilograms(low), high=kilograms(high)
        )
        if card is not None and card.unverified:
            marks.append(words()["marks"]["unverified"])
    table = raw_rows(entry)
    shown = table.head(SHOWN)
    return Line(
        number=n, label=label, field=_field(item, row), kg=kg, low=low,
        high=high, formula=formula, sentence=sentence, card=card, kind=kind, marks=tuple(marks),
        source=item.source, notes=entry.notes, code=_code(item, inputs),
        file=f"daten/{n:02d}-{slug(label)[:50]}.csv", head=tuple(shown.columns),
        rows=tuple(tuple(_cell(c) for c in one) for one in shown.to_numpy().tolist()),
        more=len(table) - len(shown),
    )  # fmt: skip


def _field(item: Item, row: pd.Series | None) -> str:
    if item.activity == PUBLISHED:
        return "" if row is None else str(row["field"])
    return activities()[item.activity].field


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else exact(value)
    return str(value)


def raw_rows(entry: Entry) -> pd.DataFrame:
    """Return the rows behind an amount with German names; the last column sums to it."""
    w = words()["rows"]
    origin = entry.rows["origin"].map(lambda key: w["origins"].get(key, key))
    table = entry.rows.assign(origin=origin, line=entry.rows["line"].map(lambda n: n or ""))
    table = table.rename(columns=w["names"])
    last = f"{w['names']['counts']} [{entry.item.unit}]"
    return table.rename(columns={w["names"]["counts"]: last})


def _code(item: Item, inputs: Inputs) -> str:
    stated = [
        f"activity={item.activity!r}", f"amount={item.amount!r}", f"unit={item.unit!r}",
        f"source={item.source!r}", f"kind={item.kind!r}",
    ]  # fmt: skip
    if item.covers:
        stated.append(f"covers={item.covers!r}")
    own = [f for f in inputs.own_factors if f.activity == item.activity]
    imports = "Inputs, Item, OwnFactor, footprint" if own else "Inputs, Item, footprint"
    extra = ""
    if own:
        made = [
            f"OwnFactor(activity={f.activity!r}, value={f.value!r}, year={f.year}, "
            f"source={f.source!r}, market={f.market})"
            for f in own
        ]
        extra = f"    own_factors=({', '.join(made)},),\n"
    first, last = (f"date({d.year}, {d.month}, {d.day})" for d in (inputs.start, inputs.end))
    return (
        "from datetime import date\n"
        f"from stadtlabor.klimaschule.footprint import {imports}\n\n"
        f"posten = Item(\n    {(',' + chr(10) + '    ').join(stated)},\n)\n"
        f"bilanz = footprint(Inputs(\n    school={inputs.school!r}, title={inputs.title!r},\n"
        f"    start={first}, end={last}, items=(posten,),\n{extra}))\n"
        'bilanz.lines[["label", "amount", "unit", "factor", "kg"]]'
    )
