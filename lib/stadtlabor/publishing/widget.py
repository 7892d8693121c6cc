"""The button in JupyterLab: hand a notebook in, and see how it stands."""

from __future__ import annotations

import json
import os
from pathlib import Path

from stadtlabor.handover import LARGEST, drop, new_id, paragraphs, stripped
from stadtlabor.handover.button import HandInButton
from stadtlabor.publishing import places
from stadtlabor.publishing.contract import before
from stadtlabor.publishing.errors import PublishingError
from stadtlabor.publishing.words import said

__all__ = ["PublishButton", "button", "hand_in", "standing"]


def hand_in(path: Path) -> str:
    """Drop a notebook into the inbox; return the id by which its author finds the answer.

    Raises
    ------
    PublishingError
        In German: it cannot be read, is too large, or lacks something that needs no run to see.
    """
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise PublishingError(said("button.unreadable", file=path.name)) from None
    if len(source.encode()) > LARGEST:
        most = LARGEST // 1_000_000
        raise PublishingError(said("button.too_large", file=path.name, most=most))
    source = stripped(source, "publishing.button(")
    if faults := before(source):
        raise PublishingError("\n".join([said("button.faults"), *faults]))
    id_ = new_id()
    order = {"id": id_, "name": path.stem, "source": source,
             "who": os.environ.get("JUPYTERHUB_USER", "")}  # fmt: skip
    try:
        drop(places.inbox(), f"{id_}.json", json.dumps(order).encode())
    except OSError:
        raise PublishingError(said("button.closed")) from None
    return id_


def standing(id_: str) -> tuple[str, bool]:
    """Return how a notebook stands in German, and whether that may change without anybody."""
    try:
        facts = json.loads((places.answers() / f"{id_}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return said("button.sent"), True
    state, reason = facts["state"], facts["reason"]
    if not facts["checked"]:
        return said("button.sent"), True
    if state == "draft" and reason:
        return said("button.returned", reason=reason), False
    if state == "draft":
        return "\n".join([said("button.draft"), *facts["faults"]]), False
    if state == "archive" and not reason:
        return said("button.replaced"), False
    gaps = {"reason": reason, "address": facts["address"]}
    return said(f"button.{state}", **gaps), False


class PublishButton(HandInButton):
    """A button, and under it how the notebook stands.

    Parameters
    ----------
    path
        Notebook; default: the one that this kernel belongs to.
    """

    def __init__(self, path: str | Path = "") -> None:
        super().__init__(path, said)

    def handed_in(self, path: Path) -> str:
        """Hand the notebook in."""
        return hand_in(path)

    def stands(self) -> tuple[str, bool]:
        """Return how the notebook stands."""
        sentence, more = standing(self.id)
        return paragraphs(sentence), more


def button(path: str | Path = "") -> PublishButton:
    """Return the button for this notebook, or for another one by its path."""
    return PublishButton(path)
