"""Take away what a power cut may leave of a table."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq

from stadtlabor.store.files import sync
from stadtlabor.store.place import Place, readable

__all__ = ["mend"]


def mend(folder: Place) -> None:
    """Remove an empty last commit, a checkpoint without content, and half-written files.

    Nothing that was reported as written is lost: a commit is reported only after its flush.
    """
    log = folder / "_delta_log"
    touched = False
    commits: list[Place] = [*log.glob("[0-9]*.json")]
    for commit in sorted(commits, key=lambda c: c.name, reverse=True):
        if _whole(commit):
            break
        commit.unlink()
        touched = True
    for checkpoint in log.glob("*.checkpoint*.parquet"):
        try:
            pq.read_metadata(readable(checkpoint))
        except (pa.ArrowInvalid, OSError):
            checkpoint.unlink()
            touched = True
    hint = log / "_last_checkpoint"
    if hint.exists() and not any(log.glob(f"{_hinted(hint)}.checkpoint*.parquet")):
        hint.unlink()
        touched = True
    for draft in (*folder.glob("_staging/*"), *folder.glob("_days/*/.*")):
        draft.unlink()
    if touched:
        sync([log])


def _whole(commit: Place) -> bool:
    try:
        lines = commit.read_text(encoding="utf-8").splitlines()
        return bool(lines) and all(json.loads(line) for line in lines)
    except ValueError:
        return False


def _hinted(hint: Place) -> str:
    """Return the padded version that a checkpoint hint names; no version where it is broken."""
    try:
        return f"{int(json.loads(hint.read_text(encoding='utf-8'))['version']):020d}"
    except (ValueError, KeyError, TypeError):
        return "none"
