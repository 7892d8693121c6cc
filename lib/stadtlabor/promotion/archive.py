"""The archive of executed notebooks: ``runs/<pipeline>/<issue>-<key>/`` in the home folder."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from stadtlabor.settings import home

__all__ = ["Run", "folder", "latest", "prune", "runs"]


@dataclass(frozen=True)
class Run:
    """One run of a pipeline.

    Attributes
    ----------
    folder
        Holds ``notebook.ipynb``, ``run.json`` and ``figures/``.
    pipeline, key
        Name, and the hash over notebook, parameters, inputs and code.
    issue
        Time the run speaks for, UTC.
    parameters
        As passed to the notebook.
    data_version
        ``dataset@version`` that was read.
    input_hash, code_hash, commit
        What exactly was read, and by which code.
    result
        What the notebook recorded.
    started, seconds
        When, UTC, and how long.
    status
        ``done`` or ``failed``.
    reason
        German sentence where it failed.
    """

    folder: Path
    pipeline: str
    key: str
    issue: pd.Timestamp
    parameters: dict[str, Any]
    data_version: str
    input_hash: str
    code_hash: str
    commit: str
    result: dict[str, Any]
    started: pd.Timestamp
    seconds: float
    status: str
    reason: str = ""

    @property
    def notebook(self) -> Path:
        """The executed notebook."""
        return self.folder / "notebook.ipynb"

    @property
    def figures(self) -> list[Path]:
        """Figures of the run as people get them, HTML; the bare picture lies beside each as SVG."""
        return sorted((self.folder / "figures").glob("*.html"))

    def save(self) -> None:
        """Write ``run.json``."""
        facts = {k: v for k, v in self.__dict__.items() if k != "folder"}
        facts["issue"], facts["started"] = self.issue.isoformat(), self.started.isoformat()
        (self.folder / "run.json").write_text(
            json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8"
        )


def folder(pipeline: str) -> Path:
    """Return the folder of a pipeline's runs."""
    return home() / "runs" / pipeline


def runs(pipeline: str, status: str | None = None) -> list[Run]:
    """Return the runs of a pipeline, newest issue first.

    Parameters
    ----------
    pipeline
        Name.
    status
        ``done`` or ``failed``; default: both.
    """
    found = []
    for path in folder(pipeline).glob("*/run.json"):
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue  # pruned while we looked
        facts["issue"] = pd.Timestamp(facts["issue"])
        facts["started"] = pd.Timestamp(facts["started"])
        found.append(Run(folder=path.parent, **facts))
    wanted = [run for run in found if status in (None, run.status)]
    return sorted(wanted, key=lambda run: (run.issue, run.started), reverse=True)


def latest(pipeline: str, **parameters: Any) -> Run | None:
    """Return the good run with the newest issue whose parameters match, or None."""
    for run in runs(pipeline, "done"):
        if all(run.parameters.get(name) == value for name, value in parameters.items()):
            return run
    return None


def prune(pipeline: str, keep: int) -> None:
    """Remove all but the ``keep`` most recently started runs."""
    by_start = sorted(runs(pipeline), key=lambda run: run.started, reverse=True)
    for run in by_start[keep:]:
        shutil.rmtree(run.folder, ignore_errors=True)
