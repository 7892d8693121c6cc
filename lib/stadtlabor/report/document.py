"""The report as one accessible page: complete in itself, or framed by the site."""

from __future__ import annotations

import base64
import math
import re
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from stadtlabor.klimaschule.dossier import Dossier
from stadtlabor.klimaschule.footprint import (
    PARTS,
    Footprint,
    activities,
    explain_difference,
    factor_sets,
    fields,
    footprint,
)
from stadtlabor.klimaschule.plan import Plan, precheck, rules
from stadtlabor.report.cards import Card
from stadtlabor.report.lines import Line
from stadtlabor.report.words import day, kilograms, tonnes, words
from stadtlabor.settings import root
from stadtlabor.ui.bars import bars
from stadtlabor.ui.figure import NARROW, WIDE, Figure
from stadtlabor.ui.note import Note
from stadtlabor.ui.texts import number, percent

__all__ = ["article", "document"]

UNCOUNTED = ("communication", "compensation")
"""Fields of the programme that are not counted in kilograms."""

PROBLEMS = 12
"""So many problems of a file stand in the report; the rest is counted."""


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("stadtlabor.report"), autoescape=True,
        trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    made.globals.update(w=words(), kg=kilograms, t=tonnes, n=number, percent=percent, day=day)
    return made


@cache
def style() -> str:
    """Return the style sheet of the report."""
    return resources.files("stadtlabor.report").joinpath("report.css").read_text("utf-8")


@cache
def _fonts() -> str:
    """Return the typeface as CSS that carries its files with it; nothing where it is missing."""
    folder = root() / "node_modules" / "@fontsource" / "fira-sans" / "files"
    faces = []
    for weight in (400, 600):
        path: Path = folder / f"fira-sans-latin-{weight}-normal.woff2"
        if path.is_file():
            packed = base64.b64encode(path.read_bytes()).decode()
            faces.append(
                f'@font-face{{font-family:"Fira Sans";font-weight:{weight};'
                f"src:url(data:font/woff2;base64,{packed})}}"
            )
    return "".join(faces)


def document(
    dossier: Dossier, balance: Footprint, plan: Plan, found: list[Line], known: dict[str, Card]
) -> str:
    """Return the whole page: HTML that needs no script, no request and no other file."""
    page = _templates().get_template("document.html")
    body = article(dossier, balance, plan, found, known)
    return page.render(
        body=body, title=_title(balance), style=style(), fonts=_fonts(),
        school=dossier.inputs.school,
    )  # fmt: skip


def article(
    dossier: Dossier, balance: Footprint, plan: Plan, found: list[Line], known: dict[str, Card]
) -> str:
    """Return the report without the frame of a page."""
    inputs = balance.inputs
    by_field = _by_field(balance, found)
    persons = inputs.persons
    return _templates().get_template("report.html").render(
        title=_title(balance), inputs=inputs, balance=balance, persons=persons,
        simulated=dossier.simulated, market_card=known.get("market/electricity.grid"),
        missing=list(dict.fromkeys([*dossier.missing, *balance.missing])),
        notes=[*balance.notes, *dossier.notes], by_field=by_field,
        figure=_figure(by_field, dossier), lines=found, cards=list(known.values()),
        sets=factor_sets(inputs).reset_index().to_dict("records"),
        difference=_difference(dossier, balance), plan=_plan(plan), precheck=precheck(plan),
        check_fields=precheck(plan).fields.reset_index().to_dict("records"), rules=rules(),
        files=dossier.files, most=PROBLEMS, version=metadata.version("stadtlabor"),
        no_lines=not found,
    )  # fmt: skip


def _title(balance: Footprint) -> str:
    inputs, w = balance.inputs, words()["title"]
    if balance.lines.empty:
        return str(w["empty"].format(school=inputs.school, title=inputs.title))
    return str(
        w["known"].format(school=inputs.school, title=inputs.title, t=tonnes(balance.total_kg))
    )


def _by_field(balance: Footprint, found: list[Line]) -> list[dict[str, Any]]:
    """Return a row per field; what has no number says so in words."""
    rows = []
    for key, field in fields().items():
        mine = [line for line in found if line.field == key and line.kg is not None]
        without = [line for line in found if line.field == key and line.kg is None]
        row: dict[str, Any] = {"key": key, "name": field.name, "lines": mine, "kg": None}
        row["without"] = without
        if mine:
            items = tuple(
                item for item, line in zip(balance.inputs.items, found, strict=True) if line in mine
            )
            part = footprint(balance.inputs.model_copy(update={"items": items}))
            if without and not part.total_kg:
                mine = []  # A zero beside what could not be counted would read as an answer.
        if mine:
            row |= {"kg": part.total_kg, "low": part.low_kg, "high": part.high_kg}
            row["share"] = part.total_kg / balance.total_kg if balance.total_kg else math.nan
        state = "uncounted" if key in UNCOUNTED else "missing"
        row["words"] = "" if mine else words()["field"][state]
        rows.append(row)
    return rows


def _figure(rows: list[dict[str, Any]], dossier: Dossier) -> dict[str, str] | None:
    """Return the bars as two pictures that carry their alternative text."""
    shown = sorted((r for r in rows if r["kg"] is not None), key=lambda r: -r["kg"])
    if not shown or shown[0]["kg"] <= 0:
        return None
    w = words()["figure"]
    total = sum(r["kg"] for r in shown)
    made = bars(
        [r["name"] for r in shown], [r["kg"] / 1000 for r in shown], "t",
        title=w["title"].format(field=shown[0]["name"], share=percent(shown[0]["kg"] / total)),
        subtitle=w["subtitle"].format(title=dossier.inputs.title),
        note=Note(sources=(), licences=(), simulated=dossier.simulated),
        meaning=[r["key"] for r in shown],
        low=[r["low"] / 1000 for r in shown], high=[r["high"] / 1000 for r in shown], digits=1,
        head=w["field"],
    )  # fmt: skip
    return {
        "title": made.title, "subtitle": made.subtitle, "alt": made.alt,
        "wide": _picture(made, WIDE), "narrow": _picture(made, NARROW),
    }  # fmt: skip


def _picture(figure: Figure, width: int) -> str:
    # Its own style would make WeasyPrint reserve more height than the drawing has.
    svg = re.sub(r"(<svg[^>]*?) style=\"[^\"]*\"", r"\1", figure.svg(width), count=1)
    if "xmlns=" not in svg.partition(">")[0]:
        svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _difference(dossier: Dossier, balance: Footprint) -> dict[str, Any] | None:
    if dossier.previous is None:
        return None
    before = footprint(dossier.previous)
    parts = explain_difference(before, balance)
    names = words()["difference"]["parts"]
    steps, level = [], before.total_kg
    for part, kg in zip(parts["part"], parts["kg"], strict=True):
        level += float(kg)
        steps.append({"name": names[part]["name"], "why": names[part]["why"], "kg": float(kg),
                      "level": level})  # fmt: skip
    detail: pd.DataFrame = parts.attrs["detail"]
    return {
        "before": before, "steps": steps, "notes": parts.attrs["notes"],
        "total": balance.total_kg - before.total_kg, "missing": before.missing,
        "detail": [
            {"name": _activity(str(key)), "parts": [float(row[p]) for p in PARTS]}
            for key, row in detail.iterrows()
        ],
        "heads": [names[part]["name"] for part in PARTS],
    }  # fmt: skip


def _activity(key: str) -> str:
    return activities()[key].name if key in activities() else str(words()["card"]["published"])


def _plan(plan: Plan) -> list[dict[str, Any]]:
    return [
        {"name": field.name, "measures": [m for m in plan.measures if m.field == key]}
        for key, field in fields().items()
        if any(m.field == key for m in plan.measures)
    ]
