"""The button in JupyterLab: say what the run is for, hand the notebook in, see how it stands."""

from __future__ import annotations

import html
import json
import os
from pathlib import Path

import ipywidgets

from stadtlabor.handover import LARGEST, drop, new_id, paragraphs, stripped
from stadtlabor.handover.button import HandInButton
from stadtlabor.realrun import places
from stadtlabor.realrun.contract import before
from stadtlabor.realrun.errors import RealRunError
from stadtlabor.realrun.reply import over, standing
from stadtlabor.realrun.words import said

__all__ = ["RealRunButton", "button", "hand_in"]


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


class RealRunButton(HandInButton):
    """What the run is for, a button, and under it how the request stands.

    Parameters
    ----------
    path
        Notebook; default: the one that this kernel belongs to.
    """

    LOOK_S = 2.0
    PATIENCE = 3600  # later :func:`stadtlabor.realrun.standing` tells it

    def __init__(self, path: str | Path = "") -> None:
        self.question = ipywidgets.Textarea(
            description=said("button.question"), placeholder=said("button.example"), rows=3,
            style={"description_width": "initial"}, layout={"width": "min(45rem, 100%)"},
        )  # fmt: skip
        super().__init__(path, said, self.question)

    def handed_in(self, path: Path) -> str:
        """Hand the notebook in with its question."""
        return hand_in(path, self.question.value)

    def stands(self) -> tuple[str, bool]:
        """Return how the request stands, and its id, by which its author asks later."""
        told = paragraphs(standing(self.id))
        return f"{told}<p>{html.escape(said('button.id', id=self.id))}</p>", not over(self.id)


def button(path: str | Path = "") -> RealRunButton:
    """Return the button for this notebook, or for another one by its path."""
    return RealRunButton(path)
