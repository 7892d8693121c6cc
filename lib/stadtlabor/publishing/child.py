"""Check one notebook: ``python -m stadtlabor.publishing.child FOLDER``.

A process of its own, under the system user that may read what visitors may read and no more. The
folder holds ``source.ipynb``; at the end it also holds a version and ``outcome.json``.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

__all__ = ["OUTCOME", "check", "main"]

OUTCOME = "outcome.json"


def main(folder: Path) -> None:
    """Check and write down what came out; whatever happens is written down."""
    from stadtlabor.publishing.errors import PublishingError
    from stadtlabor.publishing.words import said

    try:
        faults, hash_ = check(folder)
    except PublishingError as error:
        faults, hash_ = [str(error)], ""
    except Exception as error:  # a notebook may do anything
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        faults, hash_ = [said("check.broken")], ""
    text = json.dumps({"faults": faults, "hash": hash_}, ensure_ascii=False)
    (folder / OUTCOME).write_text(text, encoding="utf-8")


def check(folder: Path) -> tuple[list[str], str]:
    """Check the notebook in a folder.

    Returns
    -------
    tuple of list and str
        German sentences about what is lacking; hash of the version, empty where anything is.
    """
    from stadtlabor.evidence.tape import questions
    from stadtlabor.handover import about, read_source
    from stadtlabor.publishing.contract import before
    from stadtlabor.publishing.findings import afterwards
    from stadtlabor.publishing.permission import barred
    from stadtlabor.publishing.running import different, play, record
    from stadtlabor.publishing.version import seal
    from stadtlabor.publishing.words import said

    source = (folder / "source.ipynb").read_text("utf-8")
    if faults := before(source):
        return faults, ""
    notebook = read_source(source)
    assert notebook is not None  # noqa: S101  # said above
    stated = about(notebook)
    work, version = folder / "work", folder / "version"
    first = record(source, stated["data"], version / "answers", work / "first")
    if first.reason:
        return [said("check.failed", reason=first.reason.rstrip("."))], ""
    second = play(source, version / "answers", work / "second")
    if second.reason:
        return [said("check.not_again", reason=second.reason.rstrip("."))], ""
    if others := different(vars(first), second):
        return [said("check.different", names=", ".join(others))], ""
    executed = json.loads((work / "first" / "notebook.ipynb").read_text("utf-8"))
    asked = questions(version / "answers")
    _put(work / "first", version)
    faults = afterwards(executed, (version / "page.html").read_text("utf-8"))
    faults += barred(asked, datetime.now(UTC))
    if faults:
        return faults, ""
    shutil.copyfile(folder / "source.ipynb", version / "source.ipynb")
    hash_ = seal(version, _facts(stated, first, version))
    shutil.rmtree(work, ignore_errors=True)
    return [], hash_


def _put(run: Path, version: Path) -> None:
    """Lay executed notebook and page into the version."""
    import nbformat

    from stadtlabor.render.notebook import body

    shutil.copyfile(run / "notebook.ipynb", version / "notebook.ipynb")
    notebook = nbformat.read(run / "notebook.ipynb", as_version=4)
    notebook.cells = [c for c in notebook.cells if "injected-parameters" not in
                      c.metadata.get("tags", [])]  # fmt: skip
    (version / "page.html").write_text(body(notebook), encoding="utf-8")


def _facts(stated: dict[str, Any], outcome: Any, version: Path) -> dict[str, Any]:
    from stadtlabor.evidence.tape import questions
    from stadtlabor.promotion.code import commit
    from stadtlabor.promotion.parameters import read_parameters
    from stadtlabor.publishing.version import citations

    asked = questions(version / "answers")
    notes = [q["note"] for q in asked if q["kind"] == "frame"]
    source = (version / "source.ipynb").read_text("utf-8")
    return {
        **{name: stated[name] for name in ("title", "question", "licence", "contact", "audience")},
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "parameters": {n: each.default for n, each in read_parameters(source, "").items()},
        "result": outcome.result,
        "figure_hashes": outcome.figure_hashes,
        "cells": outcome.cells,
        "code_hash": outcome.code_hash,
        "commit": commit(),
        "python": outcome.environment.get("python", ""),
        "data": citations(version / "answers"),
        "sources": sorted({s for note in notes for s in note.get("sources", [])}),
        "licences": sorted({s for note in notes for s in note.get("licences", [])}),
        "simulated": any(note.get("simulated") for note in notes)
        or bool(outcome.result.get("simulated", False)),
    }


if __name__ == "__main__":
    os.nice(10)  # visitors and their kernels come first
    main(Path(sys.argv[1]))
