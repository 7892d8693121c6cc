"""Fields of a grid as they lie on the disk, and as an array that is loaded when looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
import zarr
from xarray.backends import BackendArray
from xarray.core import indexing

__all__ = ["Fields", "create_fields", "lazy", "pack"]

_SLOTS = 10_000_000  # room for 95 years of 5-minute steps; only written slots take space
_CHUNK = 128
_MISSING = 65_535


def create_fields(group: zarr.Group, grid: xr.DataArray) -> zarr.Array[Any]:
    """Create the array ``fields`` (slot, y, x) in a group for grids like the given one.

    Rain in mm/h is packed into whole steps of a thousandth of a millimetre per interval, but no
    finer than 0.01 mm/h: DWD's own steps are multiples of it, and it takes a third of the space.
    """
    packed = grid.attrs.get("units") == "mm/h"
    step = max(0.01, 3.6 / float(grid.attrs.get("interval_s", 3600)))
    rows, columns = (-(-n // _CHUNK) * _CHUNK for n in grid.shape[1:])
    array = group.create_array(
        "fields",
        shape=(_SLOTS, *grid.shape[1:]),
        dtype="uint16" if packed else "float32",
        # One file per field, in pieces of its own: a window is read without the rest.
        shards=(1, rows, columns),
        chunks=(1, min(_CHUNK, rows), min(_CHUNK, columns)),
        compressors=zarr.codecs.BloscCodec(cname="zstd", clevel=5, shuffle="bitshuffle"),
        fill_value=_MISSING if packed else np.nan,
        chunk_key_encoding={"name": "v2", "separator": "."},
        dimension_names=["slot", "y", "x"],
    )
    if packed:
        array.attrs["step"] = step
    return array


def pack(values: npt.NDArray[Any], array: zarr.Array[Any]) -> tuple[npt.NDArray[Any], int]:
    """Return a field as the array keeps it, and how many cells could not be kept.

    Packed rain has no place for negative values and for more than 655 mm/h (786 in 5 minutes);
    such cells are no rain and become cells without a value.
    """
    content = np.ascontiguousarray(values, "float32")
    if "step" not in array.attrs:
        return content, 0
    steps = np.round(content / np.float32(array.attrs["step"]))
    outside = (steps < 0) | (steps >= _MISSING)
    missing = outside | np.isnan(content)
    return np.where(missing, _MISSING, steps).astype("uint16"), int(outside.sum())


def lazy(array: zarr.Array[Any], slots: npt.NDArray[np.int64]) -> Any:
    """Return the fields of some slots as float32 data for xarray, loaded when looked at."""
    return indexing.LazilyIndexedArray(Fields(array, slots))


class Fields(BackendArray):
    """Slots of a fields array in a given order; xarray's interface for data on the disk."""

    def __init__(self, array: zarr.Array[Any], slots: npt.NDArray[np.int64]) -> None:
        self._array = array
        self._slots = slots
        self.shape = (len(slots), *array.shape[1:])
        self.dtype = np.dtype("float32")

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        """Load what an xarray indexer asks for."""
        outer = indexing.IndexingSupport.OUTER
        return indexing.explicit_indexing_adapter(key, self.shape, outer, self._load)

    def _load(self, key: tuple[Any, ...]) -> npt.NDArray[Any]:
        when, rows, columns = key
        slots = np.atleast_1d(self._slots[when])
        if len(slots):
            found = np.stack([np.asarray(self._array.oindex[s, rows, columns]) for s in slots])
        else:
            found = np.asarray(self._array.oindex[slice(0, 0), rows, columns])
        if "step" in self._array.attrs:
            missing = found == _MISSING
            found = found.astype("float32") * np.float32(self._array.attrs["step"])
            found[missing] = np.nan
        return found if np.ndim(when) or isinstance(when, slice) else found[0]
