"""How good a rain forecast was, by published scores.

One rule for missing cells holds everywhere: what the truth does not see is not scored; what the
forecast does not see counts as 0 mm/h, because that is what a warning would have made of it.
"""

from stadtlabor.rain.verification.bootstrap import Comparison, paired_bootstrap
from stadtlabor.rain.verification.events import leave_one_event_out
from stadtlabor.rain.verification.lead import lead_time
from stadtlabor.rain.verification.pairs import Pair, pairs
from stadtlabor.rain.verification.pixels import verify
from stadtlabor.rain.verification.reliability import reliability
from stadtlabor.rain.verification.table import COUNTS, csi, scored, wilson
from stadtlabor.rain.verification.tiles import tile_scores

__all__ = [
    "COUNTS",
    "Comparison",
    "Pair",
    "csi",
    "lead_time",
    "leave_one_event_out",
    "paired_bootstrap",
    "pairs",
    "reliability",
    "scored",
    "tile_scores",
    "verify",
    "wilson",
]
