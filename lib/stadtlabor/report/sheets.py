"""The files beside the report: footprint, plan and raw rows, made for spreadsheets and editors."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

from stadtlabor.klimaschule.dossier import Dossier
from stadtlabor.klimaschule.footprint import Footprint, fields
from stadtlabor.klimaschule.footprint.quality import qualities
from stadtlabor.klimaschule.plan import Plan, rules
from stadtlabor.report.lines import Line, raw_rows
from stadtlabor.report.words import words

__all__ = ["footprint_csv", "plan_toml", "rows_csv"]

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would compute a text that begins so."""


def _csv(frame: pd.DataFrame) -> bytes:
    safe = frame.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(
                lambda cell: f"'{cell}" if str(cell).startswith(FORMULA) else cell
            )
    text = safe.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    return text.encode("utf-8-sig")  # the mark tells spreadsheets which letters these are


def footprint_csv(balance: Footprint) -> bytes:
    """Return one row per line, and the sum."""
    w = words()["sheet"]
    table = balance.lines.copy()
    table["field"] = [fields()[key].name if key in fields() else "" for key in table["field"]]
    table["kind"] = [qualities()[str(key)].name for key in table["kind"]]
    table["check"] = [words()["card"]["checks"].get(key, key) for key in table["check"]]
    table = table[list(w["columns"])]
    total: dict[str, Any] = dict.fromkeys(table.columns, "")
    total |= {"field": w["total"], "amount": math.nan, "factor": math.nan,
              "kg": balance.total_kg, "low": balance.low_kg, "high": balance.high_kg,
              "market_kg": balance.market_kg}  # fmt: skip
    table = pd.concat([table, pd.DataFrame([total])], ignore_index=True)
    return _csv(table.rename(columns=w["columns"]))


def rows_csv(dossier: Dossier, found: list[Line]) -> dict[str, bytes]:
    """Return the raw rows of each line by file name."""
    return {
        line.file: _csv(raw_rows(entry)) for line, entry in zip(found, dossier.entries, strict=True)
    }


def plan_toml(plan: Plan, school: str) -> str:
    """Return a plan as TOML that a person edits and :func:`read_zip` reads again."""
    w = words()["plan_file"]
    out = [f"# {w['head'].format(school=' '.join(school.split()))}", f"# {w['how']}", ""]
    out += ["[plan]", f"steps = [{', '.join(_quoted(s) for s in plan.steps)}]"]
    out += [f"# {step.key}: {step.name}" for step in rules().steps]
    if plan.neutral_by is None:
        out.append(f"# neutral_by = {rules().climate_neutral_by}   # {w['neutral']}")
    else:
        out.append(f"neutral_by = {plan.neutral_by}")
    for key, field in fields().items():
        mine = [m for m in plan.measures if m.field == key]
        if mine:
            out += ["", f"# {field.name}"]
        for m in mine:
            out += [
                "",
                "[[plan.measures]]",
                f"title = {_quoted(m.title)}",
                f"field = {_quoted(key)}",
            ]
            out.append(f"state = {_quoted(m.state)}   # {' · '.join(w['states'])}")
            out += [f"{n} = {_quoted(v)}" for n, v in (("key", m.key), ("who", m.who)) if v]
            if m.since:
                out.append(f"since = {m.since.isoformat()}")
            if m.saves_kg:
                out.append(f"saves_kg = [{m.saves_kg[0]:.1f}, {m.saves_kg[1]:.1f}]")
            if m.evidence:
                out.append(f"evidence = {_quoted(m.evidence)}")
    return "\n".join(out) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
