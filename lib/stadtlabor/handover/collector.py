"""A thread of the pages that empties letterboxes again and again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

__all__ = ["Collector"]

log = logging.getLogger(__name__)

PAUSE_S = 60.0
"""After a failure: a disk that is full does not need a log that grows every second."""


class Collector:
    """Collects every second while it is entered; a context manager.

    Parameters
    ----------
    name
        What is collected, for the log.
    collect
        Empties the letterboxes.
    every_s
        Seconds between two looks.
    """

    def __init__(self, name: str, collect: Callable[[], object], every_s: float = 1.0) -> None:
        self._name, self._collect = name, collect
        self._every_s, self._stop = every_s, threading.Event()

    def __enter__(self) -> Collector:
        """Begin."""
        threading.Thread(target=self._run, name=self._name, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self._collect()
            except Exception:  # the pages go on
                log.exception("Eingereichte Notebooks gerade nicht zu lesen (%s)", self._name)
                self._stop.wait(PAUSE_S)
