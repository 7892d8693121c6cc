"""The button in JupyterLab: say what the run is for, hand the notebook in, see how it stands."""

from __future__ import annotations

import html
import json
import os
import threading
from pathlib import Path
from typing import Any

import ipywidgets

from stadtlabor.handover import LARGEST, drop, new_id, paragraphs, stripped
from stadtlabor.realrun import places
from stadtlabor.realrun.contract import before
from stadtlabor.realrun.errors import RealRunError
from stadtlabor.realrun.reply import over, standing
from stadtlabor.realrun.words import said

__all__ = ["RealRunButton", "button", "hand_in"]

LOOK_S = 2.0
PATIENCE = 3600
"""So often the answer is looked for; later :func:`stadtlabor.realrun.standing` tells it."""


def hand_in(path: Path, question: str) -> str:
    """Drop a notebook into the letterbox; return the id by which its author finds the answer.

    Parameters
    ----------
    path
        Notebook, saved.
    question
        What the run is for.

    Raises
    ------
    RealRunError
        In German: it cannot be read, is too large, or lacks something that needs no run to see.
    """
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise RealRunError(said("button.unreadable", file=path.name)) from None
    if len(source.encode()) > LARGEST:
        raise RealRunError(said("button.too_large", file=path.name, most=LARGEST // 1_000_000))
    source = stripped(source, "realrun.button(", blank=True)
    if faults := before(source, question):
        raise RealRunError("\n".join([said("button.faults"), *faults]))
    id_ = new_id()
    order = {"id": id_, "name": path.stem, "source": source, "question": question,
             "who": os.environ.get("JUPYTERHUB_USER", "")}  # fmt: skip
    try:
        drop(places.inbox(), f"{id_}.json", json.dumps(order).encode())
    except OSError:
        raise RealRunError(said("button.closed")) from None
    return id_


class RealRunButton(ipywidgets.VBox):
    """What the run is for, a button, and under it how the request stands.

    Parameters
    ----------
    path
        Notebook; default: the one that this kernel belongs to.
    """

    def __init__(self, path: str | Path = "") -> None:
        found = str(path) or os.environ.get("JPY_SESSION_NAME", "")
        self.path = Path(found) if found else None
        self.question = ipywidgets.Textarea(
            description=said("button.question"), placeholder=said("button.example"), rows=3,
            style={"description_width": "initial"}, layout={"width": "min(45rem, 100%)"},
        )  # fmt: skip
        self.button = ipywidgets.Button(
            description=said("button.hand_in"), button_style="primary",
            layout={"width": "auto", "min_height": "44px"},
        )  # fmt: skip
        self.told = ipywidgets.HTML(paragraphs(said("button.lead")))
        self.id = ""
        super().__init__([self.question, self.button, self.told])
        self.button.on_click(self._pressed)

    def _pressed(self, _: Any) -> None:
        if self.path is None:
            self.told.value = paragraphs(said("button.no_path"))
            return
        try:
            self.id = hand_in(self.path, self.question.value)
        except RealRunError as error:
            self.told.value = paragraphs(str(error))
            return
        self.button.disabled = True
        self._tell()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        """Tell how the request stands until nothing more happens to it."""
        still = threading.Event()
        for _ in range(PATIENCE):
            self._tell()
            if over(self.id):
                break
            still.wait(LOOK_S)
        self.button.disabled = False

    def _tell(self) -> None:
        told = standing(self.id)
        shown = paragraphs(told) + f"<p>{html.escape(said('button.id', id=self.id))}</p>"
        if self.told.value != shown:
            self.told.value = shown


def button(path: str | Path = "") -> RealRunButton:
    """Return the button for this notebook, or for another one by its path."""
    return RealRunButton(path)
