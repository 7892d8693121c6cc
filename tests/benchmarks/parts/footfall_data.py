"""Recorded counts for the footfall benchmark."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pandas as pd

from stadtlabor.sources import footfall

FOLDER = Path(os.environ.get("STADTLABOR_SHARED", "../shared/data")) / "innenstadt"


def counts(name: str, start: str | None = None, end: str | None = None) -> pd.DataFrame:
    """Read ``wuerzburg`` or ``leeds``, or part of it (local days, both included)."""
    files = {"wuerzburg": "wuerzburg_2024_hourly.csv.gz", "leeds": "leeds_2009_2016_hourly.csv.gz"}
    path = FOLDER / files[name]
    if not path.is_file():
        sys.exit(f"no data in {FOLDER}: set STADTLABOR_SHARED to the folder of the recorded data")
    frame = footfall.read(path)
    local = frame["start"].dt.tz_convert(frame.attrs["report"].timezone).dt.tz_localize(None)
    use = pd.Series(True, index=frame.index)
    if start:
        use &= local >= pd.Timestamp(start)
    if end:
        use &= local < pd.Timestamp(end) + pd.Timedelta(days=1)
    part = frame[use].reset_index(drop=True)
    part.attrs = frame.attrs
    return part
