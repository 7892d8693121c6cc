"""Run a pipeline: once per notebook, parameters, inputs and code; nothing half done is kept."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_exponential

from stadtlabor.promotion.archive import Run, find, folder, keep_source, prune
from stadtlabor.promotion.code import code_hash, commit, environment
from stadtlabor.promotion.errors import PromotionError
from stadtlabor.promotion.inputs import Inputs, look
from stadtlabor.promotion.judgement import Outcome, judge
from stadtlabor.promotion.parameters import checked, read_parameters
from stadtlabor.promotion.pipeline import Pipeline
from stadtlabor.settings import home
from stadtlabor.store.files import sync

__all__ = ["PromotionError", "attempt", "execute", "perform", "sweep"]

LONGEST_PAUSE_S = 60.0


def execute(pipeline: Pipeline, dataset: str, issue: pd.Timestamp) -> tuple[Run, bool]:
    """Run a pipeline for one issue time of a grid unless that was done before.

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
    return perform(pipeline, {"dataset": dataset, "issue": issue.isoformat()}, issue)


def perform(
    pipeline: Pipeline, given: Mapping[str, Any] | None = None, issue: pd.Timestamp | None = None
) -> tuple[Run, bool]:
    """Run a pipeline with parameters unless that was done before.

    Parameters
    ----------
    pipeline
        What to run.
    given
        Parameters beside the pipeline's own.
    issue
        Time the run speaks for, UTC; a run for another time is another run. Default: now, and then
        the time makes no difference.

    Returns
    -------
    tuple of Run and bool
        As :func:`execute`.

    Raises
    ------
    PromotionError
        If a parameter is unknown or of the wrong type (nothing was started then), or the run
        failed (it stays in the archive with its reason).
    """
    source = pipeline.source()
    known = read_parameters(source, pipeline.notebook)
    asked = checked(known, {**pipeline.parameters, **(given or {})}, pipeline.notebook)
    if issue is not None and "issue" in known:
        asked.setdefault("issue", issue.isoformat())
    inputs = look(pipeline, asked, {name: each.default for name, each in known.items()}, issue)
    moment = issue.isoformat() if issue is not None else ""
    identity = [source, asked, moment, sorted(inputs.hashes.items()), code_hash()]
    key = _digest(identity)
    if found := _done(pipeline.name, key):
        return found, False
    with _alone(pipeline.name, key) as work_folder:
        if found := _done(pipeline.name, key):  # by another process while we waited
            return found, False
        run = _new(pipeline, asked, inputs, key, issue, source)
        return _kept(pipeline, _try(pipeline, run, source, work_folder), work_folder), True


def attempt(
    source: str,
    passed: dict[str, Any],
    place: Path,
    pipeline: Pipeline,
    *,
    forked: bool = True,
) -> Outcome:
    """Execute a notebook's source once in an empty folder, and judge it.

    Parameters
    ----------
    source
        Notebook, JSON.
    passed
        Parameters as the notebook gets them.
    place
        Folder; emptied first.
    pipeline
        Limits, and where the notebook stands.
    forked
        False to use a fresh interpreter.
    """
    from stadtlabor.promotion.worker import work  # here: pages only show runs

    cell_s = pipeline.cell_timeout_s or pipeline.timeout_s
    try:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        before, target = place / "source.ipynb", place / "notebook.ipynb"
        before.write_text(source, encoding="utf-8")
        cwd = pipeline.path.parent if pipeline.path.parent.is_dir() else home()
        status = work(before, target, passed, cwd, pipeline.timeout_s, cell_s, forked)
        outcome = judge(source, target, status, pipeline.timeout_s, cell_s)
        before.unlink()
    except OSError as error:
        return Outcome(reason=_disk(error))
    return outcome


def sweep() -> int:
    """Remove what runs left that were cut off; return how many. Running ones are left alone."""
    gone = 0
    for place in (home() / "runs").glob("*/.work-*"):
        with _lock(place.parent, place.name.removeprefix(".work-"), wait=False) as free:
            if free:
                shutil.rmtree(place, ignore_errors=True)
                gone += 1
    return gone


def _new(
    pipeline: Pipeline, asked: dict[str, Any], inputs: Inputs, key: str,
    issue: pd.Timestamp | None, source: str,
) -> Run:  # fmt: skip
    now = pd.Timestamp.now("UTC")
    try:
        kept = keep_source(source)
    except OSError as error:
        raise PromotionError(f"{pipeline.name}: {_disk(error)}") from error
    return Run(
        folder=Path(), pipeline=pipeline.name, key=key, issue=now if issue is None else issue,
        parameters=asked, data_version="; ".join(inputs.versions), input_hash=inputs.digest,
        code_hash=code_hash(), commit=commit(), result={}, started=now, seconds=0.0,
        status="failed", passed=inputs.passed, notebook_hash=kept,
        parameter_hash=_digest(inputs.passed), version=pipeline.version, inputs=inputs.hashes,
        environment=environment(),
    )  # fmt: skip


def _try(pipeline: Pipeline, run: Run, source: str, place: Path) -> Run:
    """Execute until it succeeds or there are no more tries."""
    clock = time.monotonic()
    tries = Retrying(
        stop=stop_after_attempt(1 + pipeline.retries),
        wait=wait_exponential(multiplier=pipeline.backoff_s, max=LONGEST_PAUSE_S),
        retry=retry_if_result(lambda outcome: bool(outcome.reason)),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    outcome: Outcome = tries(attempt, source, run.passed, place, pipeline)
    return replace(
        run,
        result=outcome.result,
        cells=outcome.cells,
        figure_hashes=outcome.figure_hashes,
        code_hash=outcome.code_hash or run.code_hash,
        environment=outcome.environment or run.environment,
        seconds=round(time.monotonic() - clock, 1),
        status="failed" if outcome.reason else "done",
        reason=outcome.reason,
        attempts=int(tries.statistics.get("attempt_number", 1)),
    )


def _kept(pipeline: Pipeline, run: Run, place: Path) -> Run:
    """Give a run its final name, once all of it is on the disk."""
    from stadtlabor.evidence.runs import finished  # here: it knows runs itself

    parent = folder(run.pipeline)
    final = parent / f"{run.issue:%Y%m%dT%H%M}-{run.key[:12]}"
    reason = run.reason
    try:
        place.mkdir(exist_ok=True)
        finished(run, place)
        replace(run, folder=place).save()
        sync(path for path in place.rglob("*") if path.is_file())
        shutil.rmtree(final, ignore_errors=True)  # an earlier failure of the same run
        place.rename(final)
        sync([final / "run.json"])
        prune(run.pipeline, pipeline.keep)
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        reason = reason or _disk(error)
    if reason:
        raise PromotionError(f"{run.pipeline}, {run.issue:%d.%m.%Y %H:%M} UTC: {reason}")
    return replace(run, folder=final)


def _done(pipeline: str, key: str) -> Run | None:
    found = find(pipeline, key)
    return found if found and found.status == "done" else None


@contextmanager
def _alone(pipeline: str, key: str) -> Iterator[Path]:
    """Hold back others who want the same run; give the folder in which it grows."""
    parent = folder(pipeline)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with _lock(parent, key, wait=True):
            place = parent / f".work-{key[:16]}"
            try:
                yield place
            finally:
                shutil.rmtree(place, ignore_errors=True)
    except OSError as error:
        raise PromotionError(f"{pipeline}: {_disk(error)}") from error


@contextmanager
def _lock(parent: Path, key: str, *, wait: bool) -> Iterator[bool]:
    """Hold one of sixteen locks of a pipeline: few files, and few who wait for a stranger."""
    with (parent / f".lock-{key[0]}").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _disk(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        return "auf dem Datenträger ist kein Platz mehr. Bitte aufräumen"
    return f"{error.filename or 'eine Datei'} ist nicht beschreibbar ({error.strerror})"
