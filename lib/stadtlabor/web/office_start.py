"""What waits for whom: the first page of the vacancy office."""

from __future__ import annotations

from typing import Any

from stadtlabor.innenstadt.vacancy import Register, Standing, duplicates, work
from stadtlabor.web.office_door import Me
from stadtlabor.web.office_view import line, may_see
from stadtlabor.web.texts import texts

__all__ = ["tasks"]

MOST = 30
"""So many of one kind are shown; the rest follows when these are done."""


def tasks(register: Register, me: Me) -> list[dict[str, Any]]:
    """Return the kinds of work that wait for a person, the empty ones left out.

    Each has ``key``, ``title``, ``lead``, ``count`` and ``items``; an item has what
    :func:`stadtlabor.web.office_view.line` returns, and ``steps`` that need one click.
    """
    found = work(register)
    units = {n: s for n, s in register.units().items() if may_see(s, me)}
    publisher = me.role == "publisher"

    def items(names: Any, steps: tuple[str, ...], **more: Any) -> list[dict[str, Any]]:
        return [
            line(n, units[n]) | {"steps": steps, "version": units[n].version} | more
            for n in names
            if n in units
        ]

    release = [n for n in found.to_release if n in units]
    mine = [n for n in release if units[n].proposed_by == me.person or not publisher]
    lists: dict[str, list[dict[str, Any]]] = {
        "to_check": items(found.to_check, ("check", "refute") if me.inside else ()),
        "to_release": items([n for n in release if n not in mine], ("release", "withdraw")),
        "to_recheck": [
            one | {"age": age.german}
            for n, age in found.to_recheck
            for one in items([n], _rechecks(units.get(n)) if me.inside else ())
        ],
        "to_propose": items(found.to_propose, ("propose",)),
        "pending": items(found.pending, ("propose",)),
        "texts": [
            one
            | {
                "held": held,
                "harmless": _harmless(held.found),
                "clearable": publisher and _harmless(held.found),
            }
            for held in found.texts
            for one in items([held.unit], ())
        ],
        "photos": [
            one | {"photo": photo, "own": dict(units[n].photo_by).get(photo) == me.person}
            for n, photo in found.photos
            for one in items([n], ())
            if me.inside
        ],
        "duplicates": _twins(units) if me.inside else [],
        "waiting": items(mine, ("withdraw",)),
    }
    for one in lists["to_check"]:
        one["remarks"] = [text for _, text in register.remarks(one["id"])] if me.inside else []
    words = texts()["office"]["tasks"]
    return [
        {"key": key, **words[key], "count": len(some), "items": some[:MOST]}
        for key, some in lists.items()
        if some
    ]


def _rechecks(standing: Standing | None) -> tuple[str, ...]:
    if standing is None:
        return ()
    return ("recheck", "move_in" if standing.state == "placed" else "found_let")


def _harmless(found: Any) -> bool:
    return all(finding.kind == "named" for finding in found)


def _twins(units: dict[str, Standing]) -> list[dict[str, Any]]:
    alive = [s.facts for s in units.values() if s.state not in ("rejected", "archived") and s.facts]
    return [
        {
            "first": line(p.first, units[p.first]),
            "second": line(p.second, units[p.second]),
            "reasons": ", ".join(p.reasons),
            "id": p.first,
        }
        # A simulated unit is none, so no real one is its double.
        for invented in (False, True)
        for p in duplicates(u for u in alive if u.invented == invented)
    ]
