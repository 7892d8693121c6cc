"""What is asked for: which datastreams, and a half-open span of time in months of files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Window", "after", "begin", "months"]

_EPOCH = np.datetime64(0, "us")


@dataclass(frozen=True)
class Window:
    """What is asked for: keys of datastreams (None: all) and a half-open span of time in µs UTC."""

    keys: tuple[int, ...] | None = None
    start_us: int | None = None
    end_us: int | None = None

    def condition(self) -> str:
        """Return the SQL condition; files and row groups are skipped by it."""
        parts = ["true"]
        if self.keys is not None:
            listed = ", ".join(map(str, self.keys)) or "NULL"
            parts.append(f"datastream IN ({listed})")
        if self.start_us is not None:
            parts.append(f"t >= {_instant(self.start_us)}")
        if self.end_us is not None:
            parts.append(f"t < {_instant(self.end_us)}")
        return " AND ".join(parts)

    def months(self) -> tuple[str, str]:
        """Return the first and the last month that the span touches."""
        first = "0000" if self.start_us is None else _month(self.start_us)
        return first, "9999" if self.end_us is None else _month(self.end_us - 1)

    def cut(self, rows: pa.Table) -> list[pa.Table]:
        """Return the pieces of a table, sorted by datastream and time, that lie in the window."""
        if self.keys is None:
            found = self._filter(rows)
            return [found] if len(found) else []
        key = rows["datastream"].to_numpy()
        t = rows["t"].to_numpy().view("int64")
        found = []
        for wanted in sorted(self.keys):
            first, last = np.searchsorted(key, [wanted, wanted + 1])
            if first < last and self.start_us is not None:
                first += np.searchsorted(t[first:last], self.start_us)
            if first < last and self.end_us is not None:
                last = first + np.searchsorted(t[first:last], self.end_us)
            if first < last:
                found.append(rows.slice(first, last - first))
        return found

    def _filter(self, rows: pa.Table) -> pa.Table:
        if self.start_us is not None:
            rows = rows.filter(pc.greater_equal(rows["t"], _scalar(self.start_us)))
        if self.end_us is not None:
            rows = rows.filter(pc.less(rows["t"], _scalar(self.end_us)))
        return rows


def _scalar(instant_us: int) -> pa.Scalar:
    return pa.scalar(instant_us, pa.int64()).cast(pa.timestamp("us", "UTC"))


def _instant(instant_us: int) -> str:
    moment = _EPOCH + np.timedelta64(instant_us, "us")
    return f"TIMESTAMPTZ '{str(moment).replace('T', ' ')}+00'"


def _month(instant_us: int) -> str:
    return str((_EPOCH + np.timedelta64(instant_us, "us")).astype("datetime64[M]"))


def months(times: pa.ChunkedArray) -> set[str]:
    """Return the months, UTC, that a column of times touches."""
    values = times.cast(pa.int64()).to_numpy().astype("datetime64[us]")
    return {str(m) for m in np.unique(values.astype("datetime64[M]"))}


def begin(month: str) -> int:
    """Return the first instant of a month (``2026-11``) in µs since the Unix epoch, UTC."""
    return int(np.datetime64(month, "M").astype("datetime64[us]").astype("int64"))


def after(month: str) -> int:
    """Return the first instant after a month in µs since the Unix epoch, UTC."""
    following = np.datetime64(month, "M") + np.timedelta64(1, "M")
    return int(following.astype("datetime64[us]").astype("int64"))
