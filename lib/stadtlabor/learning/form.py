"""A task as a small form: question, field, check, hint, answer. Works by keyboard alone."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import ipywidgets

from stadtlabor.learning.task import Task
from stadtlabor.ui.texts import text

if TYPE_CHECKING:
    from stadtlabor.learning.lesson import Lesson

__all__ = ["form"]


def form(lesson: Lesson, task: Task) -> ipywidgets.Widget:
    """Build the form of one task.

    Parameters
    ----------
    lesson
        Judges the answer and knows which hints were given.
    task
        What is asked.
    """
    heading = (
        f"<strong>{text('lesson.task', number=task.id)}:</strong> {html.escape(task.question)}"
    )
    question = ipywidgets.HTML(f"<p style='margin:0;line-height:1.4'>{heading}</p>")
    label = text("lesson.answer") + (f" ({task.unit})" if task.unit else "")
    style = {"description_width": "initial"}
    field: ipywidgets.Text | ipywidgets.Dropdown
    if task.kind == "choice":
        options = [text("lesson.choose"), *task.options]
        field = ipywidgets.Dropdown(options=options, description=label, style=style)
    else:
        field = ipywidgets.Text(description=label, style=style, continuous_update=False)
    field.layout.width = "min(100%, 26rem)"
    ask = ipywidgets.Button(description=text("lesson.check"), button_style="primary")
    help_ = ipywidgets.Button(description=text("lesson.hint"))
    said = ipywidgets.HTML()
    hinted = ipywidgets.HTML()

    def judge(_: object) -> None:
        if field.value not in ("", text("lesson.choose")):
            said.value = lesson.check(task.id, field.value)._repr_html_()

    def give(_: object) -> None:
        hinted.value = f"<p role='status'>{html.escape(lesson.hint(task.id))}</p>"

    ask.on_click(judge)
    help_.on_click(give)
    if task.kind == "number":
        field.observe(judge, names="value")  # the Enter key is enough
    rows = [question, field, ipywidgets.HBox([ask, help_]), said, hinted]
    return ipywidgets.VBox(rows, layout=ipywidgets.Layout(padding="0 0 1rem 0"))
