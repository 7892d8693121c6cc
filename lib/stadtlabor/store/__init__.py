"""Where the city's data lie: observations (Delta Lake), grids (Zarr), registers (SQL), spool.

Notebooks and apps do not come here; they read through :mod:`stadtlabor.data`.
"""

from stadtlabor.store.citation import Citation
from stadtlabor.store.errors import StoreError, StoreLockedError
from stadtlabor.store.grids import Bounds, GridStore
from stadtlabor.store.observations import AGGREGATE_COLUMNS, Store
from stadtlabor.store.periods import GRAINS
from stadtlabor.store.registers import registers
from stadtlabor.store.spool import Spool

__all__ = [
    "AGGREGATE_COLUMNS",
    "GRAINS",
    "Bounds",
    "Citation",
    "GridStore",
    "Spool",
    "Store",
    "StoreError",
    "StoreLockedError",
    "registers",
]
