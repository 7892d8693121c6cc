"""The side of the pages: take in what was handed in, note findings, decide."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import threading
from contextlib import suppress
from typing import Any

from stadtlabor.handover import about, author, drop, dropped, new_id, read_dropped, read_source
from stadtlabor.publishing import history, places
from stadtlabor.publishing.child import OUTCOME
from stadtlabor.publishing.errors import PublishingError
from stadtlabor.publishing.findings import afterwards
from stadtlabor.publishing.history import Event
from stadtlabor.publishing.state import Submission, replayed
from stadtlabor.publishing.version import MANIFEST, Version, keep, read_version
from stadtlabor.publishing.words import said

__all__ = ["approve", "checked_version", "collect", "give_back", "revoke", "take"]

log = logging.getLogger(__name__)

_lock = threading.Lock()


def take(source: str, who: str, *, staff: bool = False, id_: str = "", name: str = "") -> str:
    """Take a notebook in and send it to its check; return its id.

    Parameters
    ----------
    source
        Notebook as JSON.
    who
        Pseudonym.
    staff
        True where it is somebody with a key.
    id_
        Id that its author knows; default: a new one.
    name
        Name of the file, for the address; default: made from the title.
    """
    id_ = id_ or new_id()
    notebook = read_source(source) or {}
    title = str(about(notebook).get("title") or said("desk.untitled"))[:60]
    slug = _slug(name or title)

    def first(rows: list[Event]) -> dict[str, Any] | None:
        if any(row.subject == id_ for row in rows):
            return None
        sha = hashlib.sha256(source.encode()).hexdigest()
        return {"slug": slug, "title": title, "staff": staff, "source_sha256": sha}

    history.append(id_, "submitted", who, first)
    order = json.dumps({"id": id_, "source": source}, ensure_ascii=False)
    drop(places.queue(), f"{new_id()}.json", order.encode())
    return id_


def collect() -> int:
    """Take in what people have dropped, and note the findings of checks; return how many."""
    with _lock:
        return _from_inbox() + _from_checks()


def approve(id_: str, who: str, role: str, *, not_own: bool) -> Version:
    """Make a notebook public.

    Parameters
    ----------
    id_
        Submission.
    who, role
        Pseudonym and role of the second person.
    not_own
        Whether that person has said that the notebook is not her own.

    Raises
    ------
    PublishingError
        If it is not in review, or the second person is the first (German sentence).
    """
    checked = checked_version(id_)
    if not not_own:
        raise PublishingError(said("desk.own_unsaid"))
    # Once more here: whoever runs notebooks must not have the last word on what they show.
    executed = json.loads(checked.read("notebook.ipynb"))
    if faults := afterwards(executed, checked.read("page.html")):
        raise PublishingError(" ".join(faults))
    with _lock:
        kept = keep(checked.folder, checked.hash)

    def decision(rows: list[Event]) -> dict[str, Any]:
        one = _in_state(rows, id_, "review")
        if one.author == who:
            raise PublishingError(said("desk.own"))
        if one.hash != kept.hash:
            raise PublishingError(said("desk.other"))
        return {"hash": kept.hash, "role": role}

    history.append(id_, "approved", who, decision)
    slug = replayed(history.events())[id_].slug
    for one in replayed(history.events()).values():
        if one.slug == slug:  # the one whose place it has taken too
            _answer(one.id)
    _told(kept)
    return kept


def give_back(id_: str, who: str, reason: str) -> None:
    """Send a notebook back to its author.

    Raises
    ------
    PublishingError
        If it is not in review or no reason is given (German sentence).
    """
    _step(id_, "returned", who, "review", reason)


def revoke(id_: str, who: str, reason: str = "") -> None:
    """Take a public notebook back; it is gone from the pages at once.

    Raises
    ------
    PublishingError
        If it is not public (German sentence).
    """
    _step(id_, "revoked", who, "public", reason or said("desk.no_reason"))


def checked_version(id_: str) -> Version:
    """Return the version that waits for approval.

    Raises
    ------
    PublishingError
        If there is none (German sentence).
    """
    one = _in_state(history.events(), id_, "review")
    if not one.hash:
        raise PublishingError(said("desk.not_checked"))
    found = read_version(places.checks() / id_ / "version")
    if found.hash != one.hash:
        raise PublishingError(said("version.changed", hash=one.hash[:12], file=MANIFEST))
    return found


def _step(id_: str, kind: str, who: str, state: str, reason: str) -> None:
    plain = " ".join(reason.split())[:500]
    if not plain:
        raise PublishingError(said("desk.reason"))

    def step(rows: list[Event]) -> dict[str, Any]:
        _in_state(rows, id_, state)
        return {"reason": plain}

    history.append(id_, kind, who, step)
    _answer(id_)


def _in_state(rows: list[Event], id_: str, state: str) -> Submission:
    one = replayed(rows).get(id_)
    if one is None:
        raise PublishingError(said("desk.unknown"))
    if one.state != state:
        raise PublishingError(
            said(f"desk.not_{state}", title=one.title, state=said(f"states.{one.state}"))
        )
    return one


def _from_inbox() -> int:
    count = 0
    for path in dropped(places.inbox()):
        try:
            content, uid = read_dropped(path)
            order = json.loads(content)
            id_, source = str(order["id"]), str(order["source"])
            if not re.fullmatch(r"[0-9a-f]{32}", id_):
                raise ValueError(id_)
            take(source, author(uid, str(order.get("who", ""))), id_=id_,
                 name=str(order.get("name", "")))  # fmt: skip
            _answer(id_)
            count += 1
        except (OSError, ValueError, KeyError, TypeError):
            log.warning("Eingereichtes Notebook %s ist nicht lesbar", path.name[:40])
        with suppress(OSError):
            path.unlink()
    return count


def _from_checks() -> int:
    count = 0
    waiting = [one for one in replayed(history.events()).values() if not one.checked]
    for one in waiting:
        try:
            found = json.loads((places.checks() / one.id / OUTCOME).read_text("utf-8"))
            faults = [str(fault)[:600] for fault in found["faults"]][:20]
            content = {"faults": faults, "hash": str(found["hash"])}
        except (OSError, ValueError, KeyError, TypeError):
            continue

        def first(
            rows: list[Event], id_: str = one.id, content: dict[str, Any] = content
        ) -> dict[str, Any] | None:
            return None if replayed(rows)[id_].checked else content

        history.append(one.id, "checked", "pruefung", first)
        _answer(one.id)
        count += 1
    return count


def _answer(id_: str) -> None:
    """Tell the author how the notebook stands, in a file that only who knows the id finds."""
    one = replayed(history.events()).get(id_)
    if one is None:
        return
    facts = {
        "state": one.state, "checked": one.checked, "faults": list(one.faults),
        "reason": one.reason, "address": f"/veroeffentlicht/{one.slug}", "hash": one.hash,
    }  # fmt: skip
    places.answers().mkdir(parents=True, exist_ok=True)
    draft = places.answers() / f".{id_}"
    draft.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    draft.rename(places.answers() / f"{id_}.json")


def _told(kept: Version) -> None:
    from stadtlabor.evidence.lineage import dataset, event, facet, note

    inputs = [dataset(each.dataset, each.version) for each in kept.inputs()]
    facts = facet(notebook=kept.facts["files"]["source.ipynb"], code=kept.facts["code_hash"])
    told = event(f"publishing/{kept.facts['title']}", kept.hash, inputs,
                 [dataset(f"veroeffentlicht/{kept.hash}")],
                 facets={"stadtlabor_version": facts})  # fmt: skip
    with suppress(OSError):
        note(places.lineage(), told)


def _slug(name: str) -> str:
    plain = name.lower().removesuffix(".ipynb")
    for letter, pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(letter, pair)
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
    # Never mistaken for the digits of a hash.
    return f"{found}-" if re.fullmatch(r"[0-9a-f]{12,}", found) else found or "notebook"
