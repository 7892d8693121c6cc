"""What is kept of a radar frame to judge the next one by."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import xarray as xr
from scipy.ndimage import minimum_filter1d

__all__ = ["Digest", "digest", "end_of"]

COARSE = 16
"""Blocks per side of the coarse picture."""


@dataclass(frozen=True)
class Digest:
    """A frame in some numbers; all of it can be written as JSON.

    Attributes
    ----------
    end
        End of the frame's interval, ISO, UTC.
    content
        Hash of the values.
    shape
        Hash of grid and projection.
    units, interval_s
        As the frame states them.
    seen
        Share of cells that the radar sees, 0–1.
    wet
        Cells of each quarter of the grid that rain at least ``wet_mm_h`` and lie so far from the
        quarter's edge and from what the radar does not see that their rain cannot leave at once.
    any_wet
        Whether each quarter holds a cell above 0.
    cells
        Number of cells above 0.
    q90, mean
        90 % quantile and mean of the cells above 0, mm/h.
    lowest, highest
        Extremes of the seen cells, mm/h.
    coarse
        Rain on a coarse grid as 0–99, row by row from the south.
    """

    end: str
    content: str
    shape: str
    units: str
    interval_s: float
    seen: float
    wet: tuple[int, ...]
    any_wet: tuple[bool, ...]
    cells: int
    q90: float
    mean: float
    lowest: float
    highest: float
    coarse: tuple[int, ...]

    @property
    def time(self) -> datetime:
        """End of the interval, UTC."""
        return datetime.fromisoformat(self.end)

    def to_dict(self) -> dict[str, Any]:
        """Return what :meth:`from_dict` reads."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Digest:
        """Read what :meth:`to_dict` wrote, also by way of JSON."""
        lists = {name: tuple(told[name]) for name in ("wet", "any_wet", "coarse")}
        return cls(**{**told, **lists})


def end_of(frame: xr.DataArray) -> datetime:
    """Return the end of a frame's interval, UTC.

    Parameters
    ----------
    frame
        With a scalar coordinate ``time``: start of its interval, UTC.
    """
    start: datetime = frame["time"].to_numpy().astype("datetime64[us]").item()
    return start.replace(tzinfo=UTC) + timedelta(seconds=float(frame.attrs.get("interval_s", 0)))


def digest(frame: xr.DataArray, wet_mm_h: float, inner_km: float) -> Digest:
    """Sum up one frame.

    Parameters
    ----------
    frame
        Rain rate (``y``, ``x``), mm/h, with a scalar coordinate ``time``: start of its interval,
        UTC.
    wet_mm_h
        From here on a cell counts as rain, mm/h.
    inner_km
        Rain counts as inner rain that far from any edge, km.
    """
    values = np.ascontiguousarray(frame.to_numpy(), dtype="float32")
    seen = np.isfinite(values)
    rain = np.where(seen, values, 0)
    positive = rain[rain > 0]
    reach = round(inner_km * 1000 / abs(float(frame["x"][1] - frame["x"][0])))
    quarters = _quarters(rain)
    places = hashlib.sha256(str(frame.attrs.get("crs_wkt")).encode())
    for axis in ("y", "x"):
        places.update(np.round(frame[axis].to_numpy().astype("float64"), 1).tobytes())
    return Digest(
        end=end_of(frame).isoformat(),
        content=hashlib.sha256(values.tobytes()).hexdigest()[:32],
        shape=f"{values.shape[0]}x{values.shape[1]}-{places.hexdigest()[:16]}",
        units=str(frame.attrs.get("units")),
        interval_s=float(frame.attrs.get("interval_s", 0)),
        seen=float(seen.mean()),
        wet=tuple(
            int((_inner(sight, reach) & (part >= wet_mm_h)).sum())
            for part, sight in zip(quarters, _quarters(seen), strict=True)
        ),
        any_wet=tuple(bool((part > 0).any()) for part in quarters),
        cells=int(positive.size),
        q90=float(np.quantile(positive, 0.9)) if positive.size else 0.0,
        mean=float(positive.mean()) if positive.size else 0.0,
        lowest=float(values[seen].min()) if seen.any() else 0.0,
        # An infinite value is no seen cell, but it is no rain either.
        highest=float(np.inf if np.isinf(values).any() else rain.max(initial=0.0)),
        coarse=_coarse(rain),
    )


def _quarters(field: np.ndarray) -> list[np.ndarray]:
    halves = np.array_split(field, 2, axis=0)
    return [part for half in halves for part in np.array_split(half, 2, axis=1)]


def _inner(seen: np.ndarray, reach: int) -> np.ndarray:
    """Tell which cells have nothing but seen cells of the field within ``reach`` cells."""
    inner = seen
    for axis in (0, 1):
        inner = minimum_filter1d(inner, 2 * reach + 1, axis=axis, mode="constant", cval=0)
    return inner


def _coarse(rain: np.ndarray) -> tuple[int, ...]:
    rows = np.linspace(0, rain.shape[0], COARSE, endpoint=False).astype(int)
    columns = np.linspace(0, rain.shape[1], COARSE, endpoint=False).astype(int)
    sums = np.add.reduceat(np.add.reduceat(np.log1p(np.maximum(rain, 0)), rows, 0), columns, 1)
    top = float(sums[np.isfinite(sums)].max(initial=0.0))
    if top <= 0:
        return (0,) * sums.size
    return tuple(int(v) for v in np.nan_to_num(np.round(99 * sums / top), posinf=99).ravel())
