"""Gather observations into periods of the city's clock."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from stadtlabor.store.days import SUMS, place, read_sums, sums
from stadtlabor.store.labels import SHARES
from stadtlabor.store.periods import bucket, coarser, starts
from stadtlabor.store.query import Reader
from stadtlabor.store.snapshot import File, Snapshot
from stadtlabor.store.window import Window, after, begin, months

__all__ = ["aggregate"]


def aggregate(
    reader: Reader, snapshot: Snapshot, window: Window, grain: str, zone: str
) -> pa.Table:
    """Return sum, mean, least, greatest, count and shares of each datastream and period.

    Sealed months that lie wholly in the window and that no newer value touches are told by their
    daily sums; only the rest is read row by row.

    Parameters
    ----------
    reader, snapshot, window
        What is read.
    grain
        One of :data:`stadtlabor.store.periods.GRAINS`.
    zone
        IANA name of the city's time zone.

    Returns
    -------
    pyarrow.Table
        Key of the datastream, start of the period (UTC), sum, mean, minimum, maximum, count, then
        one share per quality of :data:`stadtlabor.store.labels.SHARES`.
    """
    log = reader.log(snapshot, window)
    days = {} if grain == "hour" else _days(snapshot, window, log, zone)
    rest = replace(snapshot, files=tuple(f for f in snapshot.files if f not in days))
    first, last = reader.span(snapshot, window)
    shares = ", ".join(
        f"sum(CASE WHEN quality & {int(bit)} <> 0 THEN count ELSE 0 END) / sum(count)"
        for bit in SHARES.values()
    )
    found = reader.ask(
        rest,
        window,
        f"SELECT datastream, n, sum(total), sum(total) / sum(count), min(low), max(high), "  # noqa: S608
        f"sum(count)::BIGINT, {shares} FROM ({sums(bucket(grain, zone, first, last))} UNION ALL "
        f"SELECT * REPLACE ({coarser(grain)} AS n) FROM day_rows) GROUP BY 1, 2 ORDER BY 1, 2",
        day_rows=pa.concat_tables([SUMS.empty_table(), *days.values()]),
    )
    times = starts(grain, zone, found.column(1).to_numpy().astype("int64"))
    return found.set_column(1, "time", pa.array(times))


def _days(snapshot: Snapshot, window: Window, log: pa.Table, zone: str) -> dict[File, pa.Table]:
    """Return the daily sums that may stand for their files."""
    touched = months(log["t"]) if len(log) else set()
    found = {}
    for file in snapshot.base(window.months()):
        late = window.start_us is not None and begin(file.month) < window.start_us
        early = window.end_us is not None and after(file.month) > window.end_us
        if late or early or file.month in touched:
            continue
        table = read_sums(place(snapshot.folder, file, zone))
        if table is not None:
            found[file] = _of(table, window)
    return found


def _of(table: pa.Table, window: Window) -> pa.Table:
    if window.keys is None:
        return table
    wanted = pa.array(window.keys, pa.int32())
    return table.filter(pc.is_in(table["datastream"], value_set=wanted))
