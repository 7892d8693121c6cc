"""Channels that end their own process by SIGKILL in the worst moment, as plug-ins."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from stadtlabor.rain.warning.channels.outbox import Outbox
from stadtlabor.rain.warning.parcel import Parcel

__all__ = ["Doomed"]


class Doomed:
    """Sends into a folder and dies before (``before``) or after (``after``) it has sent.

    Each parcel kills once; then its mark is there.
    """

    def __init__(self, place: str, when: str) -> None:
        self._outbox, self._marks, self._when = Outbox(Path(place)), Path(place) / "marks", when

    def send(self, parcel: Parcel) -> None:
        self._marks.mkdir(parents=True, exist_ok=True)
        mark = self._marks / parcel.key
        first = not mark.exists()
        mark.touch()
        if first and self._when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        assert not self._outbox.has(parcel.key), "sent twice"
        self._outbox.send(parcel)
        if first and self._when == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    def has(self, key: str) -> bool:
        return self._outbox.has(key)
