"""A recorded storm through the same path as today's rain, at a multiple of its speed.

With a pipeline all of it happens as in operation: frames go into a store, the notebook is run by
papermill, its assessment is read from the archive. The replay then needs a home of its own
(``$STADTLABOR_HOME``), so that no recorded frame comes between today's.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyproj
import xarray as xr

from stadtlabor.catchments import Catchment, ChannelEntry, RainWarning
from stadtlabor.city import city
from stadtlabor.promotion.pipeline import Pipeline
from stadtlabor.rain.reading import read
from stadtlabor.rain.warning.channels import ways
from stadtlabor.rain.warning.digest import end_of
from stadtlabor.rain.warning.feed import Feed, Recording, StoredRecording
from stadtlabor.rain.warning.reckoning import Promoted
from stadtlabor.rain.warning.service import Service, Turn

__all__ = ["lattice", "play"]

STEP = timedelta(minutes=5)
DELAY = timedelta(minutes=2)
DATASET = "rain-radar"
"""Name of the grid in the replay's own store: one that the pipeline knows."""


def lattice(frame: xr.DataArray, spacing_km: float, radius_km: float = 4.5) -> list[Catchment]:
    """Return circles all over a grid, where the radar sees.

    A city meets a level once in years. Whether warnings are worth anything shows only where many
    places are warned at the same time.

    Parameters
    ----------
    frame
        One radar frame (``y``, ``x``).
    spacing_km
        Distance of the centres, km.
    radius_km
        Of a circle; 4.5 km make an area like 8 × 8 km.
    """
    to_degrees = pyproj.Transformer.from_crs(frame.attrs["crs_wkt"], "EPSG:4326", always_xy=True)
    cell_km = abs(float(frame["x"][1] - frame["x"][0])) / 1000
    step, found = max(1, round(spacing_km / cell_km)), []
    seen = np.isfinite(frame.to_numpy())
    for row in range(step // 2, frame.sizes["y"], step):
        for column in range(step // 2, frame.sizes["x"], step):
            if seen[row, column]:
                x, y = float(frame["x"][column]), float(frame["y"][row])
                lon, lat = to_degrees.transform(x, y)
                found.append(Catchment(
                    id=f"feld-{row}-{column}", name=f"Feld {row}/{column} (erfunden)",
                    invented=True, lat=round(lat, 5), lon=round(lon, 5), radius_km=radius_km,
                ))  # fmt: skip
    return found


def play(
    paths: Sequence[Path],
    folder: Path,
    settings: RainWarning,
    speed: float | None = None,
    channels: list[ChannelEntry] | None = None,
    region: tuple[slice, slice] | None = None,
    spacing_km: float | None = None,
    pipeline: Pipeline | None = None,
) -> Iterator[tuple[datetime, Turn, float]]:
    """Play recorded frames; goes on where an earlier play into the same folder has ended.

    Parameters
    ----------
    paths
        One file per frame.
    folder
        Journal and outbox of this replay.
    settings
        Table ``[warning]``; the status becomes ``Test`` whatever it says, and no channel of the
        city is used.
    speed
        Multiple of real time; None plays as fast as it can.
    channels
        Ways out; without any, the outbox in ``folder``.
    region
        Rows and columns that are looked at.
    spacing_km
        Lay circles over the grid at this distance in place of the city's catchments.
    pipeline
        Take the assessment from this notebook, for the city's catchments and the whole grid;
        without it the nowcast is called directly.

    Yields
    ------
    tuple
        Time in the recording, what the turn brought, seconds that it took.
    """
    first = read(sorted(paths)[0]).isel(time=0)
    changed: dict[str, object] = {"status": "Test", "ping": None}
    if spacing_km:
        seen = first.isel(y=region[0], x=region[1]) if region else first
        changed["catchments"] = lattice(seen, spacing_km)
    settings = settings.model_copy(update=changed)
    feed: Feed
    reckoning: Promoted | None = None
    if pipeline:
        feed = StoredRecording(paths, DATASET, city(), DELAY)
        reckoning = Promoted(DATASET, settings, pipeline)
        reckoning.warm()
    else:
        feed = Recording(paths, DELAY, region)
    out = ways(channels or [], folder)
    service = Service(folder, settings, feed, out, replay=True, reckoning=reckoning)
    start, began = end_of(first) + DELAY, time.monotonic()
    try:
        for number in range(len(paths)):
            now = start + number * STEP
            if service.reached and now < service.reached:
                continue
            if speed:
                wait = began + number * STEP.total_seconds() / speed - time.monotonic()
                time.sleep(max(0.0, wait))
            at = time.monotonic()
            turn = service.turn(now)
            yield now, turn, time.monotonic() - at
    finally:
        service.close()
