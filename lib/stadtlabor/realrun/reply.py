"""How a request stands, and its released tables: what its author reads."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from stadtlabor.realrun import places
from stadtlabor.realrun.errors import RealRunError
from stadtlabor.realrun.frames import framed
from stadtlabor.realrun.table import read_table
from stadtlabor.realrun.words import said

__all__ = ["over", "results", "standing"]


def standing(id_: str) -> str:
    """Return in German how a request stands; further lines say what to do.

    Parameters
    ----------
    id_
        What the button has shown.
    """
    return _told(_facts(id_))


def over(id_: str) -> bool:
    """Tell whether nothing more will happen to a request."""
    facts = _facts(id_)
    return facts is not None and facts["state"] in ("released", "returned")


def results(id_: str) -> dict[str, pd.DataFrame]:
    """Return the released tables of a request by their names.

    Parameters
    ----------
    id_
        What the button has shown.

    Raises
    ------
    RealRunError
        If they are not released (yet); German sentence.
    """
    facts = _facts(id_)
    if facts is None or facts["state"] != "released":
        raise RealRunError(_told(facts))
    tables = [read_table(each) for each in facts["tables"]]
    return {table.name: framed(table) for table in tables}


def _facts(id_: str) -> dict[str, Any] | None:
    try:
        found = json.loads((places.answers() / f"{id_}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return dict(found)


def _told(facts: dict[str, Any] | None) -> str:
    if facts is None:
        return said("standing.sent")
    state = facts["state"]
    if state != "returned":
        return said(f"standing.{state}")
    if facts["failure"]:
        key = "failed_cell" if facts["cell"] else "failed"
        why = said(f"failures.{facts['failure']}")
        return said(f"standing.{key}", cell=facts["cell"], why=why)
    head = said("standing.returned", reason=facts["reason"]) if facts["reason"] else ""
    return "\n".join([head or said("standing.lacking"), *facts["faults"]])
