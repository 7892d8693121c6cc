"""Many jobs on Dask: one code for a machine and a cluster, and no job is done twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["Job", "Scheduler", "batch"]

Job = tuple[Callable[..., pd.DataFrame], tuple[Any, ...]]
"""What is called, and with what."""

Scheduler = Any
"""``threads``, ``processes``, ``synchronous``, or a ``distributed.Client``; None is Dask's choice
(a client that is open, threads otherwise)."""

AT_ONCE = 64


def batch(
    jobs: Mapping[str, Job],
    into: Path | None = None,
    *,
    about: Mapping[str, Any] | None = None,
    scheduler: Scheduler = None,
    told: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Run jobs and put their tables below each other.

    Parameters
    ----------
    jobs
        Name → job; names serve as file names.
    into
        Folder for one Parquet file per job. A job whose file is there is not run again: what was
        broken off goes on where it stopped.
    about
        What the jobs were made from, JSON-able. It is kept beside the files; a folder with other
        settings is refused instead of being mixed.
    scheduler
        See :data:`Scheduler`.
    told
        Called with the number of finished and of all jobs.

    Returns
    -------
    pandas.DataFrame
        The rows in the order of the jobs, with the job's name in the column ``job``. Jobs that
        returned no row are left out.

    Raises
    ------
    ValueError
        In German, if the folder holds results of other settings.
    """
    from dask import base
    from dask.delayed import delayed

    if into is not None:
        _claim(into, dict(about or {}))
    compute: Any = base.compute
    done: dict[str, pd.DataFrame] = {}
    waiting = [name for name in jobs if into is None or not _file(into, name).exists()]
    told = told or (lambda finished, of: None)
    told(len(jobs) - len(waiting), len(jobs))
    for start in range(0, len(waiting), AT_ONCE):
        names = waiting[start : start + AT_ONCE]
        tasks = [delayed(jobs[name][0], pure=False)(*jobs[name][1]) for name in names]
        for name, table in zip(names, compute(*tasks, scheduler=scheduler), strict=True):
            done[name] = table
            if into is not None:
                _write(table, _file(into, name))
        told(len(jobs) - len(waiting) + len(done), len(jobs))
    parts = []
    for name in jobs:
        table = done[name] if name in done else pd.read_parquet(_file(Path(into or ""), name))
        if len(table):
            parts.append(table.assign(job=name))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _file(into: Path, name: str) -> Path:
    return into / f"{name.replace(':', '').replace('/', '_')}.parquet"


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write so that a file that is there is whole."""
    part = path.with_suffix(".part")
    table.to_parquet(part, index=False)
    part.replace(path)


def _claim(into: Path, about: dict[str, Any]) -> None:
    into.mkdir(parents=True, exist_ok=True)
    stated = into / "about.json"
    text = json.dumps(about, ensure_ascii=False, sort_keys=True, indent=1, default=str)
    if stated.exists() and stated.read_text("utf-8") != text:
        raise ValueError(
            f"In {into} liegen Ergebnisse mit anderen Einstellungen (about.json). "
            "Bitte einen leeren Ordner nennen."
        )
    part = stated.with_suffix(f".{hashlib.sha256(text.encode()).hexdigest()[:8]}")
    part.write_text(text, encoding="utf-8")
    part.replace(stated)
