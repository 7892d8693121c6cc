"""Where the city's data lie: observations (Delta Lake), grids (Zarr), registers (SQL), spool.

Notebooks and apps do not come here; they read through :mod:`stadtlabor.data`.
"""

from typing import TYPE_CHECKING, Any

from stadtlabor.store.citation import Citation
from stadtlabor.store.errors import StoreError, StoreLockedError
from stadtlabor.store.observations import AGGREGATE_COLUMNS, Store
from stadtlabor.store.periods import GRAINS
from stadtlabor.store.registers import registers
from stadtlabor.store.spool import Spool

if TYPE_CHECKING:
    from stadtlabor.store.grids import Bounds, GridStore

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


def __getattr__(name: str) -> Any:
    """Load grids when they are asked for: who reads only counts saves 40 MB (PEP 562)."""
    if name in ("Bounds", "GridStore"):
        from stadtlabor.store import grids

        return getattr(grids, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
