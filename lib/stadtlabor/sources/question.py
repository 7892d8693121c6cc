"""A question that a file leaves open: typed, so that a form can put it to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stadtlabor.sources.http import SourceError

__all__ = ["Option", "Question"]


@dataclass(frozen=True)
class Option:
    """One possible answer.

    Attributes
    ----------
    label
        German, for a button.
    tag
        What says the same in the file name: ``"datum-tmj"``.
    answer
        What to set in the :class:`stadtlabor.sources.meter.Form`.
    """

    label: str
    tag: str
    answer: dict[str, Any]


class Question(SourceError):  # noqa: N818 (a question is no error)
    """The file can be read in more than one way; a person must decide.

    Parameters
    ----------
    name
        File name.
    question
        One German question, ending with a question mark.
    options
        Possible answers.

    Attributes
    ----------
    question, options
        As given. Answer with ``form.answered(option)`` and read again.
    """

    def __init__(self, name: str, question: str, options: Sequence[Option]) -> None:
        self.question = question
        self.options = tuple(options)
        tags = [f"„.{o.tag}.“ ({o.label})" for o in options]
        choice = " oder ".join([", ".join(tags[:-1]), tags[-1]]) if len(tags) > 1 else tags[0]
        super().__init__(f"{name}: {question} Bitte im Dateinamen {choice} ergänzen.")
