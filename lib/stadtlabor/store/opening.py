"""The stores of this installation, opened once per place and process."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from stadtlabor.city import city
from stadtlabor.settings import home
from stadtlabor.store.grid_index import grid_names
from stadtlabor.store.observations import Store

if TYPE_CHECKING:
    from stadtlabor.store.grids import GridStore

__all__ = ["grid_datasets", "grid_store", "observation_store"]


def observation_store() -> Store:
    """Return the observations below ``home()``."""
    return _observations(str(home()), os.getpid())


def grid_store() -> GridStore:
    """Return the grids below ``home()``; their libraries take 40 MB."""
    return _grids(str(home()), os.getpid())


def grid_datasets() -> list[str]:
    """Return the names of all datasets that hold grids, without loading their libraries."""
    return grid_names(home() / "store")


# A forked kernel must not share its parent's connections, hence the process.


@lru_cache(maxsize=8)
def _observations(place: str, process: int) -> Store:
    return Store(home() / "store", city().city.timezone)


@lru_cache(maxsize=8)
def _grids(place: str, process: int) -> GridStore:
    from stadtlabor.store.grids import GridStore

    return GridStore(home() / "store")
