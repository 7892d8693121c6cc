"""Forget what has been kept long enough."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from stadtlabor.realrun import history, places
from stadtlabor.realrun.answers import answer
from stadtlabor.realrun.history import Row
from stadtlabor.realrun.holding import drop_tables
from stadtlabor.realrun.state import Request, replayed
from stadtlabor.realrun.words import said

__all__ = ["sweep"]

EVERY_S = 3600.0
_swept = [-EVERY_S]


def sweep(now: datetime | None = None) -> None:
    """Delete what is older than :mod:`stadtlabor.realrun.places` says; once an hour at most.

    Tables that nobody decides on go back after a while; code, answers and released tables go; the
    history stays.
    """
    if now is None:
        if time.monotonic() - _swept[0] < EVERY_S:
            return
        _swept[0] = time.monotonic()
    moment = now or datetime.now(UTC)
    known = replayed(history.events())
    for one in known.values():
        last = one.events[-1].at
        if one.state == "check" and moment - last > timedelta(days=places.HELD_DAYS):
            _lapse(one.id)
        elif one.ended_at and moment - one.ended_at > timedelta(days=_days(one)):
            (places.answers() / f"{one.id}.json").unlink(missing_ok=True)
            (places.requests() / f"{one.id}.ipynb").unlink(missing_ok=True)
    # Tables of a decision that a power cut has interrupted.
    for path in places.held().glob("*.json"):
        found = known.get(path.stem)
        if found is None or found.state in ("released", "returned"):
            answer(path.stem)
            drop_tables(path.stem)


def _days(one: Request) -> float:
    return places.KEPT_DAYS if one.state == "released" else places.CODE_DAYS


def _lapse(id_: str) -> None:
    def step(rows: list[Row]) -> dict[str, Any] | None:
        late = replayed(rows)[id_].state == "check"
        return {"reason": said("desk.lapsed", days=f"{places.HELD_DAYS:g}")} if late else None

    history.append(id_, "lapsed", "aufbewahrung", step)
    drop_tables(id_)
    answer(id_)
