"""The key figure on the start page."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

__all__ = ["KeyFigure", "footfall"]

log = logging.getLogger(__name__)

KEPT_S = 20.0

_kept: tuple[float, KeyFigure | None] = (-KEPT_S, None)
_lock = Lock()


@dataclass(frozen=True)
class KeyFigure:
    """A number with everything that must stand beside it, in German.

    Attributes
    ----------
    value
        The number, formatted.
    period
        Which hour it covers; where the data are old, since when none came.
    simulated
        True if any part of it is simulated.
    source, licence
        Notes for the small print.
    """

    value: str
    period: str
    simulated: bool
    source: str
    licence: str


def footfall() -> KeyFigure | None:
    """Return the figure of the last hour, asked anew at most every 20 s."""
    global _kept
    with _lock:
        if time.monotonic() - _kept[0] >= KEPT_S:
            try:
                # Late, because it imports the store: the server answers in the meantime.
                from stadtlabor.web.footfall import last_hour

                figure = last_hour(datetime.now(UTC))
            except Exception:  # the start page outlives whatever happens to the store
                log.exception("Die Zahl der Startseite ist nicht lesbar")
                figure = None
            _kept = (time.monotonic(), figure)
        return _kept[1]
