"""The printable sheet of a lesson, and which lessons there are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from stadtlabor.learning.sheet import sheet
from stadtlabor.lessons.room import lesson
from stadtlabor.settings import root

__all__ = ["lessons", "paper"]


def lessons() -> dict[str, dict[str, Any]]:
    """Return the metadata of all lessons by name."""
    found = {}
    for path in sorted((root() / "notebooks").glob("*/*.ipynb")):
        about = json.loads(path.read_text("utf-8"))["metadata"].get("stadtlabor", {})
        if about.get("kind") == "lesson":
            found[path.stem] = about
    return found


def paper(name: str) -> str:
    """Return the sheet of a lesson as HTML, with the pictures in the order of the notebook."""
    about = lessons()[name]
    room = lesson(name)
    source = _source(name).read_text("utf-8")
    order = list(dict.fromkeys(re.findall(r'stunde\.picture\(\\"([^"\\]+)\\"\)', source)))
    pictures = [room.picture(each) for each in order]
    intro = re.sub(r"<[^>]+>", "", room.scene.intro)
    return sheet(about, room.lesson, pictures, intro)


def _source(name: str) -> Path:
    return next((root() / "notebooks").glob(f"*/{name}.ipynb"))
