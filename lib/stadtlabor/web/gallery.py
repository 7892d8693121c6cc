"""The cards of the gallery, read from the notebooks themselves."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError

__all__ = ["Card", "Shelf", "cards", "read_card", "shelf"]

log = logging.getLogger(__name__)

COPY = "/labor/hub/user-redirect/stadtlabor/kopie?pfad=Kurs/"


class Card(BaseModel):
    """What a notebook says about itself in ``metadata.stadtlabor``.

    Only what a card cannot do without is required here; the full contract is
    ``notebooks/metadata.schema.json``. A page made from the notebook is shown for ``fresh_min``
    minutes while the live one starts: rain that has begun must not hide behind a dry picture.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    path: str
    title: str
    question: str = ""
    audience: list[str] = []
    grade: str | int | None = None
    minutes: int | None = None
    goals: list[str] = []
    data: list[str] = []
    licence: str = ""
    contact: str = ""
    kind: Literal["lesson", "app", "research"]
    tier: Literal["lab", "live", "page", "static"] = "lab"
    strand: str = ""
    level: str = ""
    fresh_min: int = 10

    @property
    def name(self) -> str:
        """Name of the file without its ending; the last part of an app's address."""
        return Path(self.path).stem

    @property
    def href(self) -> str:
        """Address: the app itself, or a dated copy in one's own folder behind the login."""
        return f"/apps/{self.name}" if self.tier == "live" else COPY + quote(self.path)


def read_card(folder: Path, path: Path) -> Card | None:
    """Return the card of one notebook, or None with a line in the log where it has a fault."""
    relative = path.relative_to(folder).as_posix()
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))["metadata"]["stadtlabor"]
        return Card.model_validate({**stated, "path": relative})
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        log.warning("%s steht nicht in der Galerie: %s", relative, error)
        return None


def cards(folder: Path) -> list[Card]:
    """Return the cards of all notebooks in the strands' folders, by path."""
    found = (read_card(folder, path) for path in sorted(folder.glob("*/*.ipynb")))
    return [card for card in found if card]


class Shelf(BaseModel):
    """One card of the gallery and its other copies.

    Attributes
    ----------
    card
        The notebook; of a lesson the copy of level A.
    levels
        Address per further level (``b``, ``c``).
    app
        Address of the same lesson as an app without login, "" where there is none.
    """

    model_config = ConfigDict(frozen=True)

    card: Card
    levels: dict[str, str] = {}
    app: str = ""


def shelf(found: list[Card]) -> list[Shelf]:
    """Put the copies of one lesson onto one card."""
    copies = {(card.strand, card.name): card for card in found if card.level}
    shown = []
    for card in found:
        if not card.level:
            shown.append(Shelf(card=card))
        elif card.level == "a" and card.kind == "lesson":
            same = {
                key: copies.get((card.strand, f"{card.name}-{key}")) for key in ("b", "c", "app")
            }
            shown.append(
                Shelf(
                    card=card,
                    levels={k: c.href for k, c in same.items() if c and k != "app"},
                    app=same["app"].href if same["app"] else "",
                )
            )
    return shown
