"""Numbers about people that may leave the house for research: differentially private, on a budget.

Whoever publishes sums and counts computed here gives away at most ``epsilon`` about each single
person, however many other sources a stranger holds (Dwork, McSherry, Nissim, Smith 2006,
"Calibrating noise to sensitivity in private data analysis"). The noise is made by OpenDP, the extra
``privacy``: ``pip install 'stadtlabor[privacy]'``.
"""

from stadtlabor.release.budget import Budget, BudgetError
from stadtlabor.release.noisy import Release, ReleaseError, counts, sums

__all__ = ["Budget", "BudgetError", "Release", "ReleaseError", "counts", "sums"]
