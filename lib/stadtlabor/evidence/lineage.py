"""Events of OpenLineage in files: what was read by what, and what came of it.

The JSON follows the published schema (:data:`SCHEMA`) and is written here rather than by
``openlineage-python``: that library brings a second HTTP client for transports nobody here uses,
and its file transport never stops growing. The tests read every
event back with that library.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

__all__ = ["MOST_BYTES", "MOST_FILES", "PRODUCER", "dataset", "event", "events", "facet", "note"]

SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
FACETS = "https://openlineage.io/spec/facets/"
PRODUCER = "https://stadtlabor.example.org/"
NAMESPACE = "stadtlabor"
MOST_BYTES, MOST_FILES = 4_000_000, 16
"""A file is closed beyond so many bytes, and the oldest go: at most 64 MB per writer."""

_SPACE = uuid.UUID("7b0a2d0e-7a0e-5b52-9c56-0f4d3a6f8f10")


def facet(schema: str = "", **content: Any) -> dict[str, Any]:
    """Return a facet.

    Parameters
    ----------
    schema
        Version and name of one that OpenLineage publishes
        (``1-0-1/DatasetVersionDatasetFacet.json``); empty for one of our own.
    content
        Its fields.
    """
    known = f"{FACETS}{schema}#/$defs/{schema.split('/')[-1].removesuffix('.json')}"
    return {
        "_producer": PRODUCER,
        "_schemaURL": known if schema else f"{SCHEMA}BaseFacet",
    } | content


def dataset(name: str, version: int | str | None = None, **facets: Any) -> dict[str, Any]:
    """Return a data set as input or output, with its version where it has one.

    Parameters
    ----------
    name, version
        What and which.
    facets
        Further facets by name; ``inputFacets`` and ``outputFacets`` are put where they belong.
    """
    outer = {key: facets.pop(key) for key in ("inputFacets", "outputFacets") if key in facets}
    if version is not None:
        facets["version"] = facet(
            "1-0-1/DatasetVersionDatasetFacet.json", datasetVersion=str(version)
        )
    return {"namespace": NAMESPACE, "name": name, "facets": facets} | outer


def event(
    job: str,
    identity: str,
    inputs: list[dict[str, Any]],
    outputs: list[dict[str, Any]],
    kind: str = "COMPLETE",
    at: datetime | None = None,
    facets: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return one run event.

    Parameters
    ----------
    job
        What ran (``ingest/footfall``).
    identity
        Names this one run; the same identity gives the same run id.
    inputs, outputs
        See :func:`dataset`.
    kind
        ``START``, ``RUNNING``, ``COMPLETE``, ``FAIL`` or ``ABORT``.
    at
        When, default: now.
    facets
        Facets of the run.
    """
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    return {
        "eventTime": moment.isoformat(timespec="milliseconds"),
        "eventType": kind,
        "producer": PRODUCER,
        "schemaURL": f"{SCHEMA}RunEvent",
        "run": {
            "runId": str(uuid.uuid5(_SPACE, f"{job}/{identity}")),
            "facets": dict(facets or {}),
        },
        "job": {"namespace": NAMESPACE, "name": job, "facets": {}},
        "inputs": inputs,
        "outputs": outputs,
    }


def note(folder: Path, told: Mapping[str, Any]) -> None:
    """Append an event to the newest file of a folder.

    Not flushed to the disk: a power cut may take the last events, never any data, and the ingest
    must not wait for its own story.

    Parameters
    ----------
    folder
        Belongs to one writing process.
    told
        Event.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = sorted(folder.glob("*.ndjson"))
    if not known or known[-1].stat().st_size > MOST_BYTES:
        number = 1 + int(known[-1].stem) if known else 1
        known.append(folder / f"{number:08d}.ndjson")
        for old in known[:-MOST_FILES]:
            old.unlink(missing_ok=True)
    line = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    with known[-1].open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def events(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of a folder, oldest first; a line that a crash has cut off is left out."""
    for path in sorted(folder.glob("*.ndjson")):
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError:  # the oldest file has just gone
            continue
        for line in lines:
            try:
                found = json.loads(line)
            except ValueError:
                continue
            yield found
