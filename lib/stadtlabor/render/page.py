"""A page made from a notebook, as it lies on the disk until the web process frames it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from stadtlabor.settings import home
from stadtlabor.store.files import write_durably

__all__ = ["Page", "made_at", "pages", "read_page"]


@dataclass(frozen=True)
class Page:
    """What one run of a notebook shows.

    Attributes
    ----------
    name
        Name of the notebook without its ending; the last part of the address.
    title
        For the browser's tab.
    body
        HTML for ``<main>``, from ``<h1>`` on: no script, no request, no form.
    made
        When the notebook ran, UTC.
    """

    name: str
    title: str
    body: str
    made: datetime

    def save(self) -> None:
        """Replace the page in one step."""
        content = {**asdict(self), "made": self.made.isoformat()}
        text = json.dumps(content, ensure_ascii=False)
        write_durably(_path(self.name), text.encode())


def read_page(name: str) -> Page | None:
    """Return a page, None where there is none (yet)."""
    try:
        stated = json.loads(_path(name).read_text(encoding="utf-8"))
        return Page(**{**stated, "made": datetime.fromisoformat(stated["made"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def pages() -> set[str]:
    """Return the names of all pages."""
    return {path.stem for path in _path("x").parent.glob("*.json")}


def made_at(name: str) -> float | None:
    """Return when a page was made, seconds since the Unix epoch; None where there is none."""
    try:
        return _path(name).stat().st_mtime
    except OSError:
        return None


def _path(name: str) -> Path:
    return home() / "pages" / f"{Path(name).name}.json"
