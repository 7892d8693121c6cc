"""One version of a dataset for many machines: a Dask frame with a part for each month.

Each worker opens the same version at the same place and applies the same rule for what counts, so
the answer is that of :meth:`stadtlabor.store.Store.read`, on a disk that all share as in an object
store.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from stadtlabor.observations import COLUMNS
from stadtlabor.store.frames import empty, to_frame
from stadtlabor.store.place import Place
from stadtlabor.store.query import Reader
from stadtlabor.store.table import Table
from stadtlabor.store.window import months

if TYPE_CHECKING:
    import dask.dataframe as dd

__all__ = ["spread"]

_OBSERVATION = ["datastream", "t", "v", "quality", "rt"]


def spread(place: Place, version: int, names: Mapping[int, str]) -> dd.DataFrame:
    """Return all observations of a version as a Dask data frame.

    Parameters
    ----------
    place
        Folder of the table.
    version
        Its number.
    names
        Names of the datastreams by key.

    Returns
    -------
    dask.dataframe.DataFrame
        Columns of :data:`stadtlabor.observations.COLUMNS`; a part per month, sorted within it;
        text as Dask keeps it.
    """
    from dask import dataframe

    snapshot = Table(place).snapshot(version)
    log = Reader().log(snapshot)
    touched = months(log["t"]) if len(log) else set()
    parts = sorted({file.month for file in snapshot.base()} | touched)
    made: dd.DataFrame
    if parts:
        made = dataframe.from_map(  # type: ignore[no-untyped-call]
            _part, parts, place=place, version=version, names=dict(names), meta=empty(COLUMNS)
        )
    else:
        made = dataframe.from_pandas(empty(COLUMNS), 1)  # type: ignore[no-untyped-call]
    return made


def _part(month: str, place: Place, version: int, names: dict[int, str]) -> pd.DataFrame:
    """Return the observations of one month; runs on a worker."""
    reader, table = _opened(place)
    snapshot = table.snapshot(version)
    rows = reader.stream(snapshot, month, reader.log(snapshot)).read_all()
    return to_frame(rows.select(_OBSERVATION), names, COLUMNS)


@lru_cache(maxsize=4)
def _opened(place: Place) -> tuple[Reader, Table]:
    return Reader(), Table(place)
