"""Find what is wrong in a school's meter series and fill its gaps with honest uncertainty."""

from stadtlabor.klimaschule.cleaning.filling import Filling, Gap, fill_gaps
from stadtlabor.klimaschule.cleaning.totals import GapTotal, gap_total

__all__ = ["Filling", "Gap", "GapTotal", "fill_gaps", "gap_total"]
