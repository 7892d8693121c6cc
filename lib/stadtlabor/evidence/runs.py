"""Tell of a finished run: beside it what its inputs were, in the log of lineage what it did."""

from __future__ import annotations

import logging
from pathlib import Path

from stadtlabor.evidence.inputs import cited
from stadtlabor.evidence.lineage import dataset, event, facet, note
from stadtlabor.evidence.trace import keep
from stadtlabor.promotion.archive import Run
from stadtlabor.settings import home

__all__ = ["finished", "folder"]

log = logging.getLogger(__name__)


def folder() -> Path:
    """Return where events of runs lie."""
    return home() / "runs" / ".lineage"


def finished(run: Run, place: Path) -> None:
    """Take note of a run; what goes wrong here never makes a good run a bad one.

    Parameters
    ----------
    run
        Done or failed.
    place
        Folder in which its files lie now.
    """
    try:
        keep(run, place)
        inputs = [dataset(name, version) for name, version, _ in cited(run.data_version)]
        facts = facet(
            notebook=run.notebook_hash, parameters=run.parameter_hash, code=run.code_hash,
            inputs=run.input_hash, version=run.version, commit=run.commit,
        )  # fmt: skip
        note(folder(), event(
            f"run/{run.pipeline}", run.key, inputs, [dataset(f"{run.pipeline}/{run.key[:12]}")],
            kind="COMPLETE" if run.status == "done" else "FAIL",
            facets={"stadtlabor_run": facts},
        ))  # fmt: skip
    except Exception:  # see above
        log.warning("Herkunft des Laufs %s nicht notiert", run.key[:12], exc_info=True)
