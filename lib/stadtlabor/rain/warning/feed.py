"""Where radar frames come from: the store, or recorded files with a clock of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import numpy as np
import xarray as xr

from stadtlabor import data
from stadtlabor.city import City
from stadtlabor.rain.grid import around
from stadtlabor.rain.reading import read
from stadtlabor.rain.warning.digest import end_of
from stadtlabor.sources.http import SourceError
from stadtlabor.store.opening import grid_store

__all__ = ["Arrival", "Feed", "Recording", "StoreFeed", "StoredRecording"]

LOOK_BACK = timedelta(minutes=30)


@dataclass(frozen=True)
class Arrival:
    """A frame and when it came; ``frame`` is None where it could not be read."""

    frame: xr.DataArray | None
    received: datetime


class Feed(Protocol):
    """A source of frames."""

    def new(self, known: set[datetime], now: datetime) -> list[Arrival]:
        """Return what has come and is not among the known ends, in order of arrival."""

    def window(self, ends: Sequence[datetime]) -> xr.DataArray:
        """Return the frames of these ends around the city, mm/h, sorted by time."""

    def version(self) -> str:
        """Return how to cite what the frames were taken from."""


class StoreFeed:
    """Frames of the house's store.

    Parameters
    ----------
    dataset
        Grid, for example ``rain-radar``.
    city
        Whose surroundings are cut out.
    """

    def __init__(self, dataset: str, city: City) -> None:
        self._dataset, self._city = dataset, city

    def new(self, known: set[datetime], now: datetime) -> list[Arrival]:
        """Return frames of the last half hour that are not known."""
        try:
            grid = data.grid(self._dataset, start=now - LOOK_BACK - timedelta(minutes=5))
        except data.DataError:
            return []
        found = []
        for n in range(grid.sizes["time"]):
            if end_of(grid.isel(time=n)) not in known:
                found.append(Arrival(grid.isel(time=n).load(), now))
        return found

    def window(self, ends: Sequence[datetime]) -> xr.DataArray:
        """Cut the window out of the store."""
        step = timedelta(minutes=5)
        grid = data.grid(self._dataset, start=min(ends) - step, end=max(ends))
        starts = [np.datetime64((e - step).replace(tzinfo=None)) for e in ends]
        chosen = grid.isel(time=np.isin(grid["time"].to_numpy(), starts))
        centre = self._city.city.centre
        # The grid is opened lazily: only the window of each frame is read.
        return around(chosen, centre.lat, centre.lon, self._city.rain.window_km).load()

    def version(self) -> str:
        """Cite the newest version."""
        return str(data.version(self._dataset))


class StoredRecording(StoreFeed):
    """Recorded files that go into the store when their time has come, as the ingest does it.

    Parameters
    ----------
    paths
        One file per frame.
    dataset, city
        As :class:`StoreFeed`.
    delay
        From the end of an interval to the arrival of its frame.
    """

    def __init__(self, paths: Sequence[Path], dataset: str, city: City, delay: timedelta) -> None:
        super().__init__(dataset, city)
        self._paths, self._delay = sorted(paths), delay
        self._waiting: xr.DataArray | None = None

    def new(self, known: set[datetime], now: datetime) -> list[Arrival]:
        """Store what has come by now; return frames of the last half hour that are not known."""
        unreadable = []
        while self._waiting is not None or self._paths:
            try:
                if self._waiting is None:
                    self._waiting = read(self._paths.pop(0))
            except SourceError:
                unreadable.append(Arrival(None, now))
                continue
            if not self._come(self._waiting.isel(time=-1), now):
                break
            grid_store().write_grid(self._waiting.assign_attrs(dataset=self._dataset))
            self._waiting = None
        # A replay that was cut off and goes back a step finds frames that have not come yet.
        found = super().new(known, now)
        return unreadable + [a for a in found if a.frame is None or self._come(a.frame, now)]

    def _come(self, frame: xr.DataArray, now: datetime) -> bool:
        return end_of(frame) + self._delay <= now


class Recording:
    """Recorded files, each arriving some time after the end of its interval.

    Parameters
    ----------
    paths
        One file per frame.
    delay
        From the end of an interval to the arrival of its frame.
    region
        Rows and columns that are looked at; without it the whole grid.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        delay: timedelta = timedelta(minutes=2),
        region: tuple[slice, slice] | None = None,
    ) -> None:
        self._paths, self._delay, self._region = sorted(paths), delay, region
        self._frames: dict[datetime, xr.DataArray] = {}
        self._next = 0

    def new(self, known: set[datetime], now: datetime) -> list[Arrival]:
        """Return frames that have come by now."""
        while self._next < len(self._paths) and self._newest() + self._delay <= now:
            try:
                grid = read(self._paths[self._next])
            except SourceError:
                return [Arrival(None, now)]
            finally:
                self._next += 1
            for n in range(grid.sizes["time"]):
                frame = grid.isel(time=n)
                if self._region:
                    frame = frame.isel(y=self._region[0], x=self._region[1])
                self._frames[end_of(frame)] = frame.load()
        return [
            Arrival(frame, end + self._delay) for end, frame in sorted(self._frames.items())
            if end not in known and end + self._delay <= now
        ]  # fmt: skip

    def _newest(self) -> datetime:
        # Files are read one ahead at most; the first is read to know when it begins.
        return max(self._frames, default=datetime(1970, 1, 1, tzinfo=UTC))

    def window(self, ends: Sequence[datetime]) -> xr.DataArray:
        """Put the frames together."""
        frames = [self._frames[end] for end in ends]
        return xr.concat(frames, "time", coords="minimal", compat="override",
                         combine_attrs="override")  # fmt: skip

    def version(self) -> str:
        """Name the first and the last file."""
        return f"{self._paths[0].name} … {self._paths[-1].name}"
