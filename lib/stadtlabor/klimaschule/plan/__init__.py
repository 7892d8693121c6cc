"""Plan: measures, the check before the certificate, a skeleton to start from."""

from stadtlabor.klimaschule.plan.catalogue import Rules, State, Suggestion, rules, suggestions
from stadtlabor.klimaschule.plan.plan import Measure, Plan, Precheck, precheck, skeleton

__all__ = [
    "Measure",
    "Plan",
    "Precheck",
    "Rules",
    "State",
    "Suggestion",
    "precheck",
    "rules",
    "skeleton",
    "suggestions",
]
