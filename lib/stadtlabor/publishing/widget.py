"""The button in JupyterLab: hand a notebook in, and see how it stands.

No extension of JupyterLab is built for this: a widget in the notebook itself does it.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import ipywidgets

from stadtlabor.handover import LARGEST, drop, new_id, paragraphs, stripped
from stadtlabor.publishing import places
from stadtlabor.publishing.contract import before
from stadtlabor.publishing.errors import PublishingError
from stadtlabor.publishing.words import said

__all__ = ["PublishButton", "button", "hand_in", "standing"]

LOOK_S = 1.0
PATIENCE = 900
"""So often the answer is looked for while the check runs."""


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


class PublishButton(ipywidgets.VBox):
    """A button, and under it how the notebook stands.

    Parameters
    ----------
    path
        Notebook; default: the one that this kernel belongs to.
    """

    def __init__(self, path: str | Path = "") -> None:
        stated = str(path) or os.environ.get("JPY_SESSION_NAME", "")
        self.path = Path(stated) if stated else None
        self.button = ipywidgets.Button(
            description=said("button.hand_in"), button_style="primary",
            layout={"width": "auto", "min_height": "44px"},
        )  # fmt: skip
        self.told = ipywidgets.HTML(paragraphs(said("button.lead")))
        self.id = ""
        super().__init__([self.button, self.told])
        self.button.on_click(self._pressed)

    def _pressed(self, _: Any) -> None:
        if self.path is None:
            self.told.value = paragraphs(said("button.no_path"))
            return
        try:
            self.id = hand_in(self.path)
        except PublishingError as error:
            self.told.value = paragraphs(str(error))
            return
        self.button.disabled = True
        self.told.value = paragraphs(said("button.sent"))
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        """Tell how the check goes until it is over."""
        still = threading.Event()
        for _ in range(PATIENCE):
            sentence, more = standing(self.id)
            shown = paragraphs(sentence)
            if self.told.value != shown:
                self.told.value = shown
            if not more:
                break
            still.wait(LOOK_S)
        self.button.disabled = False


def button(path: str | Path = "") -> PublishButton:
    """Return the button for this notebook, or for another one by its path."""
    return PublishButton(path)
