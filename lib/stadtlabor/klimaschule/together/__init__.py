"""Schools together: a fair league, the shared library of measures, partners."""

from stadtlabor.klimaschule.together.league import Entry, heat_entry, league
from stadtlabor.klimaschule.together.library import VERDICTS, Library, Outcome, summary
from stadtlabor.klimaschule.together.partners import (
    Partner,
    PartnerError,
    partners,
    read_partners,
)

__all__ = [
    "VERDICTS",
    "Entry",
    "Library",
    "Outcome",
    "Partner",
    "PartnerError",
    "heat_entry",
    "league",
    "partners",
    "read_partners",
    "summary",
]
