"""Between the pages and the service that runs: orders go out, outcomes come back."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from stadtlabor.evidence.inputs import cited
from stadtlabor.handover import drop, dropped, read_dropped
from stadtlabor.realrun import history, places
from stadtlabor.realrun.answers import answer
from stadtlabor.realrun.history import Row
from stadtlabor.realrun.holding import hold
from stadtlabor.realrun.state import Request, replayed
from stadtlabor.realrun.words import words

__all__ = ["SERVICE", "from_outcomes", "hand_on"]

log = logging.getLogger(__name__)

SERVICE = "echter-lauf"
"""Pseudonym of the service in the history."""

_OPEN = ("waiting", "running")


def hand_on(missing: Iterable[str] = ()) -> list[str]:
    """Put approved notebooks into the queue where they are not.

    Parameters
    ----------
    missing
        Ids that an earlier call has missed there; only these are put.

    Returns
    -------
    list of str
        Ids that were missing in the queue.
    """
    known = replayed(history.events())
    open_ = [one for one in known.values() if one.state in _OPEN]
    gone = [one for one in open_ if not (places.queue() / f"{one.token}.json").exists()]
    wanted = set(missing)
    for one in gone:
        if one.id not in wanted:
            continue
        with suppress(OSError):
            content = (places.requests() / f"{one.id}.ipynb").read_bytes()
            if hashlib.sha256(content).hexdigest() != one.source_sha256:
                log.error("Der Quelltext von %s wurde verändert; er läuft nicht", one.id[:8])
                continue
            order = {"token": one.token, "source": content.decode(), "datasets": one.datasets}
            drop(places.queue(), f"{one.token}.json", json.dumps(order).encode())
    return [one.id for one in gone]


def from_outcomes() -> int:
    """Take in what the service tells of its runs; return how many rows that gave."""
    count = 0
    for path in dropped(places.outcomes()):
        try:
            content, user = read_dropped(path)
            told = json.loads(content)
            # Anybody can put a file here; only those of the service count.
            if user != places.worker_user():
                raise ValueError(user)
            count += _taken(str(told["token"]), str(told["kind"]), told)
        except (OSError, ValueError, KeyError, TypeError):
            log.warning("Eine Rückmeldung eines echten Laufs ist nicht lesbar")
        with suppress(OSError):
            path.unlink()
    return count


def _taken(token: str, kind: str, told: dict[str, Any]) -> bool:
    """Note one report; nothing where nobody waits for it any more."""
    one = next((o for o in replayed(history.events()).values()
                if o.token and o.token == token and o.state in _OPEN), None)  # fmt: skip
    if one is None:
        return False
    if kind == "started":
        content: dict[str, Any] = {}
    elif kind == "finished":
        content = {"hash": hold(one.id, list(told["tables"])), "reads": _reads(told["reads"], one)}
    else:
        kind = "failed"
        # From a list, so that no word of the notebook's own gets out this way.
        known = told["failure"] in words()["failures"]
        content = {"failure": told["failure"] if known else "broken", "cell": int(told["cell"])}

    def first(rows: list[Row]) -> dict[str, Any] | None:
        return content if replayed(rows)[one.id].state in _OPEN else None

    row = history.append(one.id, kind, SERVICE, first)
    answer(one.id)
    return row is not None


def _reads(told: list[Any], one: Request) -> list[dict[str, Any]]:
    """Return what was read, of which only names and numbers are taken over."""
    found = []
    for each in told:
        if each["dataset"] not in one.datasets:
            continue
        citation = next(iter(cited(str(each.get("citation", "")))), ("", -1, ""))
        sha = citation[2] if re.fullmatch(r"[0-9a-f]{0,64}", citation[2]) else ""
        found.append({
            "dataset": each["dataset"], "rows": int(each["rows"]), "single": bool(each["single"]),
            "version": int(citation[1]), "sha256": sha,
        })  # fmt: skip
    return found
