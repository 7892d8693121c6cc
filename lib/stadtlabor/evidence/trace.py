"""From a published figure back to raw observations, rules and code."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stadtlabor.evidence.figures import figure_id, figures, run_of, split
from stadtlabor.evidence.inputs import Input, cited, described, known_input
from stadtlabor.evidence.words import said
from stadtlabor.promotion.archive import Run

__all__ = ["NOTED", "Trace", "TraceError", "inputs_of", "keep", "trace", "trace_run"]

NOTED = "herkunft.json"
"""File in a run's folder: what stood behind its inputs when it ran."""


class TraceError(LookupError):
    """There is no such figure; the message says so in German, and what to do."""


@dataclass(frozen=True)
class Trace:
    """The way back of one figure, or of all of one run.

    Attributes
    ----------
    figure
        Id, empty where the whole run was asked for.
    values
        Id of each figure → name and value.
    title, run, issue
        Who reckoned it: name, folder of the run or hash of the version, time it speaks for (UTC,
        ISO 8601).
    notebook_hash, version, parameters
        What was run, with what; ``version`` is 0 where it was no registered one.
    code_hash, commit, python
        With which code.
    data_purpose
        What the data were asked for.
    inputs
        What was read.
    """

    figure: str
    values: dict[str, tuple[str, Any]]
    title: str
    run: str
    issue: str
    notebook_hash: str
    version: int
    parameters: dict[str, Any]
    code_hash: str
    commit: str
    python: str
    data_purpose: str
    inputs: list[Input] = field(default_factory=list)


def trace(stated: str) -> Trace:
    """Walk back from a figure.

    Parameters
    ----------
    stated
        Id of a figure (``3fa9c1d2e4b5-percent``), the first 12 digits alone, or
        ``PIPELINE/LAUF``, with ``#NAME`` behind it or not.

    Raises
    ------
    TraceError
        If there is no such figure (German sentence).
    """
    found = run_of(stated)
    if found is None:
        return _published(stated)
    return trace_run(*found)


def trace_run(run: Run, name: str = "") -> Trace:
    """Walk back from a run.

    Parameters
    ----------
    run
        A run in the archive.
    name
        One of its figures, or empty for all.

    Raises
    ------
    TraceError
        If it has no such figure (German sentence).
    """
    values = chosen(run.key, figures(run.result), name)
    return Trace(
        figure=figure_id(run.key, name) if name else "",
        values=values,
        title=run.pipeline,
        run=f"{run.pipeline}/{run.folder.name}",
        issue=run.issue.isoformat(),
        notebook_hash=run.notebook_hash,
        version=run.version,
        parameters=run.passed,
        code_hash=run.code_hash,
        commit=run.commit,
        python=run.environment.get("python", ""),
        data_purpose="administration",
        inputs=_noted(run.folder) or inputs_of(run.data_version, run.inputs),
    )


def chosen(key: str, known: dict[str, Any], name: str) -> dict[str, tuple[str, Any]]:
    """Return the figures that are asked for by their ids.

    Raises
    ------
    TraceError
        If there is no figure of that name.
    """
    if name and name not in known:
        raise TraceError(
            said("trace.no_value", name=name, known=", ".join(known) or said("trace.nothing"))
        )
    wanted = [name] if name else list(known)
    return {figure_id(key, each): (each, known[each]) for each in wanted}


def inputs_of(data_version: str, hashes: dict[str, str]) -> list[Input]:
    """Look up all inputs of a run.

    Parameters
    ----------
    data_version
        Citations, as the run has them.
    hashes
        Data set → SHA-256, where the run has written it down whole.
    """
    known = dict.fromkeys(cited(data_version))
    return [
        described(name, number, digits or hashes.get(name, "")) for name, number, digits in known
    ]


def keep(run: Run, folder: Path) -> None:
    """Write beside a run what stood behind its inputs; later the store may have forgotten it."""
    found = inputs_of(run.data_version, run.inputs)
    text = json.dumps([each.plain() for each in found], ensure_ascii=False, indent=1)
    (folder / NOTED).write_text(text, encoding="utf-8")


def _noted(folder: Path) -> list[Input]:
    try:
        return [known_input(each) for each in json.loads((folder / NOTED).read_text("utf-8"))]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _published(stated: str) -> Trace:
    from stadtlabor.publishing.version import VersionError, version_of

    parts = split(stated)
    try:
        found = version_of(parts[0]) if parts else None
    except VersionError as error:
        raise TraceError(str(error)) from None
    if parts is None or found is None:
        raise TraceError(said("trace.unknown", figure=stated))
    return found.trace(parts[1])
