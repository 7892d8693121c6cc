"""Write the folder of a new city: city file, cards and policies, list of what is left to do."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from stadtlabor.blueprint.draft import BlueprintError, Draft, render
from stadtlabor.blueprint.tasks import tasks
from stadtlabor.blueprint.words import group, text
from stadtlabor.city import City, read_city
from stadtlabor.settings import root

__all__ = ["TODO", "make"]

TODO = "NOCH-ZU-TUN.md"
FIRST = "BY"
"""State whose law the cards quote."""


def make(found: Draft, folder: Path) -> City:
    """Write everything, or nothing where anything fails; return the city as read again.

    Raises
    ------
    BlueprintError
        In German, if the folder is in use or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BlueprintError(text("fault.folder", folder=folder))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".neu-", dir=folder.parent) as draft:
            place = Path(draft) / "city"
            shutil.copytree(root() / "datasets", place / "datasets")
            if found.state.sign != FIRST:
                _foreign(place / "datasets")
            (place / "city.toml").write_text(render(found), encoding="utf-8")
            (place / TODO).write_text(tasks(found, folder), encoding="utf-8")
            made = read_city(place / "city.toml")
            if folder.exists():
                folder.rmdir()
            place.rename(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BlueprintError(text("fault.place", folder=folder, reason=reason)) from error
    return made


def _foreign(cards: Path) -> None:
    """Put neutral words in place of the law of one state; a person has to fill in the own."""
    for path in cards.glob("*.toml"):
        words = path.read_text("utf-8")
        for quoted in group("law"):
            words = words.replace(quoted, text(f"law.{quoted}"))
        path.write_text(words, encoding="utf-8")
