"""Every answer that a notebook got, kept as it was given, to be given once more.

A published notebook must reckon the same in ten years. Versions of data sets are cleared away, and
of what counts people the data service never gives an old one. So the answers themselves are kept:
exactly what the public was allowed to read, no more. :mod:`stadtlabor.data` puts every question of
a notebook through :func:`taped` where :data:`FOLDER` is set in the environment.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from stadtlabor.observations import Units
from stadtlabor.store.citation import Citation
from stadtlabor.store.errors import StoreError

__all__ = ["DATASETS", "FOLDER", "MODE", "MOST_BYTES", "questions", "taped"]

FOLDER = "STADTLABOR_TAPE"
"""Environment: folder of the answers."""

MODE = "STADTLABOR_TAPE_MODE"
"""Environment: ``record`` or ``play``."""

DATASETS = "STADTLABOR_TAPE_DATASETS"
"""Environment: names that may be asked about, joined by commas."""

MOST_BYTES = 50_000_000
_inside = threading.local()


def taped(question: Callable[..., Any], args: tuple[Any, ...], given: Mapping[str, Any]) -> Any:
    """Ask and keep the answer, or give the one that was kept.

    Parameters
    ----------
    question, args, given
        A public function of :mod:`stadtlabor.data` and what it is asked with.

    Raises
    ------
    StoreError
        In German, if the data set is not declared, or the question was not asked back then.
    """
    if getattr(_inside, "asking", False):  # a question that another one asks belongs to it
        return question(*args, **given)
    _inside.asking = True
    try:
        return _answered(Path(os.environ[FOLDER]), question, args, dict(given))
    finally:
        _inside.asking = False


def questions(folder: Path) -> list[dict[str, Any]]:
    """Return what was asked, in the order of the files' names.

    Each has ``function``, ``asked``, ``dataset``, ``version``, ``sha256``, ``kind``, ``file`` and
    ``note`` (what the answer says about itself).
    """
    return [json.loads(p.read_text("utf-8")) for p in sorted(folder.glob("*.json"))]


def _answered(
    folder: Path, question: Callable[..., Any], args: tuple[Any, ...], given: dict[str, Any]
) -> Any:
    bound = inspect.signature(question).bind(*args, **given)
    bound.apply_defaults()
    asked = {name: _plain(value) for name, value in bound.arguments.items()}
    # The time of asking is the notebook's own affair; the same words are the same question.
    text = json.dumps([question.__name__, asked], sort_keys=True, ensure_ascii=False)
    path = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:40]}.json"
    if path.exists():
        return _kept(json.loads(path.read_text("utf-8")), folder, question, bound)
    if os.environ.get(MODE) == "play":
        raise StoreError(
            f"Die Frage {question.__name__}({asked}) wurde bei der Veröffentlichung nicht "
            "gestellt. Bitte im Notebook feste Zeiten angeben, nicht „jetzt“."
        )
    name = str(asked.get("dataset", "")).partition("@")[0]
    declared = [each for each in os.environ.get(DATASETS, "").split(",") if each]
    if name and name not in declared:
        raise StoreError(
            f"Das Notebook liest „{name}“, nennt es aber nicht unter „data“ in seinen Angaben. "
            f"Genannt sind: {', '.join(declared) or 'keine'}. Bitte ergänzen."
        )
    noted: dict[str, Any] = {"function": question.__name__, "asked": asked, "dataset": name}
    if question.__name__ == "grid":
        noted |= _grid_version(str(asked["dataset"]), asked.get("at_version"))
        noted |= {"kind": "grid", "file": "", "note": {}}
    else:
        answer = question(*bound.args, **bound.kwargs)
        if question.__name__ == "datasets":
            answer = [each for each in answer if each in declared]
        noted |= _keep(answer, folder)
    path.write_text(json.dumps(noted, ensure_ascii=False, indent=1), encoding="utf-8")
    return _kept(noted, folder, question, bound)


def _keep(answer: Any, folder: Path) -> dict[str, Any]:
    """Write an answer; return what is noted of it."""
    if isinstance(answer, pd.DataFrame):
        note = {name: value for name, value in answer.attrs.items() if name != "series"}
        plain = answer.copy(deep=False)
        plain.attrs = {}
        table = pa.Table.from_pandas(plain, preserve_index=False)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        content = sink.getvalue().to_pybytes()
        name = f"{hashlib.sha256(content).hexdigest()}.arrow"
        there = sum(path.stat().st_size for path in folder.glob("*.arrow"))
        if there + len(content) > MOST_BYTES:
            raise StoreError(
                f"Das Notebook liest mehr als {MOST_BYTES // 1_000_000} MB. Bitte gröbere "
                "Zeiträume oder weniger Datenreihen lesen: data.aggregate(…, „day“)."
            )
        (folder / name).write_bytes(content)
        return {"kind": "frame", "file": name, "note": note, **_citation(note.get("citation", ""))}
    if isinstance(answer, Citation):
        return {"kind": "citation", "file": "", "note": vars(answer), **vars(answer)}
    if isinstance(answer, pd.DatetimeIndex):
        return {"kind": "times", "file": "", "note": {"times": [t.isoformat() for t in answer]}}
    return {"kind": "list", "file": "", "note": {"list": list(answer)}}


def _kept(
    noted: Mapping[str, Any], folder: Path, question: Callable[..., Any],
    bound: inspect.BoundArguments,
) -> Any:  # fmt: skip
    note = noted["note"]
    if noted["kind"] == "frame":
        content = (folder / noted["file"]).read_bytes()
        if hashlib.sha256(content).hexdigest() != noted["file"].removesuffix(".arrow"):
            raise StoreError(f"Die abgelegte Antwort {noted['file'][:16]} wurde verändert.")
        frame = pa.ipc.open_file(pa.BufferReader(content)).read_all().to_pandas()
        units = {"units": Units(note["units"])} if "units" in note else {}
        frame.attrs = {**note, **units}
        return frame
    if noted["kind"] == "citation":
        return Citation(**note)
    if noted["kind"] == "times":
        return pd.DatetimeIndex(pd.to_datetime(note["times"], utc=True))
    if noted["kind"] == "list":
        return list(note["list"])
    bound.arguments["dataset"] = str(bound.arguments["dataset"]).partition("@")[0]
    bound.arguments["at_version"] = noted["version"]
    return question(*bound.args, **bound.kwargs)


def _grid_version(dataset: str, at_version: Any) -> dict[str, Any]:
    from stadtlabor.store.citation import pinned
    from stadtlabor.store.opening import grid_store

    name, stated = pinned(dataset)
    found = grid_store().version(name, stated if at_version is None else at_version)
    return {"version": found.version, "sha256": found.sha256}


def _citation(text: str) -> dict[str, Any]:
    from stadtlabor.evidence.inputs import cited

    found = cited(text)
    return {"version": found[0][1], "sha256": found[0][2]} if found else {}


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        return value.item()
    return [_plain(each) for each in value]
