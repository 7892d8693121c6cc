"""What an author is told, in a file that only who knows the id finds."""

from __future__ import annotations

import json
from typing import Any

from stadtlabor.realrun import history, places
from stadtlabor.realrun.errors import RealRunError
from stadtlabor.realrun.holding import held_tables
from stadtlabor.realrun.state import Request, replayed

__all__ = ["answer"]


def answer(id_: str) -> None:
    """Write down how a request stands; its tables only once they are released."""
    one = replayed(history.events()).get(id_)
    if one is None:
        return
    facts = {
        "state": one.state, "title": one.title, "reason": one.reason, "faults": list(one.faults),
        "failure": one.failure, "cell": one.cell,
        "tables": _tables(one) if one.state == "released" else [],
    }  # fmt: skip
    places.answers().mkdir(parents=True, exist_ok=True)
    draft = places.answers() / f".{id_}"
    draft.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    draft.rename(places.answers() / f"{id_}.json")


def _tables(one: Request) -> list[dict[str, Any]]:
    """Return the released tables; once they have been told, they lie here alone."""
    try:
        return [table.plain() for table in held_tables(one)]
    except RealRunError:
        told = json.loads((places.answers() / f"{one.id}.json").read_text("utf-8"))
        return list(told["tables"])
