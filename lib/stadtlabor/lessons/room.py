"""The one object that a lesson's notebook works with."""

from __future__ import annotations

import difflib
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import ipywidgets
import pandas as pd
from IPython.display import HTML

from stadtlabor.learning import Feedback, Lesson, open_lesson
from stadtlabor.learning.handing import handing
from stadtlabor.learning.trouble import install
from stadtlabor.learning.writing import writing
from stadtlabor.lessons.scene import Scene, SceneError
from stadtlabor.ui.figure import Figure
from stadtlabor.ui.texts import number, text

__all__ = ["Room", "lesson"]


class Room:
    """A lesson, opened for a school.

    Parameters
    ----------
    name
        Name of the lesson.
    scene
        What it shows and computes.
    tasks
        Its tasks.
    """

    def __init__(self, name: str, scene: Scene, tasks: Lesson) -> None:
        self.name = name
        self.scene = scene
        self.lesson = tasks

    @property
    def data(self) -> pd.DataFrame:
        """A copy of all data, German column names: change it as you like."""
        return self.scene.data.copy()

    def start(self) -> HTML:
        """Say which school and period the lesson is about."""
        return HTML(f"<p>{self.scene.intro}</p>")

    def raw(self) -> HTML:
        """Show some raw rows with German numbers; they scroll where they are too wide."""
        table = self.scene.raw.to_html(index=False, border=0, float_format=_short, na_rep="–")
        name = text("lesson.raw")
        return HTML(
            '<div style="overflow-x:auto;max-width:100%" tabindex="0" role="region" '
            f'aria-label="{name}">{table}</div>'
        )

    def picture(self, name: str) -> Figure:
        """Draw a picture by its name."""
        known = self.scene.pictures
        if name not in known:
            near = difflib.get_close_matches(name, known, 1) or list(known)[:1]
            raise SceneError(text("lesson.no_picture", name=name, near=near[0] if near else "–"))
        return known[name]()

    def task(self, number: object) -> ipywidgets.Widget:
        """Show a task as a form."""
        return self.lesson.form(str(number))

    def check(self, number: object, answer: object) -> Feedback:
        """Judge an answer that was computed."""
        return self.lesson.check(str(number), answer)

    def hint(self, number: object) -> HTML:
        """Give the next hint of a task."""
        return HTML(f"<p role='status'>{self.lesson.hint(str(number))}</p>")

    def write(self, what: str, question: str = "") -> ipywidgets.Widget:
        """Show a field for a guess or a thought; it stays with the pupil."""
        return writing(self.lesson.attempts, what, question)

    def finish(self) -> ipywidgets.Widget:
        """Say how many tasks are solved, and let the pupil hand in."""
        told = ipywidgets.HTML()
        attempts, count = self.lesson.attempts, len(self.lesson.tasks)

        def count_again() -> None:
            done = sum(progress.solved for progress in attempts.tasks.values())
            said = text("lesson.progress", done=done, all=count)
            told.value = f"<p role='status'><strong>{said}</strong></p>"

        attempts.listeners.append(count_again)
        count_again()
        return ipywidgets.VBox([told, handing(self.lesson)])


def _short(value: float) -> str:
    """Write a number the German way with at most two digits after the comma."""
    return number(value, next(n for n in (0, 1, 2) if n == 2 or round(value, n) == value))


def lesson(name: str, **parameters: Any) -> Room:
    """Open a lesson.

    Parameters
    ----------
    name
        Name of the lesson, like its notebook.
    **parameters
        What its scene takes, for example ``school`` and ``days``.

    Raises
    ------
    SceneError
        In German, if the lesson does not exist or has no data for these parameters.
    """
    install()
    module = f"stadtlabor.lessons.{name.replace('-', '_')}"
    if find_spec(module) is None:
        raise SceneError(text("lesson.unknown", name=name))
    scene: Scene = import_module(module).scene(**parameters)
    return Room(name, scene, open_lesson(name, scene.truths))
