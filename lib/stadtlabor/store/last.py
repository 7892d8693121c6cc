"""The last value of each series, looked for from the newest month back."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from stadtlabor.store.query import Reader
from stadtlabor.store.snapshot import Snapshot
from stadtlabor.store.window import Window, begin

__all__ = ["last_values"]


def last_values(reader: Reader, snapshot: Snapshot, names: Mapping[int, str]) -> pa.Table:
    """Return key, time, value, quality and result time of the last value of each series.

    Parameters
    ----------
    reader, snapshot
        What is read.
    names
        Series by key, at least one; those without a value have no row.
    """
    months = [f.month for f in snapshot.base()]
    missing, found, back = dict(names), [], 1
    while missing:
        # The newest months usually hold every last value; older files are opened if not.
        since = begin(months[-back]) if back <= len(months) else None
        part = reader.ask(
            snapshot,
            Window(tuple(missing), since),
            "SELECT datastream, max(t), arg_max(v, t), arg_max(quality, t), arg_max(rt, t) "
            "FROM rows GROUP BY 1",
        )
        found.append(part)
        for key in part.column(0).to_pylist():
            del missing[key]
        if since is None:
            break
        back *= 4
    return pa.concat_tables(found)
