"""The side of the pages: take in, have the code approved, check what was declared, release."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from contextlib import suppress
from typing import Any

from stadtlabor.handover import about, author, dropped, new_id, read_dropped, read_source
from stadtlabor.realrun import history, places, rules
from stadtlabor.realrun.answers import answer
from stadtlabor.realrun.contract import before, stated, threshold
from stadtlabor.realrun.errors import RealRunError
from stadtlabor.realrun.history import Row
from stadtlabor.realrun.holding import drop_tables, held_tables
from stadtlabor.realrun.intake import from_outcomes, hand_on
from stadtlabor.realrun.state import Request, replayed
from stadtlabor.realrun.sweep import sweep
from stadtlabor.realrun.words import said
from stadtlabor.store.files import write_durably

__all__ = ["approve", "collect", "findings", "give_back", "release", "source", "take"]

PUBLISHER = "publisher"
"""Role of those who may approve and release."""
_lock = threading.Lock()


def take(notebook: str, question: str, who: str, *, id_: str = "", name: str = "") -> str:
    """Take a notebook in; return its id.

    Parameters
    ----------
    notebook
        As JSON.
    question
        What the run is for.
    who
        Pseudonym of its author.
    id_
        Id that the author knows; default: a new one.
    name
        Name of the file, used where the notebook has no title.
    """
    id_ = id_ or new_id()
    plain = " ".join(question.split())
    faults = before(notebook, plain)
    found = read_source(notebook) or {"cells": []}
    title = str(about(found).get("title") or name or said("desk.untitled"))[:80]
    names = stated(notebook)

    def first(rows: list[Row]) -> dict[str, Any] | None:
        if any(row.subject == id_ for row in rows):
            return None
        if not faults:  # here: whoever knows an id must not exchange the code behind it
            write_durably(places.requests() / f"{id_}.ipynb", notebook.encode())
        return {
            "title": title, "question": plain[:400], "datasets": names.datasets,
            "tables": names.tables, "faults": [fault[:600] for fault in faults][:20],
            "source_sha256": hashlib.sha256(notebook.encode()).hexdigest(),
        }  # fmt: skip

    history.append(id_, "submitted", who, first)
    answer(id_)
    return id_


def collect() -> int:
    """Take in what people and the service have dropped; return how many that were."""
    with _lock:
        sweep()
        # In this order: an approved notebook that is no longer in the queue has an outcome.
        gone = hand_on()
        count = _from_inbox() + from_outcomes()
        hand_on(gone)
    return count


def approve(id_: str, who: str, role: str, *, not_own: bool) -> None:
    """Let the code of a request run on real values.

    Parameters
    ----------
    id_
        Request.
    who, role
        Pseudonym and role of the second person.
    not_own
        Whether that person has said that the notebook is not her own.

    Raises
    ------
    RealRunError
        If it does not wait for that, or this person may not (German sentence).
    """

    def step(rows: list[Row]) -> dict[str, Any]:
        one = _in_state(rows, id_, "request")
        _second(one, who, role, not_own)
        source(id_, one)
        return {"role": role, "token": new_id()}

    history.append(id_, "approved", who, step)
    hand_on([id_])
    answer(id_)


def release(id_: str, who: str, role: str, *, not_own: bool) -> None:
    """Give the declared tables to the author.

    Raises
    ------
    RealRunError
        As :func:`approve`; also if the tables break a rule or were changed.
    """

    def step(rows: list[Row]) -> dict[str, Any]:
        one = _in_state(rows, id_, "check")
        _second(one, who, role, not_own)
        against, _ = findings(one)
        if against:
            raise RealRunError(said("desk.against"))
        return {"role": role, "hash": one.hash}

    history.append(id_, "released", who, step)
    one = replayed(history.events())[id_]
    answer(id_)
    drop_tables(id_)
    _told(one)


def give_back(id_: str, who: str, role: str, reason: str) -> None:
    """Send a request back to its author, before or after its run; its tables are deleted.

    Raises
    ------
    RealRunError
        If it waits for nobody, no reason is given, or this person may not (German sentence).
    """
    plain = " ".join(reason.split())[:500]

    def step(rows: list[Row]) -> dict[str, Any]:
        one = _in_state(rows, id_, "request", "check")
        if role != PUBLISHER:
            raise RealRunError(said("desk.role"))
        if not plain:
            raise RealRunError(said("desk.reason"))
        against = findings(one)[0] if one.state == "check" else []
        return {"reason": plain, "role": role, "faults": against[:20]}

    history.append(id_, "returned", who, step)
    drop_tables(id_)
    answer(id_)


def source(id_: str, one: Request) -> str:
    """Return the notebook that was handed in, as JSON.

    Raises
    ------
    RealRunError
        If it is gone or not what it was (German sentence).
    """
    try:
        content = (places.requests() / f"{id_}.ipynb").read_bytes()
    except OSError:
        raise RealRunError(said("desk.no_code")) from None
    if hashlib.sha256(content).hexdigest() != one.source_sha256:
        raise RealRunError(said("desk.changed"))
    return content.decode()


def findings(one: Request) -> tuple[list[str], list[str]]:
    """Return what speaks against releasing the tables, and what a person should look at."""
    try:
        tables = held_tables(one)
    except RealRunError as error:
        return [str(error)], []
    against = rules.faults(tables, one.reads, threshold(one.datasets))
    against += [said("outputs.other_name") for t in tables if t.name not in one.tables][:1]
    hints = rules.notes(tables, one.reads)
    earlier = [each for each in replayed(history.events()).values()
               if each.author == one.author and each.state == "released"
               and set(each.datasets) & set(one.datasets)]  # fmt: skip
    if earlier:
        hints.append(said("notes.earlier", count=len(earlier)))
    return against, hints


def _from_inbox() -> int:
    count = 0
    for path in dropped(places.inbox()):
        with suppress(OSError, ValueError, KeyError, TypeError):
            content, uid = read_dropped(path)
            order = json.loads(content)
            id_, notebook = str(order["id"]), str(order["source"])
            if re.fullmatch(r"[0-9a-f]{32}", id_):
                take(notebook, str(order["question"]), author(uid, str(order.get("who", ""))),
                     id_=id_, name=str(order.get("name", "")))  # fmt: skip
                count += 1
        with suppress(OSError):
            path.unlink()
    return count


def _second(one: Request, who: str, role: str, not_own: bool) -> None:
    """Refuse whoever is not a second person."""
    if role != PUBLISHER:
        raise RealRunError(said("desk.role"))
    if one.author == who:
        raise RealRunError(said("desk.own"))
    if not not_own:
        raise RealRunError(said("desk.own_unsaid"))


def _in_state(rows: list[Row], id_: str, *states: str) -> Request:
    one = replayed(rows).get(id_)
    if one is None:
        raise RealRunError(said("desk.unknown"))
    if one.state not in states:
        raise RealRunError(
            said("desk.other_state", title=one.title, state=said(f"states.{one.state}"))
        )
    return one


def _told(one: Request) -> None:
    from stadtlabor.evidence.lineage import dataset, event, facet, note

    known = {(read["dataset"], read["version"]) for read in one.reads}
    inputs = [dataset(name, version) for name, version in sorted(known)]
    told = event(f"realrun/{one.title}", one.hash, inputs, [dataset(f"echter-lauf/{one.hash}")],
                 facets={"stadtlabor_version": facet(notebook=one.source_sha256)})  # fmt: skip
    with suppress(OSError):
        note(places.lineage(), told)
