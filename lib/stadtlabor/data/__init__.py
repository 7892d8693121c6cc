"""The one door to the city's data for notebooks and apps.

In a kernel of the Stadtlabor the data service stands behind it, which gives what the policy of the
data set allows for the stated purpose; on one's own machine the files are read.

>>> from stadtlabor import data
>>> data.datasets()                                                   # doctest: +SKIP
['footfall', 'rain-radar', 'weather']
>>> data.aggregate("footfall", "day", start="2026-11-01")             # doctest: +SKIP

Every answer carries in ``.attrs`` what a chart must say: ``citation`` (pin it: ``footfall@17``),
``units``, ``sources``, ``licences``, ``simulated`` and ``shares`` of simulated, filled and suspect
values. Times without a zone are read as the city's clock.
"""

from __future__ import annotations

from stadtlabor.data.asking import REAL_RUN, DataError, datasets
from stadtlabor.data.grids import grid, grid_times
from stadtlabor.data.listing import datastreams, version
from stadtlabor.data.values import aggregate, latest, read, twin

__all__ = [
    "REAL_RUN",
    "DataError",
    "aggregate",
    "datasets",
    "datastreams",
    "grid",
    "grid_times",
    "latest",
    "read",
    "twin",
    "version",
]
