"""Find what is wrong in a school's meter series and fill its gaps with honest uncertainty."""

from stadtlabor.klimaschule.cleaning.cleaning import clean
from stadtlabor.klimaschule.cleaning.faults import Fault, find_faults
from stadtlabor.klimaschule.cleaning.filling import Filling, Gap, fill_gaps
from stadtlabor.klimaschule.cleaning.totals import GapTotal, gap_total

__all__ = [
    "Fault",
    "Filling",
    "Gap",
    "GapTotal",
    "clean",
    "fill_gaps",
    "find_faults",
    "gap_total",
]
