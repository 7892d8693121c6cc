"""Mobility: how a school travels, from anonymous answers to kilometres with their range."""

from stadtlabor.klimaschule.mobility.answer import GROUPS, Answer, Leg
from stadtlabor.klimaschule.mobility.modes import Mode, modes
from stadtlabor.klimaschule.mobility.register import (
    Call,
    ClosedError,
    FullError,
    Surveys,
    UnknownSurveyError,
)
from stadtlabor.klimaschule.mobility.scenario import shift
from stadtlabor.klimaschule.mobility.survey import K, Survey, compare, evaluate, suppress

__all__ = [
    "GROUPS",
    "Answer",
    "Call",
    "ClosedError",
    "FullError",
    "K",
    "Leg",
    "Mode",
    "Survey",
    "Surveys",
    "UnknownSurveyError",
    "compare",
    "evaluate",
    "modes",
    "shift",
    "suppress",
]
