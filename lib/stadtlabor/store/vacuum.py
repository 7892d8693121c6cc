"""Give space back: which versions stay readable, and which files nobody needs any more.

Every version of the last days stays readable; of older ones only the sealed, which have a
checkpoint, and these too only for a while. A city that commits every two seconds makes forty
thousand versions a day; keeping all of them would make opening slow for everyone.
"""

from __future__ import annotations

import time

from stadtlabor.store.place import Place, below
from stadtlabor.store.table import Table

__all__ = ["vacuum"]

_DAY_S = 86_400.0


def vacuum(table: Table, all_days: float, sealed_days: float) -> int:
    """Delete what only older versions need and return how many data files went.

    Parameters
    ----------
    table
        A table that this process may write.
    all_days
        Days for which every version stays readable; longer than the longest notebook run, for
        whoever has begun to read a version goes on with it.
    sealed_days
        Days for which sealed versions stay readable.
    """
    now = time.time()
    log = table.folder / "_delta_log"
    sealed = {_number(p): p for p in log.glob("*.checkpoint.parquet")}
    # All versions from this one on are told by checkpoints and commits that stay.
    first = max((v for v, p in sealed.items() if _age(p, now) >= all_days * _DAY_S), default=None)
    if first is None:
        return 0
    since = sealed[first].stat().st_mtime
    for version, path in sealed.items():
        if version < first and _age(path, now) >= sealed_days * _DAY_S:
            path.unlink()
    for commit in log.glob("[0-9]*.json"):
        if int(commit.stem) < first:
            commit.unlink()
    kept = [_number(p) for p in log.glob("*.checkpoint.parquet")]
    needed = {f.path for v in (*kept, None) for f in table.snapshot(v).files}
    gone = [
        path
        for path in table.folder.glob("layer=*/*/*.parquet")
        if path.stat().st_mtime < since and below(path, table.folder) not in needed
    ]
    for path in gone:
        path.unlink()
    kept_files = {path.name for path in table.folder.glob("layer=*/*/*.parquet")}
    for days in table.folder.glob("_days/*/*.parquet"):
        if days.name not in kept_files:
            days.unlink()
    return len(gone)


def _number(checkpoint: Place) -> int:
    return int(checkpoint.name.split(".", 1)[0])


def _age(path: Place, now: float) -> float:
    return now - path.stat().st_mtime
