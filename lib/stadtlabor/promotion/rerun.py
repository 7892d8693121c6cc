"""Do a run again from its provenance, and compare byte for byte."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from stadtlabor.promotion.archive import Run, source
from stadtlabor.promotion.code import code_hash, environment
from stadtlabor.promotion.errors import PromotionError
from stadtlabor.promotion.execution import attempt
from stadtlabor.promotion.judgement import Outcome
from stadtlabor.promotion.operation import resolve
from stadtlabor.promotion.pipeline import Pipeline

__all__ = ["Rerun", "repeat", "rerun"]

RANDOM = re.compile(r"\b[0-9a-f]{32}\b|\b0x[0-9a-f]{8,16}\b")
"""How ipywidgets name their models, and where in its memory Python keeps an object."""


@dataclass(frozen=True)
class Rerun:
    """A run done again.

    Attributes
    ----------
    run
        The one in the archive.
    differences
        What came out different: ``result/<name>``, ``figures/<file>`` or ``outputs`` (what the
        cells and widgets show); empty if bit-identical.
    surroundings
        What was different to begin with: ``code``, ``python``, ``lock``, ``packages``.
    at
        When, UTC.
    """

    run: Run
    differences: list[str]
    surroundings: list[str]
    at: pd.Timestamp

    @property
    def same(self) -> bool:
        """Whether all results, figures and outputs are the same, byte for byte."""
        return not self.differences


def rerun(run: Run) -> Rerun:
    """Execute the archived notebook with the run's parameters and data version once more.

    In a fresh interpreter; nothing in the archive changes but ``rerun.json``, which tells of it.

    Parameters
    ----------
    run
        A good run.

    Raises
    ------
    PromotionError
        If the source is lost, the run was none, or it fails now (German sentence).
    """
    if run.status != "done" or not run.notebook_hash:
        raise PromotionError(
            f"Der Lauf {run.folder.name} ist nicht gelungen oder zu alt. Wiederholt werden können "
            "nur gelungene Läufe mit voller Herkunft."
        )
    with tempfile.TemporaryDirectory(prefix="stadtlabor-rerun-") as place:
        inner = Path(place) / "run"
        again = repeat(run.pipeline, run.notebook_hash, run.passed, inner)
        shown = "" if again.reason else _shown(inner / "notebook.ipynb")
    if again.reason:
        raise PromotionError(f"Die Wiederholung von {run.folder.name} misslang: {again.reason}")
    found = Rerun(
        run,
        _differences("result", run.result, again.result, _bytes)
        + _differences("figures", run.figure_hashes, again.figure_hashes, str.encode)
        + ([] if _shown(run.notebook) == shown else ["outputs"]),
        [
            name
            for name, before, now in (
                ("code", run.code_hash, again.code_hash or code_hash()),
                *((n, run.environment.get(n, ""), v) for n, v in environment().items()),
            )
            if before != now
        ],
        pd.Timestamp.now("UTC"),
    )
    told = {"at": found.at.isoformat(), "differences": found.differences}
    text = json.dumps({**told, "surroundings": found.surroundings}, ensure_ascii=False, indent=1)
    (run.folder / "rerun.json").write_text(text, encoding="utf-8")
    return found


def repeat(pipeline: str, notebook_hash: str, passed: dict[str, Any], place: Path) -> Outcome:
    """Execute an archived notebook once more, in a fresh interpreter.

    Parameters
    ----------
    pipeline
        Name; its limits hold.
    notebook_hash
        Source in the archive.
    passed
        Parameters as the notebook got them, with the versions of the data.
    place
        Folder; emptied first.

    Raises
    ------
    PromotionError
        If the source is lost (German sentence).
    """
    return attempt(source(notebook_hash), passed, place, _limits(pipeline), forked=False)


def _limits(name: str) -> Pipeline:
    """Return time limits and place of a pipeline; wide ones where it is in operation no more."""
    try:
        return resolve(name)
    except PromotionError:
        return Pipeline(name=name, notebook=".", timeout_s=900)


def _shown(path: Path) -> str:
    """Return what cells and widgets show; names that are drawn anew each time become numbers."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    outputs = [
        output.get("data", {})
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if output["output_type"] != "stream"  # warnings and the like
    ]
    text = json.dumps([outputs, notebook["metadata"].get("widgets")])
    numbers: dict[str, str] = {}
    return RANDOM.sub(lambda found: numbers.setdefault(found[0], f"#{len(numbers)}"), text)


def _bytes(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _differences(kind: str, before: dict[str, Any], now: dict[str, Any], raw: Any) -> list[str]:
    names = sorted({*before, *now})
    return [
        f"{kind}/{name}"
        for name in names
        if name not in before or name not in now or raw(before[name]) != raw(now[name])
    ]
