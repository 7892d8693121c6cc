"""What a teacher sees: how many solved each task, where they stumbled, and the table."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from stadtlabor.learning.classes import HandIn
from stadtlabor.learning.lesson import LessonError, read_tasks
from stadtlabor.learning.task import Task
from stadtlabor.settings import root

__all__ = ["LessonResult", "TaskSummary", "export_csv", "export_zip", "lesson_results", "tasks_of"]


@dataclass(frozen=True)
class TaskSummary:
    """One task over the whole class.

    Attributes
    ----------
    id, question
        Of the task.
    tried, solved
        How many tried it and solved it.
    tries
        Mean number of tries of those who tried.
    hints
        How many asked for a hint.
    mistakes
        Understood mistakes (German sentence, how many made it), the commonest first.
    """

    id: str
    question: str
    tried: int
    solved: int
    tries: float
    hints: int
    mistakes: list[tuple[str, int]]


@dataclass(frozen=True)
class LessonResult:
    """One lesson of a class.

    Attributes
    ----------
    lesson
        Name of the lesson.
    handed_in
        How many handed it in.
    tasks
        Its tasks.
    pupils
        Invented name → number of solved tasks.
    """

    lesson: str
    handed_in: int
    tasks: list[TaskSummary]
    pupils: dict[str, int]


def tasks_of(lesson: str) -> list[Task]:
    """Return the tasks of a lesson; none where it does not exist any more."""
    for path in (root() / "notebooks").glob("*/*.toml"):
        if path.stem == lesson:
            try:
                return read_tasks(path)
            except LessonError:
                return []
    return []


def lesson_results(handed: Iterable[HandIn]) -> list[LessonResult]:
    """Summarise what a class handed in, by lesson."""
    by_lesson: dict[str, list[HandIn]] = {}
    for each in handed:
        by_lesson.setdefault(each.lesson, []).append(each)
    return [_result(lesson, given) for lesson, given in sorted(by_lesson.items())]


def _result(lesson: str, given: list[HandIn]) -> LessonResult:
    known = {task.id: task for task in tasks_of(lesson)}
    ids = list(known) or sorted({key for each in given for key in each.tasks})
    tasks = []
    for key in ids:
        done = [each.tasks[key] for each in given if key in each.tasks and each.tasks[key].tries]
        task = known.get(key)
        made: Counter[int] = Counter()
        for result in done:
            made.update(set(result.mistakes))
        said = [
            (task.mistakes[place].says, count)
            for place, count in made.most_common()
            if task and place < len(task.mistakes)
        ]
        tasks.append(
            TaskSummary(
                id=key,
                question=task.question if task else "",
                tried=len(done),
                solved=sum(result.solved for result in done),
                tries=sum(result.tries for result in done) / len(done) if done else 0.0,
                hints=sum(each.tasks[key].hints > 0 for each in given if key in each.tasks),
                mistakes=said,
            )
        )
    pupils = {each.alias: sum(t.solved for t in each.tasks.values()) for each in given}
    return LessonResult(lesson, len(given), tasks, pupils)


def export_csv(handed: Iterable[HandIn]) -> str:
    """Return one row per invented name, lesson and task, as German spreadsheets read it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Name (erfunden)", "Lektion", "Aufgabe", "Versuche", "Tipps", "gelöst"])
    for each in handed:
        for key, task in each.tasks.items():
            solved = "ja" if task.solved else "nein"
            writer.writerow([each.alias, each.lesson, key, task.tries, task.hints, solved])
    return "\ufeff" + out.getvalue()  # spreadsheets see by the mark that it is UTF-8


def export_zip(handed: Iterable[HandIn]) -> bytes:
    """Return the hand-in folder: one file per lesson and invented name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        for each in handed:
            body = json.dumps(each.model_dump(), ensure_ascii=False, indent=1)
            folder.writestr(f"abgaben/{each.lesson}/{each.alias}.json", body)
    return out.getvalue()
