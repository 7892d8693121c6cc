"""Read radar files into one grid: files, lists of files, whole folders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from os import PathLike
from pathlib import Path

import numpy as np
import xarray as xr

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.radar_files import parse_file

__all__ = ["read"]

IGNORED = {".md", ".txt", ".json", ".toml", ".csv"}
"""Endings of what lies beside radar files in a folder."""


def read(
    paths: str | PathLike[str] | Iterable[str | PathLike[str]],
    product: str | None = None,
    *,
    keep_clutter: bool = False,
) -> xr.DataArray:
    """Read radar files of one product.

    Parameters
    ----------
    paths
        A file, a folder (its radar files, not those of its subfolders) or several of both.
    product
        Take this product alone, for example ``YW``, ``AQC`` or ``DX-TUR``; what holds others is
        left out. Without it, all files must hold the same product.
    keep_clutter
        Leave the numbers of cells that the provider flags as clutter; by default they are NaN.

    Returns
    -------
    xarray.DataArray
        Rain rate in mm/h, float32, dims (``time``, ``y``, ``x``), sorted by time. ``time`` is the
        start of an interval (UTC), ``y`` ascends to the north, NaN = not seen by the radar. What is
        missing in the sequence stays missing: no frame is made up. The coordinate ``quality``
        (uint8, same dims) holds what the file says about single cells
        (:class:`stadtlabor.sources.radar_quality.Quality`). ``attrs`` tell ``units``,
        ``interval_s``, ``crs_wkt``, ``product``, ``source``, ``licence`` and ``simulated``.

    Raises
    ------
    SourceError
        In German: nothing there, damaged, products or grids mixed, or one time told twice
        differently.
    """
    parts: list[xr.DataArray] = []
    for path in _files(paths):
        try:
            body = path.read_bytes()
        except OSError as error:
            raise SourceError(f"{path}: Die Datei ist nicht lesbar ({error.strerror}).") from error
        found = parse_file(body, path.name, keep_clutter=keep_clutter)
        parts += [p for p in found if product is None or p.attrs["product"] == product.upper()]
    if not parts:
        raise SourceError(
            f"Unter {_told(paths)} liegt keine Radardatei"
            + (f" des Produkts {product}" if product else "")
            + ". Bitte Pfad und Produkt prüfen."
        )
    return _joined(parts)


def _joined(parts: list[xr.DataArray]) -> xr.DataArray:
    """Put frames in order of time; memory is taken once."""
    first = parts[0]
    products = Counter(p.attrs["product"] for p in parts)
    if len(products) > 1:
        raise SourceError(
            f"Die Dateien mischen Produkte ({', '.join(sorted(products))}). "
            "Bitte eines davon nennen."
        )
    for key, what in (
        ("crs_wkt", "Gitter"),
        ("interval_s", "Zeitschritte"),
        ("issued", "Vorhersagen verschiedener Läufe"),
        ("simulated", "echten und simulierten Regen"),
    ):
        if len({p.attrs.get(key) for p in parts}) > 1 or len({p.shape[1:] for p in parts}) > 1:
            raise SourceError(f"Die Dateien mischen {what}. Bitte getrennt einlesen.")
    if len(parts) == 1 and first["time"].to_index().is_monotonic_increasing:
        return first
    frames: dict[np.datetime64, xr.DataArray] = {}
    for part in parts:
        for index, time in enumerate(part["time"].to_numpy()):
            frame = part.isel(time=index)
            known = frames.setdefault(time, frame)
            if known is not frame and not np.array_equal(known, frame, equal_nan=True):
                raise SourceError(
                    f"Für {np.datetime_as_string(time, 'm')} UTC liegen zwei verschiedene Bilder "
                    "vor. Bitte eines entfernen."
                )
    ordered = {time: frames[time] for time in sorted(frames)}
    coords = {"time": np.array(list(ordered)), "y": first["y"], "x": first["x"]}
    if all("quality" in frame.coords for frame in ordered.values()):
        bits = np.stack([frame["quality"].to_numpy() for frame in ordered.values()])
        coords["quality"] = (first.dims, bits)
    joined = xr.DataArray(
        np.stack([frame.to_numpy() for frame in ordered.values()]),
        dims=first.dims,
        coords=coords,
        name=first.name,
        attrs=dict(first.attrs),
    )
    clutter = [p.attrs["clutter_cells"] for p in parts if "clutter_cells" in p.attrs]
    if clutter:
        joined.attrs["clutter_cells"] = sum(clutter)
    return joined


def _files(paths: str | PathLike[str] | Iterable[str | PathLike[str]]) -> list[Path]:
    """Return the files meant, in order of their names."""
    many = [paths] if isinstance(paths, str | PathLike) else list(paths)
    found: list[Path] = []
    for path in map(Path, many):
        if path.is_dir():
            found += sorted(
                p
                for p in path.iterdir()
                if p.is_file() and p.suffix.lower() not in IGNORED and p.name[0] != "."
            )
        elif path.is_file():
            found.append(path)
        else:
            raise SourceError(f"{path}: Die Datei gibt es nicht. Bitte den Pfad prüfen.")
    return found


def _told(paths: object) -> str:
    return str(paths) if isinstance(paths, str | PathLike) else "den genannten Pfaden"
