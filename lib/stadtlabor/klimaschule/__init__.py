"""Klimaschule: a school's own flows of energy, waste, goods and mobility."""

from stadtlabor.klimaschule.baseload import Baseload, baseload, daily_baseload, power
from stadtlabor.klimaschule.cleaning import (
    Fault,
    Filling,
    Gap,
    GapTotal,
    clean,
    fill_gaps,
    find_faults,
    gap_total,
)

__all__ = ["Baseload", "baseload", "daily_baseload", "power"]
__all__ += ["Fault", "Filling", "Gap", "GapTotal", "clean", "fill_gaps", "find_faults", "gap_total"]
