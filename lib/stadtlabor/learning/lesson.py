"""A lesson: its tasks in a file beside the notebook, its right answers from the data at hand."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from stadtlabor.learning.attempts import Attempts, place
from stadtlabor.learning.task import Feedback, Task, check, is_missing
from stadtlabor.settings import root
from stadtlabor.ui.texts import text

if TYPE_CHECKING:
    import ipywidgets

__all__ = ["Lesson", "LessonError", "open_lesson"]


class LessonError(ValueError):
    """A lesson file cannot be used; the message says in German why."""


class Lesson:
    """Tasks of one lesson, ready to be answered.

    Parameters
    ----------
    tasks
        Tasks in order.
    truths
        Right (and typical wrong) values by name, computed from the data.
    attempts
        What was tried before; default: nothing, and nothing is kept.
    """

    def __init__(
        self, tasks: list[Task], truths: Mapping[str, float], attempts: Attempts | None = None
    ) -> None:
        self.tasks = {task.id: task for task in tasks}
        self.truths = dict(truths)
        self.attempts = attempts or Attempts("", None)
        self.hints_given: dict[str, int] = {}

    def check(self, task: str, answer: object) -> Feedback:
        """Judge an answer to a task.

        Parameters
        ----------
        task
            Id of the task.
        answer
            Number, text such as ``"3,5 kW"`` or one of the options.
        """
        asked = self._asked(task)
        told = check(asked, answer, self.truths)
        if not is_missing(answer):
            progress = self.attempts.of(asked.id)
            progress.tries += 1
            progress.solved = progress.solved or told.correct
            if told.mistake is not None:
                progress.mistakes.append(told.mistake)
            self.attempts.save()
        return told

    def _asked(self, task: object) -> Task:
        """Return a task by its number, written as text or not."""
        found = self.tasks.get(str(task))
        if found is None:
            raise LessonError(text("lesson.no_task", task=task, tasks=", ".join(self.tasks)))
        return found

    def hint(self, task: str) -> str:
        """Return the next hint of a task; the worked example comes last and is repeated."""
        asked = self._asked(task)
        given = self.hints_given.get(asked.id, 0)
        self.hints_given[asked.id] = given + 1
        progress = self.attempts.of(asked.id)
        progress.hints = max(progress.hints, given + 1)
        self.attempts.save()
        count = len(asked.hints)
        if given >= count and asked.example:
            return f"{text('lesson.example')}: {asked.example}"
        place = min(given, count - 1)
        label = text("lesson.hint_label", number=place + 1, count=count, text=asked.hints[place])
        last = place + 1 == count and not asked.example
        return f"{label} {text('lesson.last_hint')}" if last else label

    def form(self, task: str) -> ipywidgets.Widget:
        """Return question, field and buttons of a task as a widget."""
        from stadtlabor.learning.form import form

        return form(self, self._asked(task))


def open_lesson(name: str, truths: Mapping[str, float]) -> Lesson:
    """Open a lesson.

    Parameters
    ----------
    name
        File name of the notebook without ending; its tasks lie beside it as ``<name>.toml``.
    truths
        Values computed from the data, by the names that the tasks use.

    Raises
    ------
    LessonError
        If the file is missing or faulty, or a task asks for a value that is not given.
    """
    found = sorted((root() / "notebooks").glob(f"*/{name}.toml"))
    if not found:
        raise LessonError(f"Zur Lektion „{name}“ gibt es keine Aufgaben ({name}.toml fehlt).")
    tasks = read_tasks(found[0])
    for task in tasks:
        needed = [task.truth, *(mistake.truth for mistake in task.mistakes)]
        absent = [value for value in needed if value is not None and value not in truths]
        if absent:
            raise LessonError(f"Aufgabe {task.id}: Der Wert „{absent[0]}“ wird nicht berechnet.")
    return Lesson(tasks, truths, Attempts(name, place(name)))


def read_tasks(path: Path) -> list[Task]:
    """Read the tasks of a lesson file.

    Raises
    ------
    LessonError
        In German, naming the file and the entry.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["task"]
        return [Task.model_validate(entry) for entry in entries]
    except (KeyError, tomllib.TOMLDecodeError) as error:
        raise LessonError(f"{path.name} ist keine Aufgabendatei: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"„{'.'.join(map(str, f['loc']))}“: {f['msg']}" for f in error.errors())
        raise LessonError(f"{path.name}: {faults}") from error
