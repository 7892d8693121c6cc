"""Write the RADOLAN binary format, so that simulated rain travels the same road as real rain."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from stadtlabor.sources.dwd_radar import SIMULATED

__all__ = ["write_radolan"]

NODATA = 0x29C4  # 2500 with the flag "no data" (0x2000), as DWD writes it
LARGEST = 4095  # twelve bits hold the number
ETX = b"\x03"


def write_radolan(rain: xr.DataArray) -> bytes:
    """Write one frame as RADOLAN composite with a precision of 0.01 mm.

    Parameters
    ----------
    rain
        One time step as :func:`stadtlabor.sources.dwd_radar.parse` returns it: mm/h, first row in
        the south, NaN = no data. Rates above 491.4 mm/h (40.95 mm in 5 minutes) do not fit.

    Returns
    -------
    bytes
        Header and body, not packed.

    Raises
    ------
    ValueError
        If there is not exactly one time step or a value does not fit the format.
    """
    if rain.sizes.get("time", 0) != 1:
        raise ValueError("exactly one time step makes one RADOLAN file")
    interval_s = int(rain.attrs["interval_s"])
    hundredths = np.rint(rain.to_numpy()[0].astype("float64") * interval_s / 36)
    dry = np.isnan(hundredths)
    if (hundredths[~dry] > LARGEST).any() or (hundredths[~dry] < 0).any():
        raise ValueError(f"sums must lie between 0 and {LARGEST / 100} mm")
    body = np.where(dry, NODATA, np.nan_to_num(hundredths)).astype("<u2").tobytes()
    end = pd.Timestamp(rain["time"].to_numpy()[0]) + pd.Timedelta(seconds=interval_s)
    sites = f"<{SIMULATED if rain.attrs['simulated'] else '10000'}>"
    rows, columns = rain.shape[1:]

    def header(total: int) -> bytes:
        return (
            f"{rain.attrs['product']}{end:%d%H%M}10000{end:%m%y}BY{total:7d}VS 3SW   2.18.3PR E-02"
            f"INT{interval_s // 60:4d}GP{rows:4d}x{columns:4d}MS{len(sites):3d}{sites}"
        ).encode("ascii")

    total = len(header(0)) + len(ETX) + len(body)
    return header(total) + ETX + body
