"""What there is: series and versions of a data set."""

from __future__ import annotations

import pandas as pd

from stadtlabor.data.asking import german, opened, pin
from stadtlabor.store import Citation
from stadtlabor.store.opening import grid_datasets, grid_store

__all__ = ["datastreams", "version"]

_DATASTREAM_COLUMNS = {
    "id": "str",
    "name": "str",
    "thing": "str",
    "thing_name": "str",
    "area": "str",
    "unit": "str",
    "observed_property": "str",
    "interval_s": "int64",
    "lat": "float64",
    "lon": "float64",
    "source": "str",
    "licence": "str",
    "simulated": "bool",
}


@german
def datastreams(dataset: str, purpose: str | None = None) -> pd.DataFrame:
    """Return one row per datastream: id, names, position, unit, source and licence."""
    name, _ = pin(dataset, None)
    rows = [
        {column: getattr(d, column) for column in _DATASTREAM_COLUMNS}
        for d in opened(purpose).datastreams(name)
    ]
    return pd.DataFrame(rows, columns=list(_DATASTREAM_COLUMNS)).astype(_DATASTREAM_COLUMNS)


@german
def version(dataset: str) -> Citation:
    """Return how to cite the newest version; ``str()`` of it names dataset, version and hash."""
    name, version_ = pin(dataset, None)
    if name in grid_datasets():
        return grid_store().version(name, version_)
    return opened(None).version(name, version_)
