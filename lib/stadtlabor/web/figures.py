"""The key figure on the start page."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Thread

__all__ = ["KeyFigure", "Watch"]

log = logging.getLogger(__name__)

EVERY_S = 20.0


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


class Watch:
    """Reads the key figure again and again, so that no visitor waits for the store.

    Attributes
    ----------
    figure
        What was read last; None while nothing was counted.
    """

    def __init__(self) -> None:
        self.figure: KeyFigure | None = None
        self._stop = Event()
        self._thread = Thread(target=self._run, name="key-figure", daemon=True)

    def __enter__(self) -> Watch:
        """Start reading."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop reading."""
        self._stop.set()

    def _run(self) -> None:
        # Imported here, because the store takes seconds: the pages are there in the meantime.
        from stadtlabor.web.footfall import last_hour

        while not self._stop.is_set():
            try:
                self.figure = last_hour(datetime.now(UTC))
            except Exception:  # the start page outlives whatever happens to the store
                log.exception("Die Zahl der Startseite ist nicht lesbar")
                self.figure = None
            self._stop.wait(EVERY_S)
