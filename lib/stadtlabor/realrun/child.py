"""Run one approved notebook on real values: ``python -m stadtlabor.realrun.child FOLDER``.

The folder holds ``source.ipynb`` and ``datasets.json``; at the end it also holds ``outcome.json``,
what was declared and a note of what was read. Whatever the notebook has printed or broken off with
stays here: of a failure only its kind and the number of the cell are told, never a word of it.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

__all__ = ["OUTCOME", "TIMEOUT_S", "main"]

OUTCOME = "outcome.json"
TIMEOUT_S = 900.0
BROKEN = re.compile(r"Zelle (\d+) brach ab")
KINDS = {
    "DataError": "data", "RealRunError": "release", "MemoryError": "memory", "KeyError": "name",
    "NameError": "name", "AttributeError": "name", "ModuleNotFoundError": "module",
    "ImportError": "module", "SyntaxError": "syntax", "TypeError": "value", "ValueError": "value",
    "IndexError": "value", "ZeroDivisionError": "value", "ConnectionError": "network",
    "ConnectionRefusedError": "network", "TimeoutError": "network", "gaierror": "network",
    "URLError": "network", "ConnectError": "network", "ConnectTimeout": "network",
    "OSError": "files", "PermissionError": "files", "FileNotFoundError": "files",
}  # fmt: skip
"""Names of errors that say something about the code; any other name is the author's own."""


def main(folder: Path) -> None:
    """Run it where nothing gets out; what came of it is written down, even if nothing did."""
    from stadtlabor.realrun.isolation import alone

    try:
        alone(folder, lambda: _tell(folder, *_run(folder)))
    except ChildProcessError as error:
        print(error, file=sys.stderr)
        _tell(folder, "broken", 0)
    except OSError as error:
        print(error, file=sys.stderr)
        _tell(folder, "isolation", 0)


def _run(folder: Path) -> tuple[str, int]:
    """Return the kind of failure, empty for none, and the number of the cell."""
    from stadtlabor.promotion.execution import attempt
    from stadtlabor.promotion.pipeline import Pipeline
    from stadtlabor.realrun.reading import DATASETS, FOLDER

    source = (folder / "source.ipynb").read_text("utf-8")
    cwd = folder / "leer"
    cwd.mkdir(exist_ok=True)
    os.environ[FOLDER] = str(folder)
    os.environ[DATASETS] = ",".join(json.loads((folder / "datasets.json").read_text("utf-8")))
    pipeline = Pipeline(name="realrun", notebook=str(cwd / "x.ipynb"), timeout_s=TIMEOUT_S)
    outcome = attempt(source, {}, folder / "run", pipeline, forked=False)
    return _failure(outcome.reason, folder / "run" / "notebook.ipynb")


def _failure(reason: str, executed: Path) -> tuple[str, int]:
    """Turn a reason, which may carry values, into a kind from a list and a number."""
    if not reason:
        return "", 0
    if found := BROKEN.match(reason):
        return _kind(executed), int(found[1])
    for words, kind in (("Sekunden", "slow"), ("beendet", "killed"), ("kein Platz", "space")):
        if words in reason:
            return kind, 0
    return "broken", 0


def _kind(executed: Path) -> str:
    try:
        cells: list[dict[str, Any]] = json.loads(executed.read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return "other"
    names = [o.get("ename", "") for c in cells for o in c.get("outputs", [])
             if o.get("output_type") == "error"]  # fmt: skip
    return KINDS.get(names[0], "other") if names else "other"


def _tell(folder: Path, failure: str, cell: int) -> None:
    text = json.dumps({"failure": failure, "cell": cell})
    (folder / OUTCOME).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    os.nice(10)  # visitors and their kernels come first
    main(Path(sys.argv[1]))
