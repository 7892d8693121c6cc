"""Real runs on the pages of the staff: ``/leerstand/amt/datenlauf``."""

from __future__ import annotations

import json
import time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from stadtlabor.catalogue.cards import find
from stadtlabor.realrun import desk as work
from stadtlabor.realrun.cells import shown
from stadtlabor.realrun.contract import threshold
from stadtlabor.realrun.errors import RealRunError
from stadtlabor.realrun.history import verify
from stadtlabor.realrun.holding import held_tables
from stadtlabor.realrun.state import STATES, requests
from stadtlabor.realrun.state import Request as RealRun
from stadtlabor.realrun.table import Table
from stadtlabor.realrun.words import said
from stadtlabor.ui.texts import number
from stadtlabor.web.office_desk import Desk
from stadtlabor.web.office_door import PREFIX, Me
from stadtlabor.web.publishing import when
from stadtlabor.web.texts import texts

__all__ = ["realrun_desk"]

HERE = f"{PREFIX}/datenlauf"
MOST = 50
PATIENCE_S = 60 * 30
"""A run takes a quarter of an hour at most; after twice that long the service is asked about."""


def realrun_desk(desk: Desk) -> APIRouter:
    """Return the addresses below ``/leerstand/amt/datenlauf``."""
    router, words = desk.door.router(), texts()["realrun"]

    def enter(request: Request) -> Me:
        me = desk.door.enter(request)
        if not me.inside:
            raise HTTPException(404)
        return me

    def listed(request: Request, me: Me, told: str = "") -> Response:
        work.collect()
        known = requests()
        shelves = [
            {"state": state, **words["shelves"][state],
             "items": [_line(one, me) for one in known if one.state == state][:MOST]}
            for state in STATES
        ]  # fmt: skip
        return desk.show(
            request, me, "realrun_desk.html", told=told, w=words, place=HERE, shelves=shelves,
            waits=_waits(), whole=verify(),
        )  # fmt: skip

    def detailed(request: Request, me: Me, id_: str, fault: str = "") -> Response:
        work.collect()
        one = next((each for each in requests() if each.id == id_), None)
        if one is None:
            return desk.refuse(request, me, said("desk.unknown"))
        against, hints = work.findings(one) if one.state == "check" else ([], [])
        tables = _tables(one) if one.state == "check" else []
        open_ = one.state in ("request", "check")
        return desk.show(
            request, me, "realrun_request.html", fault=fault, w=words, place=HERE,
            one=_line(one, me), cells=_cells(one), data=_data(one), against=against, hints=hints,
            tables=tables, steps=_steps(one, desk.people()), names=", ".join(one.tables),
            passed=words["passed"] if tables and not against else [],
            k=number(threshold(one.datasets)), own=one.author == me.person, open=open_,
            decides=open_ and me.role == work.PUBLISHER and one.author != me.person,
        )  # fmt: skip

    @router.get("/datenlauf")
    def start(request: Request, getan: str = "") -> Response:
        return listed(request, enter(request), words["done"].get(getan, ""))

    @router.get("/datenlauf/{id_}")
    def look(request: Request, id_: str) -> Response:
        return detailed(request, enter(request), id_)

    @router.post("/datenlauf/{id_}")
    async def decide(request: Request, id_: str) -> Response:
        me, given = await desk.door.given(request)
        if not me.inside:
            raise HTTPException(404)
        move = given.get("move", "")
        try:
            await run_in_threadpool(_decided, me, id_, move, given)
        except RealRunError as error:
            return await run_in_threadpool(detailed, request, me, id_, str(error))
        return RedirectResponse(f"{HERE}?getan={move}", 303)

    return router


def _decided(me: Me, id_: str, move: str, given: dict[str, str]) -> None:
    not_own = given.get("not_own") == "1"
    if move == "approve":
        work.approve(id_, me.person, me.role, not_own=not_own)
    elif move == "release":
        work.release(id_, me.person, me.role, not_own=not_own)
    elif move == "return":
        work.give_back(id_, me.person, me.role, given.get("reason", ""))
    else:
        raise RealRunError(texts()["realrun"]["unknown_move"])


def _line(one: RealRun, me: Me) -> dict[str, Any]:
    """Return what the desk shows of a request."""
    words = texts()["realrun"]
    failed = said(f"failures.{one.failure}") if one.failure else ""
    where = words["failed_cell"].format(cell=one.cell) if one.cell else words["failed"]
    return {
        "id": one.id, "title": one.title, "question": one.question, "state": one.state,
        "state_german": said(f"states.{one.state}"), "at": when(one.at),
        "ended": when(one.ended_at), "faults": one.faults, "reason": one.reason,
        "from": words["authors"]["own" if one.author == me.person else "lab"],
        "failure": f"{where} {failed}" if failed else "",
    }  # fmt: skip


def _cells(one: RealRun) -> list[dict[str, Any]]:
    """Return the cells as a person reads them; none where the code is gone."""
    try:
        cells = json.loads(work.source(one.id, one))["cells"]
    except (RealRunError, ValueError, KeyError):
        return []
    found = [
        {"number": n, "code": cell["cell_type"] == "code", "text": "".join(cell["source"])}
        for n, cell in enumerate(cells, start=1)
    ]
    return [cell for cell in found if cell["text"].strip()]


def _data(one: RealRun) -> list[dict[str, str]]:
    """Return what is read: title, name of the card, how many values."""
    words, found = texts()["realrun"]["detail"], []
    for name in one.datasets:
        card = find(name)
        rows = [read["rows"] for read in one.reads if read["dataset"] == name]
        read = words["rows"].format(n=number(sum(rows))) if rows else ""
        found.append({"title": card.title if card else name, "id": card.id if card else "",
                      "read": read})  # fmt: skip
    return found


def _tables(one: RealRun) -> list[dict[str, Any]]:
    try:
        tables = held_tables(one)
    except RealRunError:
        return []
    return [_shown(table) for table in tables]


def _shown(table: Table) -> dict[str, Any]:
    columns = [{"name": column.name, "number": column.kind in ("whole", "number"),
                "count": column.name == table.count} for column in table.columns]  # fmt: skip
    return {
        "name": table.name, "count": table.count, "columns": columns,
        "rows": [[shown(cell, column.kind) for cell, column in zip(row, table.columns, strict=True)]
                 for row in table.rows],
    }  # fmt: skip


def _steps(one: RealRun, people: dict[str, str]) -> list[tuple[str, str]]:
    """Return the history: when and what; persons by what the staff call them."""
    words = texts()["realrun"]["steps"]
    return [
        (when(row.at), words[row.kind].format(who=people.get(row.who, words["somebody"])))
        for row in one.events
    ]


def _waits() -> bool:
    """Tell whether an approved notebook has waited for longer than any run takes."""
    oldest = min((r.events[-1].at.timestamp() for r in requests()
                  if r.state in ("waiting", "running")), default=time.time())  # fmt: skip
    return time.time() - oldest > PATIENCE_S
