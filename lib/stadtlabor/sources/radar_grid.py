"""The grids that the German weather service draws its radar composites on.

RADOLAN (900 × 900 and 1100 × 900 cells) is a polar stereographic projection of a sphere, DE1200
(1200 × 1100) one of the WGS 84 ellipsoid. Since format version 5 the small grids, too, are windows
on DE1200: the same cell of a newer file lies up to a kilometre beside that of an older one.
Coordinates are cell centres in metres; ``y`` ascends to the north.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pyproj

__all__ = ["DE1200", "RADOLAN", "axes", "crs_wkt"]

# DWD, RADOLAN/RADVOR-OP Kompositformat 2.5: R = 6370.040 km, true at 60° N, 10° E upright.
RADOLAN = "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +a=6370040 +b=6370040 +units=m +no_defs"
# As written in the ``projdef`` of DWD's ODIM_H5 files; cell (0, 0) in the north-west has x = y = 0.
DE1200 = (
    "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +a=6378137 +b=6356752.3142451802 "
    "+x_0=543196.83521776402 +y_0=3622588.8619310018 +units=m +no_defs"
)

# Lower left edge of the grid in metres: (on the sphere, on the ellipsoid). Sphere: same document,
# table of grid corners. Ellipsoid: wradlib 2.9.6, get_radolan_coordinates with the projection
# "dwd-radolan-wgs84", which it takes for format version 5 on.
CORNERS: dict[tuple[int, int], tuple[tuple[float, float] | None, tuple[float, float]]] = {
    (900, 900): ((-523_462.166921, -4_658_644.724266), (19_500.0, -1_049_500.0)),
    (1100, 900): ((-443_462.166921, -4_758_644.724266), (99_500.0, -1_149_500.0)),
    (1200, 1100): (None, (-500.0, -1_199_500.0)),
}


def axes(
    rows: int, columns: int, ellipsoid: bool = False
) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    """Return the cell centres ``x`` (to the east) and ``y`` (to the north) in metres.

    Parameters
    ----------
    rows, columns
        Size of the grid.
    ellipsoid
        The grid lies on the ellipsoid (format version 5 on); 1200 rows always do.

    Raises
    ------
    ValueError
        If DWD has no grid of that size.
    """
    if (rows, columns) not in CORNERS:
        raise ValueError(f"Ein Radargitter mit {rows} × {columns} Zellen ist nicht bekannt")
    sphere, wgs84 = CORNERS[rows, columns]
    left, lower = wgs84 if ellipsoid or sphere is None else sphere
    return left + 500.0 + 1000.0 * np.arange(columns), lower + 500.0 + 1000.0 * np.arange(rows)


@cache
def crs_wkt(rows: int, ellipsoid: bool = False) -> str:
    """Return the projection of a grid with that many rows as WKT."""
    plain = DE1200 if ellipsoid or rows == 1200 else RADOLAN
    return str(pyproj.CRS.from_proj4(plain).to_wkt())
