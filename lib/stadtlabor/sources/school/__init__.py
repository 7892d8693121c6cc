"""Lists that schools keep by hand: waste, purchases, the way to school; CSV or XLSX.

Each reader returns a :class:`Listing` with ``data`` and ``report``, like a meter's; words that the
files use stand in ``words.toml``. (Weekly sheets for the store: ``sources.school_sheet``.)
"""

from stadtlabor.sources.school.listing import Listing, ListReport, ListTotal
from stadtlabor.sources.school.purchases import purchases
from stadtlabor.sources.school.travel import travel
from stadtlabor.sources.school.waste import waste

__all__ = ["ListReport", "ListTotal", "Listing", "purchases", "travel", "waste"]
