"""A pupil's attempts at a lesson: they stay in the pupil's own folder and hold no name."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "Attempts", "Progress", "place"]

FOLDER = "antworten"
"""Folder in the pupil's home that keeps the attempts, one file per lesson."""


@dataclass
class Progress:
    """What happened at one task.

    Attributes
    ----------
    tries
        Answers that were judged.
    hints
        Hints that were asked for.
    solved
        True once an answer was right.
    mistakes
        Numbers of the understood mistakes that were made, in order (their place in the task).
    """

    tries: int = 0
    hints: int = 0
    solved: bool = False
    mistakes: list[int] = field(default_factory=list)


def place(lesson: str) -> Path | None:
    """Return the file of a lesson's attempts; None for visitors, who have no own folder."""
    if not os.environ.get("JUPYTERHUB_USER"):
        return None
    return Path.home() / FOLDER / f"{lesson}.json"


class Attempts:
    """Attempts at one lesson.

    Parameters
    ----------
    lesson
        Name of the lesson.
    path
        Where they are kept; None keeps them in memory alone.
    """

    def __init__(self, lesson: str, path: Path | None) -> None:
        self.lesson = lesson
        self.path = path
        self.tasks: dict[str, Progress] = {}
        self.words: dict[str, str] = {}
        self.listeners: list[Callable[[], None]] = []
        self._load()

    def of(self, task: str) -> Progress:
        """Return the progress at a task."""
        return self.tasks.setdefault(task, Progress())

    def save(self) -> None:
        """Keep them and tell the listeners.

        A folder that cannot be written costs nothing but the memory of a restart.
        """
        for listener in self.listeners:
            listener()
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            scratch = self.path.with_suffix(".neu")
            scratch.write_text(json.dumps(self.as_dict(), ensure_ascii=False, indent=1), "utf-8")
            scratch.replace(self.path)
        except OSError:
            self.path = None

    def as_dict(self) -> dict[str, Any]:
        """Return them as plain data; nothing in it says who it was."""
        tasks = {key: asdict(value) for key, value in self.tasks.items()}
        return {"lesson": self.lesson, "tasks": tasks, "words": self.words}

    def _load(self) -> None:
        try:
            kept = json.loads(self.path.read_text("utf-8")) if self.path else {}
            self.tasks = {key: Progress(**value) for key, value in kept.get("tasks", {}).items()}
            self.words = {str(k): str(v) for k, v in kept.get("words", {}).items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self.tasks, self.words = {}, {}  # a damaged file starts again
