"""What a run is going to read, pinned and hashed before it starts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from stadtlabor import data
from stadtlabor.promotion.errors import PromotionError
from stadtlabor.promotion.pipeline import Pipeline
from stadtlabor.store.frames import microseconds
from stadtlabor.store.grid_index import GridIndex
from stadtlabor.store.opening import grid_store

__all__ = ["Inputs", "look"]


@dataclass(frozen=True)
class Inputs:
    """Inputs of a run.

    Attributes
    ----------
    passed
        Parameters with the version in each name of a dataset (``rain-radar@12``).
    hashes
        Parameter or dataset → SHA-256 of what lies there.
    versions
        How to cite the data.
    """

    passed: dict[str, Any]
    hashes: dict[str, str] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """One SHA-256 for all inputs; that of the input itself where there is one only."""
        if len(self.hashes) == 1:
            return next(iter(self.hashes.values()))
        return hashlib.sha256(repr(sorted(self.hashes.items())).encode()).hexdigest()


def look(
    pipeline: Pipeline,
    asked: Mapping[str, Any],
    defaults: Mapping[str, Any],
    issue: pd.Timestamp | None,
) -> Inputs:
    """Pin and hash the inputs of a run.

    Parameters
    ----------
    pipeline
        What runs.
    asked
        Parameters by name. One that names a dataset gets its version; one that names a file or a
        folder is hashed.
    defaults
        Of the notebook's parameters; what they name is an input just the same.
    issue
        Issue time, UTC; with it only the frames are hashed that a run for that time sees, so that
        newer frames make no new run.

    Raises
    ------
    PromotionError
        If data cannot be read (German sentence).
    """
    try:
        known = set(data.datasets())
        found = Inputs(dict(asked))
        for name, value in {**defaults, **asked}.items():
            if not isinstance(value, str) or not value:
                continue
            if value.partition("@")[0] in known:
                _dataset(found, name, value, pipeline, issue)
            elif "/" in value and (path := pipeline.path.parent / value).exists():
                found.hashes[name] = _files(path)
        for dataset in pipeline.reads:
            if dataset in known:
                cited = data.version(dataset)
                found.hashes[dataset] = cited.sha256
                found.versions.append(str(cited))
    except data.DataError as error:
        raise PromotionError(str(error)) from error
    return found


def _dataset(
    found: Inputs, name: str, value: str, pipeline: Pipeline, issue: pd.Timestamp | None
) -> None:
    dataset, _, stated = value.partition("@")
    cited = data.version(value)
    found.passed[name] = value if stated else f"{dataset}@{cited.version}"
    found.versions.append(str(cited))
    if dataset in pipeline.datasets and issue is not None:
        start = issue - pd.Timedelta(minutes=pipeline.window_min or pipeline.history_min)
        found.hashes[name] = _frames(dataset, cited.version, start, issue)
    else:
        found.hashes[name] = cited.sha256


def _frames(dataset: str, version: int, start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return the SHA-256 over times and contents of frames, as the store has hashed them."""
    index = GridIndex(grid_store().folder / "grids" / dataset / "index.db")
    fields = index.fields(microseconds(start), microseconds(end), version)
    return hashlib.sha256(repr([(f.time_us, f.sha256) for f in fields]).encode()).hexdigest()


def _files(path: Path) -> str:
    """Return the SHA-256 of a file, or of all names and contents in a folder."""
    digest = hashlib.sha256()
    for each in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if each.is_file():
            inner = each.relative_to(path).as_posix() if path.is_dir() else ""
            digest.update(inner.encode() + b"\0")
            with each.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
