"""The state machine: what a history means, and which next step is legal.

Pure: no database, no clock. The register applies it inside its transaction, tests replay it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from stadtlabor.innenstadt.vacancy.errors import MoveError, RightsError
from stadtlabor.innenstadt.vacancy.event import Event
from stadtlabor.innenstadt.vacancy.rules import NEW, Move, State, rules
from stadtlabor.innenstadt.vacancy.unit import Unit, unit_of
from stadtlabor.innenstadt.vacancy.words import said, words

__all__ = ["Standing", "fold", "step", "text_mark"]


@dataclass(frozen=True)
class Standing:
    """How a unit stands after its history.

    Attributes
    ----------
    state
        One of ``rules().states``, or ``new``.
    facts
        Newest facts; None before the first report.
    version
        Number of events.
    since
        When the state began, UTC.
    checked_at
        When somebody last looked, UTC; None if never.
    touched_at
        Time of the last event.
    placed_as
        ``popup`` or ``lease`` while placed, else "".
    agents
        Persons who may act for the owner.
    proposed_by
        Person who proposed the current facts for release, else "".
    released
        Facts that two persons have released; None if the unit is not public.
    cleared
        Marks of texts that the publisher found harmless (:func:`text_mark`).
    photos
        Photo → whether it is released.
    photo_by
        Photo → person who brought it.
    merged_into
        Unit that this one is a duplicate of, else "".
    """

    state: State = NEW
    facts: Unit | None = None
    version: int = 0
    since: datetime | None = None
    checked_at: datetime | None = None
    touched_at: datetime | None = None
    placed_as: str = ""
    agents: frozenset[str] = frozenset()
    proposed_by: str = ""
    released: Unit | None = None
    cleared: frozenset[str] = frozenset()
    photos: tuple[tuple[str, bool], ...] = ()
    photo_by: tuple[tuple[str, str], ...] = ()
    merged_into: str = ""

    @property
    def is_vacant(self) -> bool:
        """Tell whether nobody uses the rooms, reported only or not."""
        return self.state in rules().vacant

    @property
    def is_pending(self) -> bool:
        """Tell whether the public sees older facts than the register holds."""
        return self.released is not None and self.released != self.facts


def text_mark(text: str) -> str:
    """Return what a cleared text is known by."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def fold(events: Sequence[Event]) -> Standing:
    """Return how a unit stands after its history.

    Raises
    ------
    MoveError, RightsError
        If the history holds a step that was never legal.
    """
    standing = Standing()
    for event in events:
        standing = step(standing, event, events)
    return standing


def step(standing: Standing, event: Event, before: Sequence[Event] = ()) -> Standing:
    """Return how a unit stands after one more event.

    Parameters
    ----------
    standing
        Before.
    event
        What happens.
    before
        The history, at least up to this event; only ``undo`` looks at it.

    Raises
    ------
    MoveError
        If the state does not allow it, or something is not told.
    RightsError
        If the role or the person may not do it.
    """
    move = _legal(standing, event)
    if event.what == "undo":
        return _undone(standing, event, before)
    state = move.to or standing.state
    after = replace(
        standing,
        state=state,
        version=standing.version + 1,
        touched_at=event.at,
        since=event.at if state != standing.state else standing.since,
        checked_at=event.at if move.checks else standing.checked_at,
        placed_as=event.data.get("kind", "") if event.what == "place" else standing.placed_as,
    )
    if state != "placed":
        after = replace(after, placed_as="")
    if state not in rules().offered:
        # What is let, doubted or filed away leaves the map at once; its way back is a new release.
        after = replace(after, released=None, proposed_by="")
    return _applied(after, event)


def _legal(standing: Standing, event: Event) -> Move:
    move = rules().moves.get(event.what)
    if move is None:
        raise MoveError(said("faults", "no_move", move=event.what))
    german, moves = words()["moves"][event.what], words()["moves"]
    if standing.state not in move.sources:
        possible = ", ".join(f"„{moves[m]}“" for m in rules().possible(standing.state))
        state = words()["states"][standing.state]
        raise MoveError(
            said("faults", "move", unit=event.unit, state=state, move=german, possible=possible)
        )
    roles = words()["roles"]
    if event.actor.role not in move.roles:
        allowed = ", ".join(roles[r] for r in move.roles)
        raise RightsError(
            said("faults", "role", role=roles[event.actor.role], move=german, allowed=allowed)
        )
    agent = event.actor.role == "agent" and standing.state != NEW and event.what != "hint"
    if agent and event.actor.person not in standing.agents:
        raise RightsError(said("faults", "agent", unit=event.unit))
    missing = next((n for n in move.needs if n != "reason" and event.data.get(n) is None), None)
    if "reason" in move.needs and not event.reason.strip():
        raise MoveError(said("faults", "reason"))
    if missing:
        raise MoveError(said("faults", "needs", move=german, field=missing))
    if standing.touched_at and event.at < standing.touched_at:
        raise MoveError(said("faults", "time", unit=event.unit))
    return move


def _applied(after: Standing, event: Event) -> Standing:
    """Return what the move does besides the state."""
    data, person = event.data, event.actor.person
    match event.what:
        case "report" | "enrol":
            if after.facts is None:
                after = replace(after, facts=unit_of({**data.get("facts", {}), "id": event.unit}))
        case "place":
            if data["kind"] not in words()["kinds"]:
                raise MoveError(said("faults", "kind", kind=data["kind"]))
        case "edit":
            assert after.facts is not None  # noqa: S101 – no state but "new" is without facts
            changed = after.facts.changed(data["facts"])
            # A proposal holds for the facts that were proposed.
            after = replace(after, facts=changed, proposed_by="")
        case "appoint":
            after = replace(after, agents=after.agents | {str(data["agent"])})
        case "propose":
            after = replace(after, proposed_by=person)
        case "release":
            if not after.proposed_by:
                raise MoveError(said("faults", "not_proposed", unit=event.unit))
            if after.proposed_by == person:
                raise RightsError(said("faults", "four_eyes"))
            after = replace(after, released=after.facts, proposed_by="")
        case "withdraw":
            after = replace(after, released=None, proposed_by="")
        case "clear":
            after = replace(after, cleared=after.cleared | {str(data["text"])})
        case "merge":
            if data["into"] == event.unit:
                raise MoveError(said("faults", "into"))
            after = replace(after, merged_into=str(data["into"]))
        case "restore":
            after = replace(after, merged_into="")
        case "add_photo" | "release_photo" | "remove_photo":
            after = _photographed(after, event)
    return after


def _photographed(after: Standing, event: Event) -> Standing:
    photo, shown, by = str(event.data["photo"]), dict(after.photos), dict(after.photo_by)
    if event.what == "add_photo":
        if len(shown) >= rules().photo.most_per_unit:
            most = rules().photo.most_per_unit
            raise MoveError(said("faults", "photo_many", unit=event.unit, most=most))
        shown[photo], by[photo] = False, event.actor.person
    elif photo not in shown:
        raise MoveError(said("faults", "photo_unknown", unit=event.unit))
    elif event.what == "release_photo":
        if by[photo] == event.actor.person:
            raise RightsError(said("faults", "four_eyes"))
        shown[photo] = True
    else:
        del shown[photo], by[photo]
    return replace(after, photos=tuple(shown.items()), photo_by=tuple(by.items()))


def _undone(standing: Standing, event: Event, before: Sequence[Event]) -> Standing:
    """Return the standing before an operation; a unit that began with it is filed away."""
    last, operation = int(event.data["before"]), str(event.data["operation"])
    if any(last < e.version < event.version and e.operation != operation for e in before):
        raise MoveError(said("faults", "later", unit=event.unit))
    earlier = fold([e for e in before if e.version <= last])
    if earlier.state == NEW:
        earlier = replace(standing, state="archived", released=None, proposed_by="", placed_as="")
    return replace(
        earlier,
        version=standing.version + 1,
        touched_at=event.at,
        since=event.at,
        # A deleted photo does not come back.
        photos=standing.photos,
        photo_by=standing.photo_by,
    )
