"""A field for what a pupil thinks: guess before the data, thought after them."""

from __future__ import annotations

import html

import ipywidgets

from stadtlabor.learning.attempts import Attempts
from stadtlabor.ui.texts import text

__all__ = ["writing"]

LONGEST = 2000
"""Characters that are kept."""


def writing(attempts: Attempts, what: str, question: str = "") -> ipywidgets.Widget:
    """Build the field.

    Parameters
    ----------
    attempts
        Keep the words with the pupil's attempts; they are never handed in.
    what
        Name under which they are kept (``vermutung``).
    question
        What is asked, German.
    """
    field = ipywidgets.Textarea(
        value=attempts.words.get(what, ""),
        description=text("lesson.your_words"),
        placeholder=text("lesson.words_stay"),
        layout=ipywidgets.Layout(width="min(100%, 40rem)", height="6rem"),
        style={"description_width": "initial"},
        continuous_update=False,
    )

    def keep(change: dict[str, str]) -> None:
        attempts.words[what] = change["new"][:LONGEST]
        attempts.save()

    field.observe(keep, names="value")
    asked = ipywidgets.HTML(f"<p style='margin:0'>{html.escape(question)}</p>")
    return ipywidgets.VBox([asked, field] if question else [field])
