"""Read for a question of research: the twin while drafting, the real values in a real run."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from stadtlabor import data
from stadtlabor.realrun import places
from stadtlabor.realrun.words import said
from stadtlabor.store.errors import StoreError

__all__ = ["DATASETS", "FOLDER", "observed", "read", "real", "seen"]

FOLDER = data.REAL_RUN
"""Environment: folder of a real run; where it is not set, a notebook is a draft."""

DATASETS = "STADTLABOR_REALRUN_DATASETS"
"""Environment: names that the approved code has written out, joined by commas."""

Instant = str | date | datetime | pd.Timestamp | None
_SINGLE = ("read", "latest", "grid")
_KEPT = (*_SINGLE, "aggregate")
_drafted: list[dict[str, Any]] = []


def real() -> bool:
    """Tell whether this is a real run."""
    return FOLDER in os.environ


def read(
    dataset: str,
    datastream: str | Sequence[str] | None = None,
    start: Instant = None,
    end: Instant = None,
) -> pd.DataFrame:
    """Return single values of a data set that nobody may look into.

    While drafting these are invented (:func:`stadtlabor.data.twin`), in a real run they are real.

    Parameters
    ----------
    dataset
        Name, written out: the second person must see in the code what is read.
    datastream, start, end
        As in :func:`stadtlabor.data.read`.

    Returns
    -------
    pandas.DataFrame
        As of :func:`stadtlabor.data.read`.

    Raises
    ------
    stadtlabor.data.DataError
        In German, if a name or time is unknown, or there is no twin.
    """
    if real():
        return data.read(dataset, datastream, start, end, purpose="research")
    frame = data.twin(dataset, datastream, start, end)
    _drafted.append({"dataset": dataset.partition("@")[0], "rows": len(frame), "single": True})
    return frame


def seen() -> list[dict[str, Any]]:
    """Return what this draft has read so far."""
    return list(_drafted)


def observed(question: Callable[..., Any], args: tuple[Any, ...], given: Mapping[str, Any]) -> Any:
    """Ask a question of a real run, and write down what was read.

    Parameters
    ----------
    question, args, given
        A public function of :mod:`stadtlabor.data` and what it is asked with.

    Raises
    ------
    StoreError
        In German, if the approved code does not name the data set.
    """
    kind = question.__name__
    if kind not in _KEPT:
        return question(*args, **given)
    dataset = str(args[0] if args else given.get("dataset", "")).partition("@")[0]
    if dataset not in os.environ.get(DATASETS, "").split(","):
        raise StoreError(said("reading.undeclared", dataset=dataset))
    answer = question(*args, **given)
    rows = len(answer) if isinstance(answer, pd.DataFrame) else int(getattr(answer, "size", 0))
    told = {"dataset": dataset, "rows": rows, "single": kind in _SINGLE,
            "citation": str(getattr(answer, "attrs", {}).get("citation", ""))}  # fmt: skip
    path = Path(os.environ[FOLDER]) / places.READS
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(told, ensure_ascii=False) + "\n")
    return answer
