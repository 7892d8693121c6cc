"""Grids (radar) that grow and are corrected: Zarr for the fields, an index for what is valid.

Every field takes the next free slot; a correction takes a slot of its own and never overwrites.
The slot is on the disk before the index tells of it, so a crash leaves nothing half-visible, and
reading at a version means: the valid field of each time among those up to that number.
"""

from __future__ import annotations

import hashlib
import threading
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
import zarr

from stadtlabor.store.citation import Citation
from stadtlabor.store.errors import StoreError
from stadtlabor.store.files import claim, make_folder, sync
from stadtlabor.store.frames import microseconds
from stadtlabor.store.grid_fields import create_fields, lazy, pack
from stadtlabor.store.grid_index import Field, GridIndex, grid_names
from stadtlabor.store.place import Place, grid_group, located

__all__ = ["Bounds", "GridStore"]

Bounds = tuple[float, float, float, float]
"""Window on a grid in its own coordinates: x from, y from, x to, y to (ends included)."""

_DATASET = "rain-radar"
# What belongs to the dataset, and what is noted per field because it may differ.
_FIXED = ("units", "long_name", "interval_s", "crs_wkt")
_NOTES = ("product", "source", "licence", "issued", "simulated")


class GridStore:
    """Versioned grids, one geometry per dataset.

    Parameters
    ----------
    folder
        The folder of the whole store; grids lie in ``grids/`` below it, and the index of each
        dataset always does.
    url
        Where the fields lie, see :func:`stadtlabor.store.place.located`.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        self.place = located(folder, url)
        self._lock = threading.Lock()
        self._held: dict[str, Connection] = {}

    def write_grid(self, grid: xr.DataArray) -> int:
        """Keep fields; they are on the disk when this returns. Same content changes nothing.

        Parameters
        ----------
        grid
            Dimensions ``time``, ``y``, ``x`` in that order, times in UTC. ``attrs["dataset"]``
            names the dataset (default ``rain-radar``); ``attrs["result_time"]`` or ``issued``
            tells when the provider stated the fields (default: the start of the Unix epoch, so
            that the last come counts). Coordinates beside time, y and x are not kept.

        Returns
        -------
        int
            How many fields were new.

        Raises
        ------
        StoreError
            If the geometry is not that of the dataset.
        StoreLockedError
            If another process is the writer.
        """
        if grid.dims != ("time", "y", "x"):
            axes = ", ".join(map(str, grid.dims))
            raise StoreError(f"Ein Raster braucht die Achsen time, y, x, nicht {axes}.")
        claim(self.folder)
        dataset = str(grid.attrs.get("dataset", _DATASET))
        notes = {n: _plain(grid.attrs[n]) for n in _NOTES if n in grid.attrs}
        stated = pd.Timestamp(grid.attrs.get("result_time", grid.attrs.get("issued", 0)))
        result_us = microseconds(stated if stated.tz else stated.tz_localize("UTC")) or 0
        times = pd.DatetimeIndex(grid["time"].to_numpy()).as_unit("us").asi8
        with self._lock:
            index = self._prepare(dataset, grid)
            # Held open as long as we may write: see stadtlabor.store.reading.
            if dataset not in self._held:
                self._held[dataset] = index.connect()
            array = zarr.open_array(grid_group(self._fields(dataset)), mode="r+")
            _, slot = index.newest()
            valid = {f.time_us: f for f in index.fields(int(times.min()), int(times.max()) + 1)}
            fresh = []
            for time_us, values in zip(times.tolist(), grid.to_numpy(), strict=True):
                content, dropped = pack(values, array)
                sha256 = hashlib.sha256(content.tobytes()).hexdigest()
                if time_us in valid and valid[time_us].sha256 == sha256:
                    continue
                # A crash may have left a file in this slot, which Zarr would try to add to.
                self._file(dataset, slot).unlink(missing_ok=True)
                array[slot] = content
                told = {**notes, "dropped_cells": dropped} if dropped else notes
                valid[time_us] = Field(time_us, slot, sha256, result_us, told)
                fresh.append(valid[time_us])
                slot += 1
            # A field without a single value has no file.
            sync(p for f in fresh if (p := self._file(dataset, f.slot)).exists())
            index.add(fresh)
        return len(fresh)

    def read_grid(
        self,
        dataset: str,
        start: pd.Timestamp | None = None,
        end: pd.Timestamp | None = None,
        at_version: int | None = None,
        window: Bounds | None = None,
    ) -> xr.DataArray:
        """Return fields from ``start`` up to, not including, ``end``; loaded when looked at.

        Raises
        ------
        StoreError
            If the dataset holds no grids or has not come to that version.
        """
        index = self._index(dataset)
        citation = self.version(dataset, at_version)
        fields = index.fields(microseconds(start), microseconds(end), at_version)
        group = zarr.open_group(grid_group(self._zarr(dataset)), mode="r")
        attrs = dict(group["fields"].attrs)
        slots = np.array([f.slot for f in fields], "int64")
        values = xr.DataArray(
            xr.Variable(("time", "y", "x"), lazy(group["fields"], slots)),
            coords={
                "time": np.array([f.time_us for f in fields], "datetime64[us]"),
                "y": np.asarray(group["y"]),
                "x": np.asarray(group["x"]),
            },
            name=attrs.pop("name"),
        )
        attrs.pop("step", None)
        if window:
            values = values.isel(
                y=_between(values["y"].to_numpy(), window[1], window[3]),
                x=_between(values["x"].to_numpy(), window[0], window[2]),
            )
        values.attrs = {**attrs, "dataset": dataset, **_told(fields), "citation": str(citation)}
        return values

    def grid_times(self, dataset: str) -> pd.DatetimeIndex:
        """Return the times, UTC, for which there is a field."""
        times = [f.time_us for f in self._index(dataset).fields()]
        return pd.DatetimeIndex(np.array(times, "datetime64[us]")).tz_localize("UTC")

    def datasets(self) -> list[str]:
        """Return the names of all datasets that hold grids."""
        return grid_names(self.folder)

    def version(self, dataset: str, at_version: int | None = None) -> Citation:
        """Return how to cite the newest version, or an older one.

        Raises
        ------
        StoreError
            If the dataset holds no grids or has not come to that version.
        """
        index = self._index(dataset)
        newest, _ = index.newest()
        if at_version is not None and not 0 <= at_version <= newest:
            raise StoreError(f"Von „{dataset}“ gibt es keine Version {at_version}.")
        version = newest if at_version is None else at_version
        return Citation(dataset, version, index.chain(at_version))

    def expire(self, dataset: str, before: pd.Timestamp) -> int:
        """Delete fields of times before an instant, in all versions; return how many went."""
        claim(self.folder)
        with self._lock:
            slots = self._index(dataset).expire(microseconds(before) or 0)
            for slot in slots:
                self._file(dataset, slot).unlink(missing_ok=True)
        return len(slots)

    def close(self) -> None:
        """Let go of the files of a writer."""
        while self._held:
            self._held.popitem()[1].close()

    def _prepare(self, dataset: str, grid: xr.DataArray) -> GridIndex:
        """Create the dataset with the first grid's geometry; refuse another geometry later."""
        folder = self._folder(dataset)
        if (folder / "index.db").exists():
            self._check(dataset, grid)
            return self._index(dataset)
        make_folder(folder)
        group = zarr.open_group(grid_group(self._zarr(dataset)), mode="w")
        for axis in ("y", "x"):
            group.create_array(axis, data=grid[axis].to_numpy(), dimension_names=[axis])
        array = create_fields(group, grid)
        array.attrs.update(
            {
                "name": str(grid.name or "value"),
                **{n: _plain(grid.attrs[n]) for n in _FIXED if n in grid.attrs},
            }
        )
        sync(path for path in folder.rglob("*") if path.is_file())
        index = GridIndex(folder / "index.db")
        index.create()
        sync([folder / "index.db"])
        return index

    def _check(self, dataset: str, grid: xr.DataArray) -> None:
        group = zarr.open_group(grid_group(self._zarr(dataset)), mode="r")
        known = {axis: np.asarray(group[axis]) for axis in ("y", "x")}
        same = all(
            len(known[a]) == grid.sizes[a] and np.allclose(known[a], grid[a].to_numpy())
            for a in known
        )
        if not same or group["fields"].attrs.get("crs_wkt") != grid.attrs.get("crs_wkt"):
            raise StoreError(
                f"Dieses Raster ({grid.sizes['y']} × {grid.sizes['x']}) liegt anders als die "
                f"Raster im Datensatz „{dataset}“ ({len(known['y'])} × {len(known['x'])}). "
                "Bitte einen eigenen Datensatz dafür angeben."
            )

    def _index(self, dataset: str) -> GridIndex:
        path = self._folder(dataset) / "index.db"
        if not path.exists():
            raise StoreError(f"Im Datensatz „{dataset}“ liegen keine Raster.")
        return GridIndex(path)

    def _folder(self, dataset: str) -> Path:
        return self.folder / "grids" / dataset

    def _zarr(self, dataset: str) -> Place:
        return self.place / "grids" / dataset / "zarr"

    def _fields(self, dataset: str) -> Place:
        return self._zarr(dataset) / "fields"

    def _file(self, dataset: str, slot: int) -> Place:
        return self._fields(dataset) / f"{slot}.0.0"


def _between(axis: np.ndarray, low: float, high: float) -> slice:
    """Return the part of an axis, rising or falling, between two values."""
    inside = np.flatnonzero((axis >= low) & (axis <= high))
    return slice(int(inside[0]), int(inside[-1]) + 1) if len(inside) else slice(0, 0)


def _told(fields: list[Field]) -> dict[str, Any]:
    """Sum up the notes of several fields: simulated if any is, every source and licence once."""
    told: dict[str, Any] = {}
    for note in _NOTES:
        values = list(dict.fromkeys(f.notes[note] for f in fields if note in f.notes))
        if values:
            told[note] = any(values) if note == "simulated" else "; ".join(map(str, values))
    return told


def _plain(value: Any) -> Any:
    """Turn NumPy scalars and times into what JSON knows."""
    if isinstance(value, np.generic):
        return value.item()
    return value.isoformat() if isinstance(value, datetime) else value
