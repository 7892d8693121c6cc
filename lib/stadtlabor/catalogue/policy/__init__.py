"""Who may read which data set for what, in which grain: ODRL compiled to rules that are enforced.

The data service (:mod:`stadtlabor.dataservice`) applies the rules; nothing else decides.
"""

from stadtlabor.catalogue.policy.compiler import PolicyError, compiled, profile
from stadtlabor.catalogue.policy.decision import (
    ANONYMOUS,
    REAL_RUN,
    Denial,
    Person,
    decide,
    open_to_real_runs,
)
from stadtlabor.catalogue.policy.policies import names, policy
from stadtlabor.catalogue.policy.rule import GRAINS, Plan, Rule, coarser

__all__ = [
    "ANONYMOUS",
    "GRAINS",
    "REAL_RUN",
    "Denial",
    "Person",
    "Plan",
    "PolicyError",
    "Rule",
    "coarser",
    "compiled",
    "decide",
    "names",
    "open_to_real_runs",
    "policy",
    "profile",
]
