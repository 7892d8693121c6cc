"""One task of a lesson: what is asked, what is right, and which mistakes it understands."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from numbers import Real
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from stadtlabor.ui.texts import text

__all__ = ["Feedback", "Mistake", "Task", "check", "is_missing", "parse_number"]


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
    margin
        Absolute tolerance in the unit, for values that may be zero.
    options, answer
        For a choice: all options and the right one.
    right
        Said when the answer is right: what it means.
    mistakes
        At least three understood mistakes for a number, one per wrong option for a choice.
    hints
        Three hints, from a nudge to the way.
    example
        Worked example with other numbers, shown after the last hint.
    minutes
        Time that the task takes in class; for the teacher's copy.
    """

    id: str
    question: str
    kind: Literal["number", "choice"] = "number"
    truth: str | None = None
    unit: str = ""
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.05
    margin: Annotated[float, Field(ge=0)] = 0.0
    options: list[str] = []
    answer: str | None = None
    right: str
    mistakes: list[Mistake]
    hints: Annotated[list[str], Field(min_length=3, max_length=3)]
    example: str = ""
    minutes: int | None = None


@dataclass(frozen=True)
class Feedback:
    """What a pupil is told after a try.

    Attributes
    ----------
    correct
        True if the answer holds.
    says
        German sentence.
    mistake
        Place of the understood mistake in the task; None where none was recognised.
    """

    correct: bool
    says: str
    mistake: int | None = None

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
    if isinstance(answer, bool):
        return None
    if isinstance(answer, Real):
        number = float(answer)  # numpy's numbers too
        return number if math.isfinite(number) else None
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


def is_missing(answer: object) -> bool:
    """Tell whether nothing was answered: empty, or the three dots of a pupil's copy."""
    return answer is ... or answer is None or (isinstance(answer, str) and not answer.strip())


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
    if is_missing(answer):
        return Feedback(False, text("lesson.no_answer"))
    if task.kind == "choice":
        answer = str(answer).strip()
        if answer == task.answer:
            return Feedback(True, task.right)
        for place, mistake in enumerate(task.mistakes):
            if mistake.choice == answer:
                return Feedback(False, mistake.says, place)
        return Feedback(False, task.hints[0])
    value = parse_number(answer)
    if value is None and hasattr(answer, "__len__") and not isinstance(answer, str):
        return Feedback(False, text("lesson.many_numbers"))
    if value is None:
        return Feedback(False, text("lesson.no_number"))
    target = truths[task.truth or ""]
    # A right value of zero needs a tolerance of its own: no per cent of nothing.
    if math.isclose(value, target, rel_tol=task.tolerance, abs_tol=task.margin):
        return Feedback(True, task.right)
    for place, mistake in enumerate(task.mistakes):
        suspected = truths.get(mistake.truth or "", target * (mistake.factor or math.nan))
        if math.isclose(value, suspected, rel_tol=task.tolerance):
            return Feedback(False, mistake.says, place)
    return Feedback(False, text("lesson.too_high" if value > target else "lesson.too_low"))
