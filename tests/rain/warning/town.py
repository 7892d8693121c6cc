"""A city in the way of a recorded storm: Kempten's file with another place and other catchments."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyproj
import xarray as xr

ROOT = Path(__file__).resolve().parents[3]


def town(
    frame: xr.DataArray, target: Path, middle: tuple[int, int], window_km: int, spacing: int
) -> int:
    """Write a city file; return how many catchments it has.

    Parameters
    ----------
    frame
        One radar frame (``y``, ``x``) of 1 km cells.
    target
        File to write.
    middle
        Row and column of the city's centre.
    window_km
        Side of the square that the nowcast looks at.
    spacing
        Distance of the circles (4.5 km) that stand in for catchments, km. They lie where the
        nowcast sees an hour ahead: 24 km from the window's edge.
    """
    to_degrees = pyproj.Transformer.from_crs(frame.attrs["crs_wkt"], "EPSG:4326", always_xy=True)

    def place(row: int, column: int) -> tuple[float, float]:
        x, y = float(frame["x"][column]), float(frame["y"][row])
        lon, lat = to_degrees.transform(x, y)
        return round(lat, 4), round(lon, 4)

    text = (ROOT / "city.toml").read_text(encoding="utf-8")
    # What follows a heading up to the next one.
    text = re.sub(r"(?ms)^\[\[warning\.(?:catchments|channels)\]\]\n.*?(?=^\[|\Z)", "", text)
    lat, lon = place(*middle)
    text = re.sub(r"(?m)^centre = .*$", f"centre = {{ lat = {lat}, lon = {lon} }}", text)
    text = re.sub(r"(?m)^window_km = \d+", f"window_km = {window_km}", text)
    head, mark, rest = text.partition('[[rain.places]]\nid = "kempten"')
    rest = re.sub(r"(?m)^lat = .*$", f"lat = {lat}", rest, count=1)
    rest = re.sub(r"(?m)^lon = .*$", f"lon = {lon}", rest, count=1)
    circles = []
    reach = window_km // 2 - 24
    for down in np.arange(-reach, reach + 1, spacing):
        for right in np.arange(-reach, reach + 1, spacing):
            row, column = middle[0] + int(down), middle[1] + int(right)
            if np.isfinite(frame.to_numpy()[row, column]):
                at = place(row, column)
                circles.append(
                    f'[[warning.catchments]]\nid = "feld-{row}-{column}"\n'
                    f'name = "Feld {row}/{column} (erfunden)"\ninvented = true\n'
                    f"lat = {at[0]}\nlon = {at[1]}\nradius_km = 4.5\n"
                )
    target.write_text(head + mark + rest + "\n" + "\n".join(circles), encoding="utf-8")
    return len(circles)
