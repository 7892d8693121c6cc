"""Signs of life of the warning service, and whether they have stopped."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from stadtlabor.rain.warning.rules import rules
from stadtlabor.store.files import write_durably

__all__ = ["Pulse", "beat", "pulse"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pulse:
    """The last sign of life.

    Attributes
    ----------
    at
        When, UTC; None where there never was one.
    silent
        True where it is too long ago.
    """

    at: datetime | None
    silent: bool


def beat(folder: Path, now: datetime, ping: str | None = None) -> None:
    """Leave a sign of life.

    Parameters
    ----------
    folder
        Of the warning.
    now
        With zone.
    ping
        Address of a dead-man's switch outside this machine, which calls the operator when the
        requests stop. An answer is not waited for longer than a moment.
    """
    body = {"at": now.astimezone(UTC).isoformat(), "process": os.getpid()}
    write_durably(folder / "pulse.json", json.dumps(body).encode())
    if ping:
        try:
            httpx.get(ping, timeout=2)
        except httpx.HTTPError as error:
            log.warning("Totmann-Adresse antwortet nicht: %s", error)


def pulse(folder: Path, now: datetime) -> Pulse:
    """Read the last sign of life and say whether it is too long ago."""
    try:
        told = json.loads((folder / "pulse.json").read_text("utf-8"))
        at = datetime.fromisoformat(told["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return Pulse(None, True)
    return Pulse(at, abs(now - at) > timedelta(minutes=rules("service")["silent_min"]))
