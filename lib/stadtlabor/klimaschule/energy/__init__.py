"""Energy of a school: electricity, heat, and what the weather has to do with it."""

from stadtlabor.klimaschule.energy.baseload import (
    Baseload,
    baseload_figures,
    daily_baseload,
    power,
)

__all__ = ["Baseload", "baseload_figures", "daily_baseload", "power"]
