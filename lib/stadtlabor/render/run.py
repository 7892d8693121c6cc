"""Run a notebook in a process of its own and keep what it shows."""

from __future__ import annotations

import os
import subprocess
import sys

from stadtlabor.apps.environment import allowed
from stadtlabor.render.page import Page, read_page
from stadtlabor.settings import home, root
from stadtlabor.web.gallery import Card

__all__ = ["RenderError", "render"]

TIMEOUT_S = 180


class RenderError(RuntimeError):
    """A page could not be made; the message says in German why. The old page stays."""


def render(card: Card) -> Page:
    """Run the notebook of a card and save its page.

    Raises
    ------
    RenderError
        If the notebook fails or takes too long.
    """
    # A page is public: its notebook sees no more of the surroundings than a visitor's kernel.
    environment = allowed(dict(os.environ), home() / "render")
    command = [sys.executable, "-m", "stadtlabor.render.child", card.path]
    try:
        ended = subprocess.run(
            command,
            env=environment,
            cwd=root(),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RenderError(
            f"{card.path} war nach {TIMEOUT_S} s nicht fertig. Die alte Seite bleibt stehen."
        ) from None
    made = read_page(card.name)
    if ended.returncode or made is None:
        last = ended.stderr.strip().rpartition("\n")[2]
        raise RenderError(f"{card.path} läuft nicht durch: {last} Die alte Seite bleibt stehen.")
    return made
