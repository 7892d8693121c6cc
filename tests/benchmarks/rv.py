"""Score DWD's operational nowcast RV of 2022-10-18 07:00 against gauge-adjusted radar (RW).

Run: ``python tests/benchmarks/rv.py [FOLDER]`` with the folder ``dwd_rv_20221018``.

The hour 07:50–08:50 is what the leads 55 to 110 minutes add up to. The bar is that of the published
table: CSI .583 at 1 mm. One case: it tells that the scorer is right, not how good RV is.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import xarray as xr

from stadtlabor.rain.grid import regrid
from stadtlabor.rain.reading import read
from stadtlabor.rain.units import to_sum, total
from stadtlabor.rain.verification import verify
from stadtlabor.sources.radar_grid import axes, crs_wkt

SHARED = Path(__file__).resolve().parents[3] / "shared/data/rain/dwd_rv_20221018"
THRESHOLDS = (0.1, 0.5, 1.0, 2.0, 5.0)
BAR = {0.1: 0.680, 0.5: 0.621, 1.0: 0.583, 2.0: 0.486, 5.0: 0.235}
LEAD = 110


def hour_of_forecast(steps: xr.DataArray, truth: xr.DataArray) -> xr.DataArray:
    """Return the forecast sum of the observed hour on the cells of the truth, mm."""
    start = pd.Timestamp(truth["time"].to_numpy()[0])
    hour = steps.sel(time=slice(start, start + pd.Timedelta(minutes=55)))
    said = regrid(total(hour), truth).expand_dims(lead=[LEAD])
    return said.assign_coords(time=("lead", truth["time"].to_numpy()))


def persistence(steps: xr.DataArray, truth: xr.DataArray) -> xr.DataArray:
    """Return the newest rate before the issue, held for an hour, mm."""
    newest = steps.isel(time=0)
    said = regrid(newest.assign_attrs({**newest.attrs, "units": "mm", "interval_s": 3600}), truth)
    return said.expand_dims(lead=[LEAD]).assign_coords(time=("lead", truth["time"].to_numpy()))


def main(folder: Path) -> None:
    """Print the table."""
    steps = read(folder / "DE1200_RV2210180700.tar.bz2")
    truth = read(folder / "RW-20221018.tar.gz").sel(time=["2022-10-18T07:50"])
    seen = to_sum(truth)
    rv = verify(hour_of_forecast(steps, truth), seen, THRESHOLDS)
    held = verify(persistence(steps, truth), seen, THRESHOLDS, scales_km=())
    # The files' header names the sphere; the same cells taken as on the ellipsoid, for comparison.
    x, y = axes(900, 900, ellipsoid=True)
    moved = truth.assign_coords(x=x, y=y).assign_attrs(crs_wkt=crs_wkt(900, ellipsoid=True))
    other = verify(hour_of_forecast(steps, moved), to_sum(moved), THRESHOLDS, scales_km=())
    print("mm in the hour   RV CSI  bar   POD  FAR  FSS 8 km   persistence   ellipsoid")
    for threshold in THRESHOLDS:
        row = rv.loc[(threshold, LEAD)]
        print(
            f"{threshold:14.1f} {row['csi']:8.4f} {BAR[threshold]:.3f}  {row['pod']:.2f} "
            f"{row['far']:.2f}  {row['fss_8km']:8.3f} {held.loc[(threshold, LEAD), 'csi']:13.3f} "
            f"{other.loc[(threshold, LEAD), 'csi']:11.4f}"
        )
    cells = int(rv.iloc[0][["hits", "misses", "false_alarms", "correct_negatives"]].sum())
    print(f"MAE {rv['mae'].iloc[0]:.3f} mm (persistence {held['mae'].iloc[0]:.3f}), {cells} cells")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED)
