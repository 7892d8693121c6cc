"""A button in a notebook that hands it in, and under it how it stands.

No extension of JupyterLab is built for this: a widget in the notebook itself does it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets

from stadtlabor.handover.errors import HandInError
from stadtlabor.handover.paragraphs import paragraphs

__all__ = ["HandInButton"]


class HandInButton(ipywidgets.VBox):
    """What all such buttons do; each says how it hands in and how that stands.

    Parameters
    ----------
    path
        Notebook; default: the one that this kernel belongs to.
    said
        Returns a text of the strand by its key: ``button.hand_in``, ``lead`` and ``no_path``.
    above
        Widgets above the button.
    """

    LOOK_S = 1.0
    PATIENCE = 900
    """So often the answer is looked for."""

    def __init__(
        self, path: str | Path, said: Callable[[str], str], *above: ipywidgets.Widget
    ) -> None:
        stated = str(path) or os.environ.get("JPY_SESSION_NAME", "")
        self.path = Path(stated) if stated else None
        self._no_path = said("button.no_path")
        self.button = ipywidgets.Button(
            description=said("button.hand_in"), button_style="primary",
            layout={"width": "auto", "min_height": "44px"},
        )  # fmt: skip
        self.told = ipywidgets.HTML(paragraphs(said("button.lead")))
        self.id = ""
        super().__init__([*above, self.button, self.told])
        self.button.on_click(self._pressed)

    def handed_in(self, path: Path) -> str:
        """Hand the notebook in and return its id, or raise :class:`HandInError`."""
        raise NotImplementedError  # each strand has its own letterbox

    def stands(self) -> tuple[str, bool]:
        """Return how it stands as HTML, and whether that may still change."""
        raise NotImplementedError  # each strand has its own states

    def _pressed(self, _: Any) -> None:
        if self.path is None:
            self.told.value = paragraphs(self._no_path)
            return
        try:
            self.id = self.handed_in(self.path)
        except HandInError as error:
            self.told.value = paragraphs(str(error))
            return
        self.button.disabled = True
        self._tell()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        """Tell how it stands until nothing more happens to it."""
        still = threading.Event()
        for _ in range(self.PATIENCE):
            if not self._tell():
                break
            still.wait(self.LOOK_S)
        self.button.disabled = False

    def _tell(self) -> bool:
        shown, more = self.stands()
        if self.told.value != shown:
            self.told.value = shown
        return more
