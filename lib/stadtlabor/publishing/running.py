"""Run a notebook as a visitor would: with a visitor's rights, every answer kept."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stadtlabor.dataservice.address import ADDRESS, PURPOSE
from stadtlabor.dataservice.serving import serving
from stadtlabor.evidence import tape
from stadtlabor.promotion.execution import attempt
from stadtlabor.promotion.judgement import Outcome
from stadtlabor.promotion.pipeline import Pipeline

__all__ = ["TIMEOUT_S", "different", "play", "record"]

TIMEOUT_S = 300.0


def record(source: str, datasets: Sequence[str], answers: Path, place: Path) -> Outcome:
    """Run a notebook and keep the answers that it gets.

    Parameters
    ----------
    source
        Notebook as JSON.
    datasets
        What it says it reads; asking for more is an error.
    answers, place
        Folders, emptied or made.
    """
    answers.mkdir(parents=True, exist_ok=True)
    with _visitor(answers, "record", datasets):
        return _attempt(source, place)


def play(source: str, answers: Path, place: Path) -> Outcome:
    """Run a notebook with the answers that were kept, and with nothing else."""
    with _visitor(answers, "play", ()):
        return _attempt(source, place)


def different(before: dict[str, Any], now: Outcome) -> list[str]:
    """Return the names of results and pictures that came out different.

    Parameters
    ----------
    before
        ``result`` and ``figure_hashes``.
    now
        Another run.
    """
    found = []
    for kind, new in (("result", now.result), ("figure_hashes", now.figure_hashes)):
        old = before[kind]
        names = sorted({*old, *new})
        found += [name for name in names if name not in old or name not in new
                  or old[name] != new[name]]  # fmt: skip
    return found


def _attempt(source: str, place: Path) -> Outcome:
    # Its own empty folder: what is not declared as data cannot be read by a relative path.
    cwd = place.parent / "leer"
    cwd.mkdir(parents=True, exist_ok=True)
    pipeline = Pipeline(name="publishing", notebook=str(cwd / "x.ipynb"), timeout_s=TIMEOUT_S)
    return attempt(source, {}, place, pipeline, forked=False)


@contextmanager
def _visitor(answers: Path, mode: str, datasets: Sequence[str]) -> Iterator[None]:
    """Set the environment of the kernel; a data service of its own where there is none."""
    before = dict(os.environ)
    os.environ.update({
        tape.FOLDER: str(answers.resolve()), tape.MODE: mode, tape.DATASETS: ",".join(datasets),
        PURPOSE: "participation",
    })  # fmt: skip
    os.environ.pop("JUPYTERHUB_API_TOKEN", None)
    try:
        if mode == "play":
            os.environ.pop(ADDRESS, None)
        elif ADDRESS not in os.environ:
            with serving(answers.parent / "data.sock", "publishing"):
                yield
                return
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
