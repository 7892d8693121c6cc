"""Did a run succeed? Judged by more than the notebook's own word.

papermill leaves a notebook without a mark when its kernel dies or a cell takes too long, and only
warns about unknown parameters. So a run counts only if its process ended well, left its mark of
completion for this very file, and every code cell of the source was executed without an error.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stadtlabor.promotion.child import CELL_TIMEOUT, KERNEL_DEAD, MARK, NO_SPACE
from stadtlabor.promotion.errors import TIMED_OUT
from stadtlabor.promotion.record import MIME

__all__ = ["Outcome", "judge"]

INSERTED = {"injected-parameters", "papermill-error-cell-tag"}
"""Tags of the cells that papermill adds to a notebook."""
LEFT_OUT = "skip-execution"

REASONS = {
    TIMED_OUT: "nach {run:g} Sekunden abgebrochen",
    CELL_TIMEOUT: "eine Zelle war nach {cell:g} Sekunden nicht fertig",
    KERNEL_DEAD: "der Kern des Notebooks wurde beendet",
    NO_SPACE: "auf dem Datenträger ist kein Platz mehr",
}


@dataclass
class Outcome:
    """How a run ended.

    Attributes
    ----------
    reason
        German, why it failed; empty for a success.
    result
        What the notebook recorded so far.
    cells
        How many code cells were executed.
    figure_hashes
        File in ``figures/`` → SHA-256.
    code_hash, environment
        Of the process that ran it.
    """

    reason: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    cells: int = 0
    figure_hashes: dict[str, str] = field(default_factory=dict)
    code_hash: str = ""
    environment: dict[str, str] = field(default_factory=dict)


def judge(source: str, target: Path, status: int, timeout_s: float, cell_s: float) -> Outcome:
    """Look at an executed notebook; save its figures beside it.

    Parameters
    ----------
    source
        The notebook before, JSON.
    target
        The executed notebook.
    status
        Of the process.
    timeout_s, cell_s
        Limits that held, for messages.
    """
    import nbformat  # here: pages that only show runs need none of it

    found = Outcome()
    known = REASONS.get(status, "").format(run=timeout_s, cell=cell_s)
    try:
        before = _cells(nbformat.reads(source, as_version=4))
        after = _cells(nbformat.read(target, as_version=4))
    except Exception:  # nbformat raises whatever its parsers do
        found.reason = known or (
            f"das Notebook wurde nicht ausgeführt (Status {status}), siehe log.txt"
            if not target.exists()
            else "das ausgeführte Notebook ist nicht vollständig"
        )
        return found
    fault = _look(after, target.parent, found)
    whole = [cell.source for _, cell in before] == [cell.source for _, cell in after]
    if known or fault:
        found.reason = known or fault
    elif status != 0:
        found.reason = f"der Prozess endete mit Status {status}, siehe log.txt"
    elif not whole:
        found.reason = "das ausgeführte Notebook hat andere Zellen als die Quelle"
    elif not _marked(target, found):
        found.reason = "das Zeichen für den Abschluss fehlt"
    return found


def _cells(notebook: Any) -> list[tuple[int, Any]]:
    """Return code cells that must run, numbered as the author counts all cells."""
    own = [c for c in notebook.cells if not INSERTED & set(c.metadata.get("tags", []))]
    return [
        (number, cell)
        for number, cell in enumerate(own, start=1)
        if cell.cell_type == "code"
        and cell.source.strip()
        and LEFT_OUT not in cell.metadata.get("tags", [])
    ]


def _look(cells: list[tuple[int, Any]], folder: Path, found: Outcome) -> str:
    """Collect what the cells left; return the first fault."""
    for number, cell in cells:
        if cell.execution_count is None:
            return f"Zelle {number} wurde nicht ausgeführt"
        for output in cell.outputs:
            if output.output_type == "error":
                return f"Zelle {number} brach ab: {output.evalue or output.ename}"
            content = output.get("data", {})
            found.result.update(content.get(MIME, {}))
            page = content.get("text/html", "")
            if '<figure class="stadtlabor-figure"' in page:
                _save_figure(folder / "figures", page, found)
        found.cells += 1
    return ""


def _marked(target: Path, found: Outcome) -> bool:
    try:
        mark = json.loads(target.with_name(MARK).read_text(encoding="utf-8"))
        content = target.read_bytes()
        found.code_hash, found.environment = mark["code_hash"], mark["environment"]
        return bool(mark["notebook"] == hashlib.sha256(content).hexdigest())
    except (OSError, ValueError, KeyError):
        return False


def _save_figure(target: Path, page: str, found: Outcome) -> None:
    """Keep a figure as people get it (HTML) and its picture (SVG)."""
    target.mkdir(exist_ok=True)
    number = 1 + sum(name.endswith(".html") for name in found.figure_hashes)
    kept = {f"{number:02}.html": page}
    picture = re.search(r'<div class="sl-wide">(<svg.*?</svg>)</div>', page, re.DOTALL)
    if picture:
        kept[f"{number:02}.svg"] = picture[1]
    for name, text in kept.items():
        (target / name).write_text(text, encoding="utf-8")
        found.figure_hashes[name] = hashlib.sha256(text.encode()).hexdigest()
