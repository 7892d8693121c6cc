"""Innenstadt: footfall and vacancy of the city centre."""

from stadtlabor.innenstadt.flags import Flags, flag
from stadtlabor.innenstadt.profile import LastHour, last_hour, profile

__all__ = ["Flags", "LastHour", "flag", "last_hour", "profile"]
