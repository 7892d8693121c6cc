"""Klimaschule: a school's own flows of energy, waste, goods and mobility."""

from stadtlabor.klimaschule.baseload import Baseload, baseload, daily_baseload, power

__all__ = ["Baseload", "baseload", "daily_baseload", "power"]
