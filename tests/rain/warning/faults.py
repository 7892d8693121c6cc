"""What can go wrong with radar frames, put into a recorded sequence at any position."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import xarray as xr

STEP = timedelta(minutes=5)
TRAVEL = timedelta(minutes=2)  # from the end of an interval to the arrival of its frame


@dataclass
class Arrival:
    """A frame and when it came."""

    frame: xr.DataArray
    received: datetime


def end(frame: xr.DataArray) -> datetime:
    start = pd.Timestamp(frame["time"].to_numpy()[()]).to_pydatetime().replace(tzinfo=UTC)
    return start + timedelta(seconds=float(frame.attrs["interval_s"]))


def arrivals(rain: xr.DataArray) -> list[Arrival]:
    frames = [rain.isel(time=n).load() for n in range(rain.sizes["time"])]
    return [Arrival(f, end(f) + TRAVEL) for f in frames]


Fault = Callable[[list[Arrival], int], list[Arrival]]


def _changed(change: Callable[[xr.DataArray], xr.DataArray]) -> Fault:
    def inject(clean: list[Arrival], k: int) -> list[Arrival]:
        frame = change(clean[k].frame.copy(deep=True))
        return [*clean[:k], Arrival(frame, clean[k].received), *clean[k + 1 :]]

    return inject


def _values(change: Callable[[np.ndarray], np.ndarray]) -> Fault:
    return _changed(lambda f: f.copy(data=change(f.to_numpy().astype("float32"))))


def _stamp(minutes: int) -> Fault:
    return _changed(lambda f: f.assign_coords(time=f["time"] + pd.Timedelta(minutes=minutes)))


def _attrs(**attrs: object) -> Fault:
    return _changed(lambda f: f.assign_attrs(attrs))


def _content_of(distance: int) -> Fault:
    def inject(clean: list[Arrival], k: int) -> list[Arrival]:
        if k < distance:
            raise IndexError
        old = clean[k].frame.copy(data=clean[k - distance].frame.to_numpy())
        return [*clean[:k], Arrival(old, clean[k].received), *clean[k + 1 :]]

    return inject


def _repeated(clean: list[Arrival], k: int) -> list[Arrival]:
    if k < 1:
        raise IndexError
    return [*clean[:k], Arrival(clean[k - 1].frame, clean[k].received), *clean[k + 1 :]]


def _missing(clean: list[Arrival], k: int) -> list[Arrival]:
    if k < 1:
        raise IndexError  # a sequence that starts later misses nothing
    return [*clean[:k], *clean[k + 1 :]]


def _delayed(clean: list[Arrival], k: int) -> list[Arrival]:
    if k < 1:
        raise IndexError
    late = Arrival(clean[k].frame, clean[k].received + 3 * STEP)
    return sorted([*clean[:k], *clean[k + 1 :], late], key=lambda a: a.received)


def _swapped(clean: list[Arrival], k: int) -> list[Arrival]:
    if k < 1 or k + 1 >= len(clean):
        raise IndexError
    late = Arrival(clean[k].frame, clean[k + 1].received + timedelta(seconds=1))
    return [*clean[:k], clean[k + 1], late, *clean[k + 2 :]]


def _half_lost(values: np.ndarray) -> np.ndarray:
    half = len(values) // 2
    values[:half] = np.where(np.isnan(values[:half]), np.nan, 0)
    return values


def _mostly_blind(values: np.ndarray) -> np.ndarray:
    values[: len(values) * 7 // 10] = np.nan
    return values


def _one_negative(values: np.ndarray) -> np.ndarray:
    seen = np.argwhere(np.isfinite(values))
    values[tuple(seen[len(seen) // 2])] = -0.12
    return values


def _one_infinite(values: np.ndarray) -> np.ndarray:
    seen = np.argwhere(np.isfinite(values))
    values[tuple(seen[len(seen) // 2])] = np.inf
    return values


SINGLE: dict[str, Fault] = {
    "missing": _missing,
    "delayed": _delayed,
    "out of order": _swapped,
    "repeated": _repeated,
    "frozen": _content_of(1),
    "old content": _content_of(3),
    "all NaN": _values(lambda v: np.full_like(v, np.nan)),
    "all zero": _values(lambda v: np.where(np.isnan(v), np.nan, 0).astype("float32")),
    "zero without edge": _values(np.zeros_like),
    "half lost": _values(_half_lost),
    "coverage collapse": _values(_mostly_blind),
    "negative": _values(_one_negative),
    "infinite": _values(_one_infinite),
    "times 12": _values(lambda v: v * 12),
    "by 12": _values(lambda v: v / 12),
    "mirrored": _values(lambda v: v[::-1].copy()),
    "units": _attrs(units="mm"),
    "interval": _attrs(interval_s=3600),
    "other grid": _changed(lambda f: f.assign_coords(x=f["x"] + 1000.0)),
    "cut grid": _changed(lambda f: f.isel(y=slice(0, -20))),
    "hour ahead": _stamp(60),
    "hour behind": _stamp(-60),
    "two hours ahead": _stamp(120),
    "odd minutes": _stamp(-3),
}
"""Kind → a fault of one frame; raises IndexError where it cannot be at that position."""

LASTING = (
    "frozen", "all NaN", "all zero", "half lost", "coverage collapse", "negative", "times 12",
    "by 12", "mirrored", "units", "other grid", "hour ahead", "hour behind",
)  # fmt: skip
"""Faults that stay: from some frame on every frame has them."""


def lasting(kind: str, clean: list[Arrival], k: int) -> list[Arrival]:
    """Put a fault into every frame from ``k`` on; a frozen provider sends frame ``k - 1``."""
    if kind == "frozen":
        stuck = clean[k - 1].frame.to_numpy()
        rest = [Arrival(a.frame.copy(data=stuck), a.received) for a in clean[k:]]
        return [*clean[:k], *rest]
    found = list(clean)
    for n in range(k, len(clean)):
        found = SINGLE[kind](found, n)
    return found
