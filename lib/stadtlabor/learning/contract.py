"""The contract that every lesson keeps, checked by machine.

After the style guides of Callysto and the checks of nbgrader and Otter: order of a lesson, number
and kind of tasks, length of every copy, nothing for teachers in a pupil's hands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from stadtlabor.learning.copies import LEVELS, SOLUTION, levels_of, pupil_copy, teacher_copy
from stadtlabor.learning.task import Task

__all__ = ["faults"]

ORDER = (
    "## Deine Vermutung",
    "## Die Daten ansehen",
    "## Was machen wir am Montag?",
    "## Nachdenken",
    "## Quellen",
)
"""Headings in this order; others may stand between them."""

MAX_CELLS, MAX_WORDS, MIN_TASKS, MAX_TASKS, MIN_MISTAKES = 27, 600, 5, 7, 3
ASKED = re.compile(r"stunde\.(task|check)\((\d+)")


def faults(source: NotebookNode, tasks: list[Task]) -> list[str]:
    """Return in English what a lesson lacks; an empty list if it keeps the contract.

    Parameters
    ----------
    source
        Notebook with all levels and solutions.
    tasks
        Its tasks.
    """
    found = [*_of_tasks(tasks), *_of_teacher(source, tasks)]
    for level in levels_of(source):
        found += [f"level {level.upper()}: {fault}" for fault in _of_copy(source, level, tasks)]
    return found


def _of_tasks(tasks: list[Task]) -> Iterator[str]:
    if not MIN_TASKS <= len(tasks) <= MAX_TASKS:
        yield f"{len(tasks)} tasks instead of {MIN_TASKS} to {MAX_TASKS}"
    for task in tasks:
        if task.kind == "number":
            if len(task.mistakes) < MIN_MISTAKES:
                yield f"task {task.id} understands {len(task.mistakes)} mistakes"
            if not task.example:
                yield f"task {task.id} has no worked example"
            if not task.unit:
                yield f"task {task.id} has no unit"
        else:
            told = {mistake.choice for mistake in task.mistakes} | {task.answer}
            if told != set(task.options):
                yield f"task {task.id} does not answer each option"
        if task.minutes is None:
            yield f"task {task.id} has no minutes"


def _of_teacher(source: NotebookNode, tasks: list[Task]) -> Iterator[str]:
    words = _prose(teacher_copy(source, tasks))
    if "## Hinweise für Lehrkräfte" not in words:
        yield "no cell with hints for teachers"


def _of_copy(source: NotebookNode, level: str, tasks: list[Task]) -> Iterator[str]:
    known = next(name for name in LEVELS if name == level)
    copy = pupil_copy(source, known)
    words = _prose(copy)
    places = [words.find(f"\n{heading}\n") for heading in ORDER]
    if -1 in places or places != sorted(places):
        yield f"headings missing or out of order: {ORDER}"
    if (count := len(copy.cells)) > MAX_CELLS:
        yield f"{count} cells, at most {MAX_CELLS}"
    if (length := len(re.findall(r"\w+", re.sub(r"\]\([^)]*\)", "]", words)))) > MAX_WORDS:
        yield f"{length} words, at most {MAX_WORDS}"
    code = [cell.source for cell in copy.cells if cell.cell_type == "code"]
    asked = [match[1] for cell in code for match in ASKED.findall(cell)]
    if sorted(asked) != sorted(task.id for task in tasks):
        yield f"asks tasks {asked}"
    first = next((n for n, cell in enumerate(code) if ASKED.search(cell)), len(code))
    if not any("stunde.raw()" in cell for cell in code[:first]):
        yield "raw rows are not shown before the first task"
    if "stunde.write(" not in "".join(code[:first]):
        yield "no guess is written before the first task"
    if level == "a" and any(ASKED.search(c) and len(c.strip().splitlines()) > 1 for c in code):
        yield "a task shows more than one line of code"
    if any(SOLUTION.search(cell.source) for cell in copy.cells):
        yield "a solution is left"
    if "CC BY 4.0" not in words:
        yield "no licence"


def _prose(notebook: NotebookNode) -> str:
    return "\n" + "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown") + "\n"
