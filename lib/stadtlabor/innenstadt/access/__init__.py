"""Keys of the staff: who may open the pages of the vacancy office, as which role."""

from stadtlabor.innenstadt.access.brake import Brake, BusyError
from stadtlabor.innenstadt.access.keys import (
    ROLES,
    AccessError,
    Keys,
    Staff,
    UnknownKeyError,
    UnknownPersonError,
)

__all__ = [
    "ROLES",
    "AccessError",
    "Brake",
    "BusyError",
    "Keys",
    "Staff",
    "UnknownKeyError",
    "UnknownPersonError",
]
