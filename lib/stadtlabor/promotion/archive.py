"""The archive of executed notebooks: ``runs/<pipeline>/<issue>-<key>/`` in the home folder."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd

from stadtlabor.promotion.errors import PromotionError
from stadtlabor.settings import home
from stadtlabor.store.files import write_durably

__all__ = ["Run", "find", "folder", "keep_source", "latest", "newest", "prune", "runs", "source"]


@dataclass(frozen=True)
class Run:
    """One run of a pipeline, and all that is needed to do it again.

    Attributes
    ----------
    folder
        Holds ``notebook.ipynb``, ``run.json``, ``log.txt`` and ``figures/``.
    pipeline, key
        Name, and the hash over notebook, parameters, inputs and code.
    issue
        Time the run speaks for, UTC.
    parameters
        As asked for.
    data_version
        ``dataset@version`` that was read; several are joined by ``"; "``.
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
    passed
        As the notebook got them: with the versions of the data that were read.
    notebook_hash, parameter_hash
        SHA-256 of the notebook's source, kept in the archive, and of ``passed``.
    version
        Number in the registry, 0 where the notebook was run as it lay on the disk.
    inputs
        Parameter or dataset → SHA-256.
    environment
        ``python``, and the SHA-256 of ``lock`` file and installed ``packages``.
    figure_hashes
        File in ``figures/`` → SHA-256.
    cells, attempts
        How many cells were executed, and how often it was tried.
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
    passed: dict[str, Any] = field(default_factory=dict)
    notebook_hash: str = ""
    parameter_hash: str = ""
    version: int = 0
    inputs: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    figure_hashes: dict[str, str] = field(default_factory=dict)
    cells: int = 0
    attempts: int = 1

    @property
    def notebook(self) -> Path:
        """The executed notebook."""
        return self.folder / "notebook.ipynb"

    @property
    def figures(self) -> list[Path]:
        """Figures of the run as people get them, HTML; the bare picture lies beside each as SVG."""
        return sorted((self.folder / "figures").glob("*.html"))

    def save(self) -> None:
        """Write ``run.json``, the last file of a run."""
        facts = {k: v for k, v in self.__dict__.items() if k != "folder"}
        facts["issue"], facts["started"] = self.issue.isoformat(), self.started.isoformat()
        text = json.dumps(facts, ensure_ascii=False, indent=1)
        write_durably(self.folder / "run.json", text.encode())


_KNOWN = {each.name for each in fields(Run)}


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
    found = [run for path in folder(pipeline).glob("[!.]*/run.json") if (run := _read(path))]
    wanted = [run for run in found if status in (None, run.status)]
    return sorted(wanted, key=lambda run: (run.issue, run.started), reverse=True)


def latest(pipeline: str, **parameters: Any) -> Run | None:
    """Return the good run with the newest issue whose parameters match, or None."""
    for run in runs(pipeline, "done"):
        if all(run.parameters.get(name) == value for name, value in parameters.items()):
            return run
    return None


def find(pipeline: str, name: str) -> Run | None:
    """Return the run with this folder name, key, or first 12 digits of its key; else None."""
    for path in folder(pipeline).glob(f"[!.]*{name[-12:] if '-' in name else name[:12]}/run.json"):
        run = _read(path)
        if run and name in (path.parent.name, run.key, run.key[:12]):
            return run
    return None


def newest(pipeline: str, count: int) -> list[Run]:
    """Return so many runs with the newest issue, newest first, without reading all others."""
    names = sorted((path.parent for path in folder(pipeline).glob("[!.]*/run.json")), reverse=True)
    found = (_read(path / "run.json") for path in names[:count])
    return [run for run in found if run]


def prune(pipeline: str, keep: int) -> None:
    """Remove all but the ``keep`` most recently started runs."""
    by_start = sorted(runs(pipeline), key=lambda run: run.started, reverse=True)
    for run in by_start[keep:]:
        shutil.rmtree(run.folder, ignore_errors=True)


def keep_source(text: str) -> str:
    """Keep the source of a notebook for good; return its SHA-256, by which it is found again."""
    content = text.encode()
    name = hashlib.sha256(content).hexdigest()
    path = _source_path(name)
    if not path.exists():
        write_durably(path, content)
    return name


def source(notebook_hash: str) -> str:
    """Return the source of a notebook.

    Raises
    ------
    PromotionError
        If it is not in the archive, or not what it was (German sentence).
    """
    try:
        content = _source_path(notebook_hash).read_bytes()
    except OSError:
        raise PromotionError(
            f"Die Fassung {notebook_hash[:12]} des Notebooks liegt nicht im Archiv. "
            "Bitte den Ordner „runs“ aus der Sicherung zurückholen."
        ) from None
    if hashlib.sha256(content).hexdigest() != notebook_hash:
        raise PromotionError(
            f"Die Fassung {notebook_hash[:12]} des Notebooks wurde im Archiv verändert. "
            "Bitte den Ordner „runs“ aus der Sicherung zurückholen."
        )
    return content.decode()


def _source_path(name: str) -> Path:
    return home() / "runs" / ".sources" / f"{name}.ipynb"


def _read(path: Path) -> Run | None:
    """Read one run; None where it is pruned while we look, or was made by a later version."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        facts["issue"] = pd.Timestamp(facts["issue"])
        facts["started"] = pd.Timestamp(facts["started"])
        known = {name: value for name, value in facts.items() if name in _KNOWN}
        return Run(folder=path.parent, **known)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
