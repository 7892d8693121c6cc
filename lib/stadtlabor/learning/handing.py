"""Handing in: a code, a button, an invented name. Works from a notebook and from an app."""

from __future__ import annotations

import html
import json
import os
import secrets
import urllib.error
import urllib.request
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import ipywidgets

from stadtlabor.learning.classes import HandIn
from stadtlabor.settings import settings
from stadtlabor.ui.texts import text

if TYPE_CHECKING:
    from stadtlabor.learning.lesson import Lesson

__all__ = ["alias", "hand_in", "handing"]

PATIENCE_S = 10


@cache
def _animals() -> list[str]:
    return files("stadtlabor.learning").joinpath("aliases.txt").read_text("utf-8").split()


def alias() -> str:
    """Draw an invented name."""
    return f"{secrets.choice(_animals())}-{secrets.randbelow(90) + 10}"


def hand_in(code: str, given: HandIn) -> str:
    """Send a hand-in to the class; return the German answer.

    Parameters
    ----------
    code
        Of the class, as the teacher wrote it down.
    given
        What is handed in.
    """
    # On a cluster the pages are not on this machine.
    base = os.environ.get("STADTLABOR_WEB") or f"http://127.0.0.1:{settings().serve.web_port}"
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    request = urllib.request.Request(  # noqa: S310 – our own pages
        f"{base}/klasse/{plain}",
        data=given.model_dump_json().encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310 – as above
            return str(json.load(answer)["said"])
    except urllib.error.HTTPError as error:
        try:
            return str(json.load(error)["said"])
        except (ValueError, KeyError):
            return text("lesson.hand_unknown")
    except (OSError, ValueError):
        return text("lesson.hand_later")


def handing(lesson: Lesson) -> ipywidgets.Widget:
    """Build the field for the code, the button and the answer."""
    attempts = lesson.attempts
    mine = attempts.words.setdefault("alias", alias())
    told = ipywidgets.HTML(f"<p>{text('lesson.hand_lead', alias=html.escape(mine))}</p>")
    field = ipywidgets.Text(
        description=text("lesson.hand_code"), style={"description_width": "initial"}
    )
    button = ipywidgets.Button(description=text("lesson.hand_in"))
    said = ipywidgets.HTML()

    def send(_: object) -> None:
        attempts.save()
        words = text("lesson.hand_no_code")
        if field.value.strip():
            words = hand_in(field.value, HandIn.of(mine, attempts))
        said.value = f"<p role='status'>{html.escape(words)}</p>"

    button.on_click(send)
    return ipywidgets.VBox([told, ipywidgets.HBox([field, button]), said])
