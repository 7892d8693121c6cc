"""Klimaschule: a school's own flows of energy, waste, goods and mobility."""

from stadtlabor.klimaschule.energy import Baseload, baseload_figures, daily_baseload, power

__all__ = ["Baseload", "baseload_figures", "daily_baseload", "power"]
