"""Plain count files with one row per date, hour and location, as the city of Leeds publishes them.

Date and hour are wall-clock time, Europe/London. The provider lists 24 hours on the days of the
clock change too: the hour that spring skips is refused and told, the doubled hour of autumn is
read as summer time and told.
"""

from __future__ import annotations

import pandas as pd

from stadtlabor.city import city
from stadtlabor.observations import Batch, observations
from stadtlabor.sources.delivery import Delivery
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.localtime import to_utc
from stadtlabor.sources.rows import check
from stadtlabor.sources.stations import hourly
from stadtlabor.sources.table import read_table

__all__ = ["TIMEZONE", "parse"]

TIMEZONE = "Europe/London"
COLUMNS = ("date", "hour", "location", "count")


def parse(delivery: Delivery) -> Batch:
    """Read one file, plain or gzipped.

    Raises
    ------
    SourceError
        If a column is missing or no row can be used.
    """
    table = read_table(delivery.body, delivery.name)
    places = [table.find(name) for name in COLUMNS]
    if None in places:
        raise SourceError(
            f"{table.name}: Erwartet werden die Spalten {', '.join(COLUMNS)}; "
            f"gefunden: {', '.join(table.header)}."
        )
    date, hour, location, count = (table.column(p) for p in places if p is not None)
    hours = pd.to_numeric(hour, errors="coerce")
    day = pd.to_datetime(date, errors="coerce", format="%Y-%m-%d")
    wall = (day + pd.to_timedelta(hours, unit="h")).where(hours.between(0, 23))
    # A key that appears twice in one file is no clock change, so duplicates share one instant.
    first = ~pd.DataFrame({"wall": wall, "location": location}).duplicated()
    once, said = to_utc(pd.DatetimeIndex(wall[first]), TIMEZONE, location[first])
    key = pd.MultiIndex.from_arrays([location, wall])
    unique = pd.DataFrame(
        {"time": once.tz_localize(None).to_numpy(), "remark": said.to_numpy()}, index=key[first]
    )
    matched = unique.reindex(key)
    rows = pd.DataFrame(
        {
            "line": table.lines,
            "series": location,
            "raw_time": date.str.cat(hour, sep=" ") + " Uhr",
            "raw_value": count,
            "time": pd.to_datetime(matched["time"].to_numpy(), utc=True),
            "value": pd.to_numeric(count, errors="coerce"),
            "remark": matched["remark"].fillna("").to_numpy(),
        }
    )
    kept, problems = check(rows, table.name, "count")
    if kept.empty:
        raise SourceError(f"{table.name}: Keine Zeile ist brauchbar. {problems[0]}")
    here = city()
    streams = {name: hourly(here, name, "Leeds") for name in kept["series"].unique()}
    frame = observations(
        kept["series"].map({name: s.id for name, s in streams.items()}),
        pd.DatetimeIndex(kept["time"]),
        kept["value"].to_numpy(),
        result_time=pd.Timestamp(delivery.received_at),
    )
    return Batch(frame, list(streams.values()), [*table.ledger.all, *problems])
