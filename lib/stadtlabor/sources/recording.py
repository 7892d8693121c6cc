"""Recorded files of providers: which they are, and how to offer them as the provider does."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from stadtlabor.sources.server import Answer

__all__ = ["Recorded", "Recorder", "recognise", "search"]

IGNORED = ("README.md", "README.txt")


@dataclass(frozen=True)
class Recorded:
    """One recorded file.

    Attributes
    ----------
    path
        Where it lies.
    kind
        Which decoder reads it.
    url_path
        Path at the provider, quoted.
    name
        Name under which the ingest gets it.
    time
        Time in a radar file's name, UTC; None for other files.
    show
        Path of the page that shows the result; empty if none.
    """

    path: Path
    kind: str
    url_path: str
    name: str
    time: datetime | None
    show: str


@cache
def _table() -> dict[str, Any]:
    text = files("stadtlabor.sources").joinpath("recordings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def recognise(path: Path) -> Recorded | None:
    """Tell what a file is by its name; None if ``recordings.toml`` does not know it."""
    table = _table()
    for known in table["file"]:
        found = re.fullmatch(known["match"], path.name)
        if found is None:
            continue
        parts = (path.name, *(group or "" for group in found.groups()))
        time = None
        if "stamp" in known:
            stamp = found.groupdict().get("stamp") or found[1]
            time = datetime.strptime(stamp, known["stamp"]).replace(tzinfo=UTC)
        return Recorded(
            path,
            known["kind"].format(*parts),
            quote(known["path"].format(*parts)),
            known.get("name", "{0}").format(*parts),
            time,
            table["looks"].get(known.get("show", ""), ""),
        )
    return None


def search(folder: Path) -> tuple[list[Recorded], list[Path]]:
    """Look through a folder and those below it.

    Returns
    -------
    tuple
        Recognised files, radar in order of time after all others, and files nobody knows.
    """
    known: list[Recorded] = []
    strange: list[Path] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        recorded = recognise(path)
        if recorded is not None:
            known.append(recorded)
        elif path.name not in IGNORED and not path.name.startswith("."):
            strange.append(path)
    earliest = datetime.min.replace(tzinfo=UTC)
    return sorted(known, key=lambda r: (r.time or earliest, r.path.name)), strange


class Recorder:
    """Answers with recorded files under the providers' paths.

    Parameters
    ----------
    recordings
        What to offer.
    """

    def __init__(self, recordings: list[Recorded]) -> None:
        self._by_path = {unquote(r.url_path): r.path for r in recordings}

    def answer(self, target: str, now: datetime) -> Answer | None:
        """Return a file by its path, None where there is none."""
        path = self._by_path.get(unquote(urlsplit(target).path))
        if path is None:
            return None
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return "application/octet-stream", path.read_bytes(), min(changed, now)
