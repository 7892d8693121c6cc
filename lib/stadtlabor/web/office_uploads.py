"""Lists on their way into the register: kept for an hour, until somebody says yes or no."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

from stadtlabor.codes import KEY, LETTERS, draw
from stadtlabor.settings import home

__all__ = ["Uploads"]

FOLDER = "vacancy/uploads"
KEPT_S = 3600
NAME = re.compile(rf"[{LETTERS}]{{{KEY}}}")
LONGEST_NAME = 200


@dataclass(frozen=True)
class Uploads:
    """Uploaded lists of one person; they may name owners, so nobody else gets at them.

    Attributes
    ----------
    person
        Pseudonym.
    """

    person: str

    @property
    def _folder(self) -> Path:
        return home() / FOLDER

    def keep(self, name: str, body: bytes) -> str:
        """Keep a list and return the key to it; what is older than an hour goes."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in self._folder.iterdir():
            if time.time() - path.stat().st_mtime > KEPT_S:
                path.unlink(missing_ok=True)
        key = draw(KEY)
        path = self._path(key)
        path.touch(mode=0o600)
        path.write_bytes(name[:LONGEST_NAME].encode("utf-8", "replace") + b"\n" + body)
        return key

    def get(self, key: str) -> tuple[str, bytes] | None:
        """Return name and content of a list; None if it is gone or somebody else's."""
        if not NAME.fullmatch(key):
            return None
        try:
            name, _, body = self._path(key).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        return name.decode("utf-8", "replace"), body

    def drop(self, key: str) -> None:
        """Delete a list."""
        if NAME.fullmatch(key):
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{self.person}-{key}"
