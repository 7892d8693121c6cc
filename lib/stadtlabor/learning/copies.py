"""One source, several copies: for pupils at three levels, for teachers, for everyone as an app.

The source is a notebook with tagged cells. ``level-a`` (touch and read), ``level-b`` (fill gaps)
and ``level-c`` (own code) mark cells of one level, ``teacher`` cells for teachers alone; cells
without such a tag are for all. Solutions stand between ``### BEGIN SOLUTION`` and
``### END SOLUTION``, remarks for teachers between ``=== BEGIN MARK SCHEME ===`` and
``=== END MARK SCHEME ===``, as nbgrader has it; nbgrader takes them out.
"""

from __future__ import annotations

import copy
import re
from typing import Literal

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearMarkScheme, ClearSolutions

from stadtlabor.learning.task import Task
from stadtlabor.ui.texts import text

__all__ = ["LEVELS", "SOLUTION", "Level", "app_copy", "levels_of", "pupil_copy", "teacher_copy"]

Level = Literal["a", "b", "c"]
LEVELS: tuple[Level, ...] = ("a", "b", "c")
SOLUTION = re.compile(r"(BEGIN|END) (SOLUTION|MARK SCHEME)")
STUB = "antwort = ..."
"""What stands in place of a solution: Python takes it, the check says that it is no answer yet."""


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def levels_of(source: NotebookNode) -> list[Level]:
    """Return the levels that a source has cells for; level A always."""
    tagged = {tag for cell in source.cells for tag in _tags(cell)}
    return [level for level in LEVELS if level == "a" or f"level-{level}" in tagged]


def pupil_copy(source: NotebookNode, level: Level) -> NotebookNode:
    """Return the copy for pupils of one level: no solution, no word for teachers."""
    notebook = _only(source, {f"level-{level}"})
    for clear in (
        ClearSolutions(code_stub={"python": STUB}, text_stub="", enforce_metadata=False),
        ClearMarkScheme(enforce_metadata=False),
    ):
        notebook, _ = clear.preprocess(notebook, {})
    notebook.metadata["stadtlabor"]["level"] = level
    # Every lesson ends alike, before its sources.
    notebook.cells.insert(-1, nbformat.v4.new_code_cell("stunde.finish()", id="finish"))
    return notebook


def app_copy(source: NotebookNode) -> NotebookNode:
    """Return the copy that is a public app: level A, without hints on how to run cells."""
    notebook = pupil_copy(source, "a")
    notebook.cells = [cell for cell in notebook.cells if "no-app" not in _tags(cell)]
    about = notebook.metadata["stadtlabor"]
    title = text("lesson.app_title", title=about["title"])
    # The data of a lesson are of yesterday at best; its page may be made once a day.
    about.update(kind="app", tier="live", title=title, fresh_min=24 * 60)
    return notebook


def teacher_copy(source: NotebookNode, tasks: list[Task]) -> NotebookNode:
    """Return the copy for teachers: every level, solutions, misconceptions, minutes per task."""
    notebook = _only(source, {"teacher", *(f"level-{level}" for level in LEVELS)})
    for cell in notebook.cells:
        for level in LEVELS:
            if f"level-{level}" in _tags(cell) and cell.cell_type == "markdown":
                cell.source = f"*{text('lesson.only_level', level=level.upper())}*\n\n{cell.source}"
    about = notebook.metadata["stadtlabor"]
    about["title"] = text("lesson.teacher_title", title=about["title"])
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(_overview(tasks), id="overview"))
    return notebook


def _only(source: NotebookNode, wanted: set[str]) -> NotebookNode:
    """Return a copy of a notebook with the cells for all and those with a wanted tag."""
    special = {"teacher", *(f"level-{level}" for level in LEVELS)}
    notebook = copy.deepcopy(source)
    notebook.cells = [
        cell for cell in notebook.cells if not _tags(cell) & special or _tags(cell) & wanted
    ]
    return notebook


def _overview(tasks: list[Task]) -> str:
    lines = [f"## {text('lesson.overview')}", ""]
    for task in tasks:
        minutes = f" ({task.minutes} min)" if task.minutes else ""
        lines += [f"**{text('lesson.task', number=task.id)}**{minutes}: {task.question}", ""]
        right = task.answer or text("lesson.from_data", unit=task.unit)
        lines += [f"- {text('lesson.solution')}: {right}. {task.right}"]
        lines += [f"- {text('lesson.misconception')}: {mistake.says}" for mistake in task.mistakes]
        if task.example:
            lines += [f"- {text('lesson.example')}: {task.example}"]
        lines.append("")
    return "\n".join(lines)
