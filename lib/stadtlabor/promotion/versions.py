"""Versions of a pipeline and the aliases that point at them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from stadtlabor.promotion import registry
from stadtlabor.promotion.archive import keep_source
from stadtlabor.promotion.errors import PromotionError
from stadtlabor.promotion.parameters import checked, read_parameters
from stadtlabor.promotion.pipeline import Pipeline
from stadtlabor.promotion.registry import Event

__all__ = ["ALIASES", "State", "Version", "adopt", "register", "rollback", "state"]

ALIASES = ("champion", "challenger")


@dataclass(frozen=True)
class Version:
    """One version: an archived notebook with its parameters.

    Attributes
    ----------
    number
        Counts from 1 per pipeline.
    id
        SHA-256 over notebook and parameters.
    notebook_hash
        Source in the archive.
    settings
        The whole :class:`Pipeline` at that time.
    at, who, why
        When it was registered (UTC), by whom, with which reason.
    """

    number: int
    id: str
    notebook_hash: str
    settings: dict[str, Any]
    at: pd.Timestamp
    who: str
    why: str


@dataclass
class State:
    """What holds for a pipeline now.

    Attributes
    ----------
    versions
        By number.
    champion, challenger
        Numbers, 0 where there is none.
    before
        Former champions, the last one at the end.
    events
        All rows, oldest first.
    """

    versions: dict[int, Version] = field(default_factory=dict)
    champion: int = 0
    challenger: int = 0
    before: list[int] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def known(self, id_: str) -> Version | None:
        """Return the newest version with this id."""
        same = [version for version in self.versions.values() if version.id == id_]
        return same[-1] if same else None


def state(name: str) -> State:
    """Return what holds for a pipeline now."""
    return _replayed(registry.events(name))


def register(pipeline: Pipeline, why: str, who: str = "", alias: str = "") -> Version:
    """Archive a pipeline's notebook with its parameters as a version.

    The first version becomes champion, for there is nothing to compare it with; any other one
    becomes challenger. A version that is known is not registered twice.

    Parameters
    ----------
    pipeline
        As it shall be; its parameters are checked against the notebook.
    why, who
        For the register.
    alias
        ``champion`` or ``challenger``; default: as above.

    Raises
    ------
    PromotionError
        If the notebook has no ``parameters`` cell, or a parameter does not fit (German sentence).
    """
    source = pipeline.source()
    checked(read_parameters(source, pipeline.notebook), pipeline.parameters, pipeline.notebook)
    kept = keep_source(source)
    id_ = _id(kept, pipeline.parameters)
    settings = pipeline.model_dump(exclude={"version", "notebook_hash"})

    def new(rows: list[Event]) -> tuple[str, dict[str, Any]] | None:
        now = _replayed(rows)
        if now.known(id_):
            return None
        number = len(now.versions) + 1
        content = {"number": number, "id": id_, "notebook_hash": kept, "settings": settings}
        return "version", content

    registry.append(pipeline.name, new, why, who)
    version = state(pipeline.name).known(id_)
    assert version is not None  # noqa: S101  # appended above, and nothing is ever removed
    assign(pipeline.name, version.number, why, who, alias)
    return version


def assign(name: str, number: int, why: str, who: str = "", alias: str = "") -> None:
    """Point an alias at a version; without one as :func:`register` says."""

    def new(rows: list[Event]) -> tuple[str, dict[str, Any]] | None:
        now = _replayed(rows)
        chosen = alias or ("challenger" if now.champion else "champion")
        if number == now.champion or getattr(now, chosen) == number:
            return None
        return "alias", {"alias": chosen, "number": number}

    registry.append(name, new, why, who)


def adopt(pipelines: Iterable[Pipeline]) -> None:
    """Register notebooks of the list that have changed on the disk.

    A changed notebook of a gated pipeline is a challenger; any other goes into operation, unless
    that version was rolled back before.
    """
    for pipeline in pipelines:
        now = state(pipeline.name)
        kept = hashlib.sha256(pipeline.source().encode()).hexdigest()
        if now.known(_id(kept, pipeline.parameters)):
            continue
        alias = "challenger" if pipeline.gated and now.champion else "champion"
        why = "Notebook oder Angaben geändert" if now.versions else "Erste Fassung"
        register(pipeline, why, alias=alias)


def rollback(name: str, why: str, who: str = "") -> Version:
    """Put the previous champion back into operation.

    Raises
    ------
    PromotionError
        If there is none (German sentence).
    """

    def back(rows: list[Event]) -> tuple[str, dict[str, Any]]:
        now = _replayed(rows)
        if not now.before:
            raise PromotionError(
                f"Von „{name}“ gibt es keine frühere Fassung im Betrieb. Es bleibt alles, wie es "
                "ist."
            )
        return "rollback", {"number": now.before[-1], "from": now.champion}

    registry.append(name, back, why, who)
    now = state(name)
    return now.versions[now.champion]


def _id(notebook_hash: str, parameters: dict[str, Any]) -> str:
    text = json.dumps([notebook_hash, parameters], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _replayed(rows: list[Event]) -> State:
    now = State(events=rows)
    for row in rows:
        content = row.content
        if row.kind == "version":
            known = Version(
                content["number"], content["id"], content["notebook_hash"], content["settings"],
                row.at, row.who, row.why,
            )  # fmt: skip
            now.versions[known.number] = known
        elif row.kind == "alias" and content["alias"] == "champion":
            _crown(now, content["number"])
        elif row.kind == "alias":
            now.challenger = content["number"]
        elif row.kind == "decision" and content["accepted"]:
            _crown(now, content["challenger"])
        elif row.kind == "rollback":
            now.champion = now.before.pop()
    return now


def _crown(now: State, number: int) -> None:
    if now.champion:
        now.before.append(now.champion)
    now.champion = number
    if now.challenger == number:
        now.challenger = 0
