"""Simulated rain: bands of showers that drift over the city, as cells that grow and die.

Every block of four hours brings one band that crosses the city centre, so that something can be
seen at any time; about every twelfth band is heavy. A field is the sum of its cells, so it can be
had for any moment and place without history, and a gauge agrees with the radar cell above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import pyproj
import xarray as xr

from stadtlabor.city import City
from stadtlabor.simulation.dice import dice
from stadtlabor.sources.dwd_radar import frame
from stadtlabor.sources.radar_grid import RADOLAN, axes

__all__ = ["Sky"]

Floats = npt.NDArray[np.float64]

BLOCK_S = 4 * 3600
STEP_S = 300
ROWS, COLUMNS = 1100, 900
RANGE_M = 150_000.0  # how far the city's radars see
HEAVY = 1 / 12


@dataclass(frozen=True)
class Cells:
    """Cells of one band: position at ``born``, drift, size, peak and life span."""

    x: Floats
    y: Floats
    born: Floats
    life_s: Floats
    sigma_m: Floats
    peak_mm_h: Floats
    drift_m_s: tuple[float, float]


class Sky:
    """The rain over one city.

    Parameters
    ----------
    city
        Its centre is what the bands cross; its radars bound what can be seen.
    seed
        Of the installation.
    """

    def __init__(self, city: City, seed: int) -> None:
        self._seed = seed
        self._project = pyproj.Transformer.from_crs("EPSG:4326", RADOLAN, always_xy=True)
        self._centre = self._project.transform(city.city.centre.lon, city.city.centre.lat)
        self._radars = [self._project.transform(r.lon, r.lat) for r in city.rain.radars]
        self._x, self._y = axes(ROWS, COLUMNS)
        self._band = lru_cache(maxsize=4096)(self._draw)
        self._day = lru_cache(maxsize=4096)(self._point_day)
        self._blind = cache(self._outside)

    def field(self, end: datetime, product: str = "YW") -> xr.DataArray:
        """Return the radar frame of the five minutes before ``end`` (UTC), 0.01 mm steps."""
        sums = np.zeros((ROWS, COLUMNS))
        middle = end.timestamp() - STEP_S / 2
        for cells in self._bands(middle):
            rates, x, y = _at(cells, middle)
            for n in np.flatnonzero(rates > 0.05):
                reach = 3.2 * cells.sigma_m[n]
                columns = slice(*np.searchsorted(self._x, (x[n] - reach, x[n] + reach)))
                rows = slice(*np.searchsorted(self._y, (y[n] - reach, y[n] + reach)))
                far_x = (self._x[columns] - x[n]) / cells.sigma_m[n]
                far_y = (self._y[rows] - y[n]) / cells.sigma_m[n]
                shape = np.exp(-0.5 * far_y**2)[:, None] * np.exp(-0.5 * far_x**2)[None, :]
                sums[rows, columns] += rates[n] * shape
        sums = np.round(sums * STEP_S / 3600, 2)
        sums[self._blind()] = np.nan
        return frame(sums, product, end.astimezone(UTC), simulated=True)

    def at(self, lat: float, lon: float, day: int) -> Floats:
        """Return the day's 288 sums of five minutes in mm at the radar cell of a place.

        Parameters
        ----------
        lat, lon
            Place, WGS 84, degrees.
        day
            Number of the UTC day since 1970.
        """
        x, y = self._project.transform(lon, lat)
        column, row = np.abs(self._x - x).argmin(), np.abs(self._y - y).argmin()
        return self._day(float(self._x[column]), float(self._y[row]), day)

    def _point_day(self, x: float, y: float, day: int) -> Floats:
        middles = day * 86_400.0 + STEP_S / 2 + STEP_S * np.arange(288)
        total = np.zeros(288)
        first, last = int(middles[0] // BLOCK_S), int(middles[-1] // BLOCK_S)
        for block in range(first - 1, last + 2):
            cells = self._band(block)
            near = (middles > cells.born.min()) & (middles < (cells.born + cells.life_s).max())
            if near.any():
                rates, cx, cy = _at(cells, middles[near][:, None])
                far = ((cx - x) ** 2 + (cy - y) ** 2) / cells.sigma_m**2
                # The same cut-off square as in the field, so that both agree to the last digit.
                seen = (np.abs(cx - x) <= 3.2 * cells.sigma_m) & (
                    np.abs(cy - y) <= 3.2 * cells.sigma_m
                )
                total[near] += np.where(seen & (rates > 0.05), rates * np.exp(-0.5 * far), 0).sum(1)
        return np.asarray(np.round(total * STEP_S / 3600, 2))

    def _bands(self, moment: float) -> list[Cells]:
        block = int(moment // BLOCK_S)
        return [self._band(n) for n in (block - 1, block, block + 1)]

    def _draw(self, block: int) -> Cells:
        throw = dice(self._seed, "rain", block)
        heavy = throw.random() < HEAVY
        count = int(throw.integers(14, 24))
        speed, heading = throw.uniform(7, 16), np.deg2rad(throw.uniform(-35, 35))
        drift = (speed * np.cos(heading), speed * np.sin(heading))
        passes = block * BLOCK_S + throw.uniform(0.2, 0.8) * BLOCK_S
        # A line across the direction of travel; the first cell goes through the city centre.
        across = np.concatenate([[0.0], throw.normal(0, 70_000, count - 1)])
        along = np.concatenate([[0.0], throw.normal(0, 18_000, count - 1)])
        life = throw.uniform(2400, 6000, count)
        peak_at = passes + np.concatenate([[0.0], throw.normal(0, 2400, count - 1)])
        born = peak_at - life / 2
        x = self._centre[0] - across * np.sin(heading) + along * np.cos(heading)
        y = self._centre[1] + across * np.cos(heading) + along * np.sin(heading)
        peak = throw.gamma(2.0, 12.0 if heavy else 2.0, count) + (20.0 if heavy else 1.5)
        return Cells(
            x - drift[0] * (passes - born),
            y - drift[1] * (passes - born),
            born,
            life,
            throw.uniform(2000, 4500, count),
            np.minimum(peak, 110.0),
            drift,
        )

    def _outside(self) -> npt.NDArray[np.bool_]:
        nearest = np.full((ROWS, COLUMNS), np.inf)
        for x, y in self._radars:
            far = np.hypot(self._x[None, :] - x, self._y[:, None] - y)
            nearest = np.minimum(nearest, far)
        return np.asarray(nearest > RANGE_M)


def _at(cells: Cells, moment: Floats | float) -> tuple[Floats, Floats, Floats]:
    """Return rate (mm/h) and position of each cell at a moment (Unix seconds)."""
    age = (np.asarray(moment) - cells.born) / cells.life_s
    alive = (age > 0) & (age < 1)
    rate = np.where(alive, cells.peak_mm_h * np.sin(np.pi * np.clip(age, 0, 1)) ** 2, 0.0)
    passed = np.asarray(moment) - cells.born
    return rate, cells.x + cells.drift_m_s[0] * passed, cells.y + cells.drift_m_s[1] * passed
