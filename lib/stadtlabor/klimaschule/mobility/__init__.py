"""Mobility: how a school travels, from anonymous answers to kilometres with their range."""

from stadtlabor.klimaschule.mobility.answer import GROUPS, Answer, Leg
from stadtlabor.klimaschule.mobility.modes import Mode, modes
from stadtlabor.klimaschule.mobility.scenario import shift
from stadtlabor.klimaschule.mobility.survey import K, Survey, compare, evaluate, suppress

__all__ = [
    "GROUPS",
    "Answer",
    "K",
    "Leg",
    "Mode",
    "Survey",
    "compare",
    "evaluate",
    "modes",
    "shift",
    "suppress",
]
