"""Run a pipeline for one issue time: once, judged by more than the notebook's own word.

papermill leaves a notebook without a mark when its kernel dies and only warns about unknown
parameters. So a run counts only if the process ended well, every code cell was executed and
none holds an error; until then it lies under a temporary name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from stadtlabor import data
from stadtlabor.promotion.archive import Run, folder, prune, runs
from stadtlabor.promotion.code import code_hash, commit
from stadtlabor.promotion.pipeline import Pipeline
from stadtlabor.promotion.record import MIME
from stadtlabor.settings import home, root

__all__ = ["PromotionError", "execute"]

KEPT_ENVIRONMENT = {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV"}
"""What a run may know of its surroundings; ``STADTLABOR_*`` is passed as well."""


INSERTED = {"injected-parameters", "papermill-error-cell-tag"}
"""Tags of the cells that papermill adds to a notebook."""


class PromotionError(RuntimeError):
    """A run failed; the message says in German why."""


def execute(pipeline: Pipeline, dataset: str, issue: pd.Timestamp) -> tuple[Run, bool]:
    """Run a pipeline for one issue time unless that was done before.

    Parameters
    ----------
    pipeline
        What to run.
    dataset
        Grid that the run reads.
    issue
        Issue time, UTC: the end of the newest interval that the run sees.

    Returns
    -------
    run
        The run, new or found.
    fresh
        False where the same notebook with the same parameters, inputs and code was done already.

    Raises
    ------
    PromotionError
        If the run failed; it stays in the archive with its reason.
    """
    start = issue - pd.Timedelta(minutes=pipeline.history_min)
    frames = data.grid(dataset, start=start, end=issue)
    cited = data.version(dataset)
    input_hash = hashlib.sha256(
        frames.to_numpy().tobytes() + frames["time"].to_numpy().tobytes()
    ).hexdigest()
    asked = {**pipeline.parameters, "dataset": dataset, "issue": issue.isoformat()}
    identity = [pipeline.path.read_text(encoding="utf-8"), asked, input_hash, code_hash()]
    key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    for run in runs(pipeline.name, "done"):
        if run.key == key:
            return run, False
    passed = {**asked, "dataset": f"{cited.dataset}@{cited.version}"}
    _check_parameters(pipeline.path, passed)
    parent = folder(pipeline.name)
    parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".", dir=parent))
    started, clock = pd.Timestamp.now("UTC"), time.monotonic()
    reason, result = _run(pipeline, passed, work)
    run = Run(
        folder=work,
        pipeline=pipeline.name,
        key=key,
        issue=issue,
        parameters=asked,
        data_version=str(cited),
        input_hash=input_hash,
        code_hash=code_hash(),
        commit=commit(),
        result=result,
        started=started,
        seconds=round(time.monotonic() - clock, 1),
        status="failed" if reason else "done",
        reason=reason,
    )
    run.save()
    final = parent / f"{issue:%Y%m%dT%H%M}-{key[:12]}"
    shutil.rmtree(final, ignore_errors=True)  # an earlier failure of the same run
    work.chmod(0o755)  # a temporary folder is closed; a run is for everyone to see
    work.rename(final)
    prune(pipeline.name, pipeline.keep)
    if reason:
        raise PromotionError(f"{pipeline.name}, {issue:%d.%m.%Y %H:%M} UTC: {reason}")
    return Run(**{**run.__dict__, "folder": final}), True


def _check_parameters(notebook: Path, passed: dict[str, Any]) -> None:
    """Refuse parameters that the notebook does not know."""
    from papermill import inspect_notebook

    try:
        known = inspect_notebook(str(notebook))
    except ValueError as error:
        raise PromotionError(
            f"{notebook.name} nennt keine Sprache. Bitte in JupyterLab mit dem Kern „Python 3“ "
            "öffnen und speichern."
        ) from error
    unknown = sorted(set(passed) - set(known))
    if unknown:
        raise PromotionError(
            f"{notebook.name} kennt diese Angaben nicht: {', '.join(unknown)}. "
            f"Bekannt sind: {', '.join(sorted(known))}."
        )


def _run(pipeline: Pipeline, passed: dict[str, Any], work: Path) -> tuple[str, dict[str, Any]]:
    """Execute in a child process; return the reason of a failure (or "") and the result."""
    target = work / "notebook.ipynb"
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT_ENVIRONMENT or name.startswith("STADTLABOR_")
    }
    environment |= {"STADTLABOR_HOME": str(home().resolve()), "STADTLABOR_ROOT": str(root())}
    command = [sys.executable, "-m", "stadtlabor.promotion.child", str(pipeline.path), str(target)]
    try:
        child = subprocess.run(
            [*command, json.dumps(passed), str(pipeline.timeout_s)],
            env=environment,
            cwd=pipeline.path.parent,
            capture_output=True,
            text=True,
            # papermill has its own limit per cell; this one holds for the whole run
            timeout=pipeline.timeout_s + 30,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"nach {pipeline.timeout_s} Sekunden abgebrochen", {}
    (work / "log.txt").write_text(child.stdout + child.stderr, encoding="utf-8")
    if not target.exists():
        return "das Notebook wurde nicht ausgeführt, siehe log.txt", {}
    return _judge(target, child.returncode, work)


def _judge(target: Path, status: int, work: Path) -> tuple[str, dict[str, Any]]:
    """Look at the executed notebook; save its figures."""
    notebook = nbformat.read(target, as_version=4)
    result: dict[str, Any] = {}
    count = 0
    # Numbers as the author counts: without the cells that papermill puts in.
    own = [c for c in notebook.cells if not INSERTED & set(c.metadata.get("tags", []))]
    for number, cell in enumerate(own, start=1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        if cell.execution_count is None:
            return f"Zelle {number} wurde nicht ausgeführt", result
        for output in cell.outputs:
            if output.output_type == "error":
                return f"Zelle {number} brach ab: {output.evalue}", result
            content = output.get("data", {})
            result.update(content.get(MIME, {}))
            page = content.get("text/html", "")
            if '<figure class="stadtlabor-figure"' in page:
                count += 1
                _save_figure(work / "figures", count, page)
    if status != 0:
        return f"der Prozess endete mit Status {status}, siehe log.txt", result
    return "", result


def _save_figure(target: Path, number: int, page: str) -> None:
    """Keep a figure as people get it (HTML) and its picture (SVG)."""
    target.mkdir(exist_ok=True)
    (target / f"{number:02}.html").write_text(page, encoding="utf-8")
    picture = re.search(r'<div class="sl-wide">(<svg.*?</svg>)</div>', page, re.DOTALL)
    if picture:
        (target / f"{number:02}.svg").write_text(picture[1], encoding="utf-8")
