"""What a notebook must bring along before anybody reads its code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from stadtlabor.catalogue.cards import find, folder, missing
from stadtlabor.catalogue.policy import PolicyError, open_to_real_runs, policy
from stadtlabor.handover import read_source
from stadtlabor.publishing.contract import allowed_mail
from stadtlabor.publishing.private import found_in, private
from stadtlabor.realrun.table import NAME
from stadtlabor.realrun.words import said

__all__ = ["FALL_BACK", "Stated", "before", "stated", "threshold"]

FALL_BACK = 5
"""Smallest count of a row where no card says another."""

QUESTION = (10, 400)
"""Characters of the stated question."""

READERS = ("read", "aggregate", "latest", "grid")


class Stated(NamedTuple):
    """What the code says it reads and declares, each name once, in order."""

    real: tuple[str, ...]
    other: tuple[str, ...]
    tables: tuple[str, ...]

    @property
    def datasets(self) -> tuple[str, ...]:
        """Everything that it reads."""
        return tuple(dict.fromkeys((*self.real, *self.other)))


def before(source: str, question: str) -> list[str]:
    """Return German sentences about what is lacking; nothing is run for that.

    Parameters
    ----------
    source
        Notebook as JSON.
    question
        What the run is for.
    """
    notebook = read_source(source)
    if notebook is None:
        return [said("contract.no_notebook")]
    faults = []
    allowed = allowed_mail(notebook)
    shortest, longest = QUESTION
    if not shortest <= len(question.strip()) <= longest:
        faults.append(said("contract.question", shortest=shortest, longest=longest))
    if found_in(question, allowed):
        faults.append(said("contract.private_question"))
    for number, tree in _cells(notebook):
        if tree is None:
            faults.append(said("contract.no_python", cell=number))
            continue
        for call, kind in _calls(tree):
            if _name(call, "name" if kind == "release" else "dataset") is None:
                faults.append(said(f"contract.no_name_{_sort(kind)}", cell=number))
    found = stated(source)
    if not found.real:
        faults.append(said("contract.no_read"))
    if not found.tables:
        faults.append(said("contract.no_release"))
    faults += [said("contract.table_name", name=n) for n in found.tables if not NAME.fullmatch(n)]
    faults += [missing(name) for name in found.datasets if find(name) is None]
    faults += [fault for name in found.real if (fault := _closed(name))]
    return faults + [each.german for each in private(notebook, allowed)]


def stated(source: str) -> Stated:
    """Return what a notebook's code names: data sets and tables."""
    real: list[str] = []
    other: list[str] = []
    tables: list[str] = []
    for _, tree in _cells(read_source(source) or {"cells": []}):
        for call, kind in _calls(tree) if tree else ():
            name = _name(call, "name" if kind == "release" else "dataset")
            if name is not None:
                place = {"release": tables, "real": real}.get(kind, other)
                place.append(name if kind == "release" else name.partition("@")[0])
    return Stated(*(tuple(dict.fromkeys(each)) for each in (real, other, tables)))


def threshold(datasets: tuple[str, ...]) -> int:
    """Return the smallest count that a row of these data sets' tables may have."""
    cards = [find(name) for name in datasets]
    return max((card.k if card else FALL_BACK for card in cards), default=FALL_BACK)


def _sort(kind: str) -> str:
    return "table" if kind == "release" else "data"


def _closed(name: str) -> str:
    """Say in German why a data set is not for real runs; empty where it is."""
    card = find(name)
    if card is None:
        return ""  # said already
    try:
        plan = policy(folder() / "policies", card.policy)
    except PolicyError:
        return said("contract.closed", dataset=name, contact=card.contact.name)
    if open_to_real_runs(plan, datetime.now(UTC)):
        return ""
    return said("contract.closed", dataset=name, contact=card.contact.name)


def _cells(notebook: dict[str, Any]) -> Iterator[tuple[int, ast.Module | None]]:
    """Yield number and code of each code cell, None in place of what is no plain Python."""
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        try:
            yield number, ast.parse("".join(cell["source"]))
        except (SyntaxError, ValueError, RecursionError):
            yield number, None


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls that read or declare: ``real``, ``release`` or another reader."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        what, of = node.func.attr, node.func.value
        room = (
            of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""
        )
        if room == "realrun" and what in ("read", "release"):
            yield node, "real" if what == "read" else what
        elif room == "data" and what in READERS:
            yield node, what


def _name(call: ast.Call, keyword: str) -> str | None:
    """Return the first argument where it is written out, None elsewhere."""
    given = call.args[0] if call.args else next(
        (each.value for each in call.keywords if each.arg == keyword), None
    )  # fmt: skip
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return given.value
    return None
