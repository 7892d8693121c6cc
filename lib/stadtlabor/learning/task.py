"""One task of a lesson: what is asked, what is right, and which mistakes it understands."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from stadtlabor.ui.texts import text

__all__ = ["Feedback", "Mistake", "Task", "parse_number"]


class Part(BaseModel):
    """Base of the parts of a lesson file: unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Mistake(Part):
    """A wrong answer that is understood.

    Attributes
    ----------
    says
        German sentence for the pupil: what happened and where to look.
    truth
        Name of another known value that the answer equals (the mean instead of the baseload).
    factor
        The answer is the right one times this factor (kWh and kW confused).
    choice
        The wrong option that was chosen.
    """

    says: str
    truth: str | None = None
    factor: float | None = None
    choice: str | None = None


class Task(Part):
    """A task with its check.

    Attributes
    ----------
    id
        Number as printed.
    question
        German, one or two sentences.
    kind
        ``number`` or ``choice``.
    truth
        Name of the right value among what the notebook computed from its data.
    unit
        Unit of the answer.
    tolerance
        Relative tolerance, 0–1.
    options, answer
        For a choice: all options and the right one.
    right
        Said when the answer is right: what it means.
    mistakes
        At least three understood mistakes for a number, one per wrong option for a choice.
    hints
        Three hints, from a nudge to the way.
    """

    id: str
    question: str
    kind: Literal["number", "choice"] = "number"
    truth: str | None = None
    unit: str = ""
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.05
    options: list[str] = []
    answer: str | None = None
    right: str
    mistakes: list[Mistake]
    hints: Annotated[list[str], Field(min_length=3, max_length=3)]


@dataclass(frozen=True)
class Feedback:
    """What a pupil is told after a try.

    Attributes
    ----------
    correct
        True if the answer holds.
    says
        German sentence.
    """

    correct: bool
    says: str

    def __str__(self) -> str:
        return f"{text('lesson.right' if self.correct else 'lesson.not_yet')} {self.says}"

    def _repr_html_(self) -> str:
        # Sign and word, never colour alone; role=status makes a screen reader say it.
        sign, line = ("✓", "#007A5E") if self.correct else ("➜", "#9A6A00")
        return (
            f'<p role="status" style="border-left:6px solid {line};padding:.4rem .8rem">'
            f"<strong>{sign} {text('lesson.right' if self.correct else 'lesson.not_yet')}</strong> "
            f"{self.says}</p>"
        )


def parse_number(answer: object) -> float | None:
    """Read a number as pupils write it: ``3,5``, ``3.5``, ``1.234,5 kWh``; None if it is none."""
    if isinstance(answer, (int, float)) and not isinstance(answer, bool):
        return float(answer) if math.isfinite(answer) else None
    found = re.match(r"\s*(-?[\d.\s]*\d(?:,\d+)?)\s*[^\d]*$", str(answer))
    if not found:
        return None
    digits = re.sub(r"\s", "", found[1])
    if "," in digits or re.fullmatch(r"-?\d{1,3}(\.\d{3})+", digits):
        digits = digits.replace(".", "").replace(",", ".")
    try:
        return float(digits)
    except ValueError:
        return None


def check(task: Task, answer: object, truths: dict[str, float]) -> Feedback:
    """Judge an answer.

    Parameters
    ----------
    task
        What was asked.
    answer
        What the pupil wrote or chose.
    truths
        Values that the notebook computed from its data.
    """
    if task.kind == "choice":
        if answer == task.answer:
            return Feedback(True, task.right)
        for mistake in task.mistakes:
            if mistake.choice == answer:
                return Feedback(False, mistake.says)
        return Feedback(False, task.hints[0])
    value = parse_number(answer)
    if value is None:
        return Feedback(False, text("lesson.no_number"))
    target = truths[task.truth or ""]
    if math.isclose(value, target, rel_tol=task.tolerance):
        return Feedback(True, task.right)
    for mistake in task.mistakes:
        suspected = truths.get(mistake.truth or "", target * (mistake.factor or math.nan))
        if math.isclose(value, suspected, rel_tol=task.tolerance):
            return Feedback(False, mistake.says)
    return Feedback(False, text("lesson.too_high" if value > target else "lesson.too_low"))
