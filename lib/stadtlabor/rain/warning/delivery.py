"""Send what the journal holds: at least once, with a receipt, in order, never twice on purpose.

Before a parcel goes out the journal says so ("intent"), afterwards as well ("sent"). Where a
process died in between, the channel is asked whether the parcel arrived. A channel that cannot tell
gets it again under the same key, by which its receiver knows it: header ``Idempotency-Key`` of a
webhook, ``key`` in an MQTT payload, ``Message-ID`` of a mail.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from stadtlabor.rain.warning.journal import Event, Journal
from stadtlabor.rain.warning.parcel import Channel, ChannelError, parcel

__all__ = ["Way", "deliver", "register"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Way:
    """A channel, under the name of its receipts, and for whom it is."""

    name: str
    channel: Channel
    audience: frozenset[str]


def deliver(journal: Journal, ways: list[Way], now: datetime) -> Mapping[str, str]:
    """Send everything that a way has not got yet.

    Parameters
    ----------
    journal
        Opened for writing.
    ways
        As told to :func:`register`.
    now
        Written into the receipts.

    Returns
    -------
    Mapping
        Way → German sentence, for each that did not take something.
    """
    failed: dict[str, str] = {}
    for way in ways:
        for event in _waiting(journal, way):
            reason = _sent(journal, way, event, now)
            if reason:
                # What follows must not overtake: an all-clear before its warning helps nobody.
                failed[way.name] = f"{event.key}: {reason}"
                break
    return failed


def register(journal: Journal, ways: list[Way]) -> None:
    """Note from where on each way gets messages: one that is new does not get the past."""
    newest = journal.events(last=1)
    here = newest[-1].number if newest else 0
    starts = {f"way:{way.name}": here for way in ways if journal.memory(f"way:{way.name}") is None}
    if starts:
        journal.commit([], starts)


def _waiting(journal: Journal, way: Way) -> list[Event]:
    start = int(journal.memory(f"way:{way.name}") or 0)
    done = {e.key for e in journal.events("sent", after=start)}
    found = journal.events("message", "operator", after=start)
    return [
        e for e in found
        if e.body["audience"] in way.audience and f"{way.name}/{e.key}" not in done
    ]  # fmt: skip


def _sent(journal: Journal, way: Way, event: Event, now: datetime) -> str | None:
    """Send one parcel; return the reason where it did not arrive."""
    key = f"{way.name}/{event.key}"
    again = journal.has("intent", key)
    try:
        if not (again and way.channel.has(event.key)):
            journal.commit([Event("intent", key, {}, now)])
            way.channel.send(parcel(event))
    except ChannelError as error:
        log.error("%s: %s", way.name, error)
        attempt = f"{key}/{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        journal.commit([Event("failed", attempt, {"reason": str(error)}, now)])
        return str(error)
    journal.commit([Event("sent", key, {"again": again}, now)])
    return None
