"""Notebooks in operation, as their pages show them."""

from __future__ import annotations

import json
import re
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from stadtlabor.city import city
from stadtlabor.promotion import Pipeline, PromotionError, Run, in_operation, state
from stadtlabor.promotion.archive import newest
from stadtlabor.promotion.difference import Changed, changed_values
from stadtlabor.promotion.registry import Event
from stadtlabor.promotion.schedule import due_by_clock
from stadtlabor.ui.texts import age
from stadtlabor.web.texts import texts

__all__ = [
    "again",
    "answer",
    "decisions",
    "facts",
    "overview",
    "row",
    "stale",
    "status",
    "values",
    "versions",
    "when",
]

HASH_DIGITS = 16
STALE = pd.Timedelta("15min")
"""Three frames: older results of a grid say nothing about now."""
GRACE = pd.Timedelta("1h")
"""So long a run by the clock may take until it counts as missing."""
TRACE = ("input_hash", "notebook_hash", "parameter_hash", "code_hash", "key")


def when(instant: pd.Timestamp) -> str:
    """Return a time as people of the city write it."""
    return f"{instant.tz_convert(ZoneInfo(city().city.timezone)):%d.%m.%Y, %H:%M} Uhr"


def overview() -> tuple[list[dict[str, Any]], str]:
    """Return one line per pipeline, and the sentence on top."""
    words = texts()["runs"]
    try:
        known = in_operation()
    except PromotionError as error:
        return [], words["unread"].format(reason=error)
    lines = []
    for pipeline in known:
        last = next(iter(newest(pipeline.name, 1)), None)
        lines.append(
            {
                "name": pipeline.name,
                "title": pipeline.title or pipeline.name,
                "trigger": _trigger(pipeline),
                "version": words["version"].format(number=pipeline.version)
                if pipeline.version
                else words["file"],
                "last": row(last) if last else None,
                "stale": bool(last and stale(pipeline, last)),
            }
        )
    return lines, answer(lines)


def answer(lines: list[dict[str, Any]]) -> str:
    """Return how many are in operation and whether all is well."""
    words = texts()["runs"]
    if not lines:
        return str(words["none"])
    count = words["answer_one" if len(lines) == 1 else "answer_many"].format(n=len(lines))
    bad = ", ".join(line["title"] for line in lines if line["last"] and not line["last"]["good"])
    never = ", ".join(line["title"] for line in lines if not line["last"])
    old = ", ".join(line["title"] for line in lines if line["stale"])
    parts = [f"{count}."]
    if old:
        parts.append(words["answer_stale"].format(names=old))
    if bad:
        parts.append(words["answer_bad"].format(names=bad))
    if never:
        parts.append(words["answer_never"].format(names=never))
    if not bad and not never and not old:
        parts.append(words["answer_good"])
    return " ".join(parts)


def stale(pipeline: Pipeline, run: Run) -> str:
    """Return how old the newest run is, where that is older than it may be; else nothing."""
    now = pd.Timestamp.now("UTC")
    behind = now - run.issue
    if pipeline.datasets and behind > STALE:
        return str(age(behind))
    overdue = due_by_clock(pipeline, now - GRACE)
    return str(age(behind)) if overdue else ""


def status(pipeline: Pipeline, run: Run | None) -> str:
    """Return in one sentence whether a pipeline is all right."""
    words = texts()["runs"]["pipeline"]
    if run is None:
        return str(words["never"])
    last = row(run)
    if not last["good"]:
        return str(words["last_bad"].format(**last))
    old = stale(pipeline, run)
    return str(words["last_stale" if old else "last_good"].format(**last, age=old))


def row(run: Run) -> dict[str, Any]:
    """Return what a table says about a run."""
    words = texts()["runs"]
    good = run.status == "done"
    return {
        "run": run.folder.name,
        "issue": when(run.issue),
        "good": good,
        "state": words["done"] if good else words["failed"],
        "reason": run.reason,
        "seconds": words["seconds"].format(n=_number(run.seconds)),
        "version": words["version"].format(number=run.version) if run.version else words["file"],
        "data": run.data_version or words["no_data"],
    }


def versions(name: str) -> list[dict[str, Any]]:
    """Return one line per version, newest first."""
    words, now = texts()["runs"]["pipeline"], state(name)
    role = dict.fromkeys(now.before, words["former"])
    role |= {now.challenger: words["challenger"], now.champion: words["champion"]}
    return [
        {
            "number": version.number,
            "at": when(version.at),
            "role": role.get(version.number, ""),
            "why": version.why,
            "before": version.number - 1,
        }
        for version in reversed(now.versions.values())
    ]


def decisions(rows: list[Event]) -> list[dict[str, str]]:
    """Return decisions of the gate and ways back, newest first."""
    words = texts()["runs"]["pipeline"]
    told = []
    for event in reversed(rows):
        content = event.content
        if event.kind == "decision":
            shown = {name: _number(content[name], 4) for name in ("difference", "low", "high")}
            what = words["accepted" if content["accepted"] else "refused"].format(**content)
            figures = words["figures"].format(**{**content, **shown})
            reasons = " ".join([figures, *content["faults"]])
        elif event.kind == "rollback":
            what, reasons = words["rollback"].format(**content), ""
        else:
            continue
        told.append({"at": when(event.at), "what": what, "why": event.why, "reasons": reasons})
    return told


def values(run: Run, before: Run | None) -> list[Changed]:
    """Return the result of a run beside that of the run before."""
    found = changed_values(before.result if before else {}, run.result)
    return [Changed(each.name, _german(each.before), _german(each.now)) for each in found]


def facts(run: Run) -> list[tuple[str, str]]:
    """Return where a run comes from: name and value."""
    words = texts()["runs"]["facts"]
    asked = ", ".join(f"{name} = {value}" for name, value in run.passed.items())
    found = {
        "issue": when(run.issue),
        "parameters": asked,
        "data_version": run.data_version,
        "commit": run.commit,
        "version": str(run.version or ""),
        "cells": str(run.cells),
        "attempts": str(run.attempts),
        **{name: getattr(run, name)[:HASH_DIGITS] for name in TRACE},
        **{name: value[:HASH_DIGITS] for name, value in run.environment.items()},
    }
    return [(words[name], found[name]) for name in words if found.get(name)]


def again(run: Run) -> str:
    """Return what came out when the run was done again, or how to do it."""
    words = texts()["runs"]["run"]
    try:
        told = json.loads((run.folder / "rerun.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return str(words["again"].format(name=f"{run.pipeline}/{run.folder.name}"))
    at, other = when(pd.Timestamp(told["at"])), ", ".join(told["differences"])
    return str(words["again_other" if other else "again_same"].format(at=at, names=other))


def _trigger(pipeline: Pipeline) -> str:
    words = texts()["runs"]
    if pipeline.datasets:
        return str(words["frames"])
    if daily := re.fullmatch(r"(\d{1,2}) (\d{1,2}) \* \* \*", pipeline.cron):
        return str(words["daily"].format(hour=daily[2], minute=daily[1].zfill(2)))
    return str(words["clock"].format(cron=pipeline.cron) if pipeline.cron else words["asked"])


def _german(value: str) -> str:
    """Write numbers and truth as people here do; all else stays."""
    if re.fullmatch(r"-?\d+\.\d+", value):
        return value.replace(".", ",")
    words = texts()["runs"]
    return str({"true": words["yes"], "false": words["no"], "null": ""}.get(value, value))


def _number(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}".replace(".", ",")
