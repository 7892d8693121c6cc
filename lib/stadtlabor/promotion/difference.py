"""What changed: between the results of two runs, between the sources of two versions."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from stadtlabor.promotion.archive import source

__all__ = ["Changed", "changed_lines", "changed_values"]

CONTEXT_LINES = 2


class Changed(NamedTuple):
    """A value before and now, as text; empty where there is none."""

    name: str
    before: str
    now: str

    @property
    def same(self) -> bool:
        """Whether nothing changed."""
        return self.before == self.now


def changed_values(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Changed]:
    """Return all values of two results side by side, nested ones as ``share/10``."""
    old, new = dict(_flat(before)), dict(_flat(now))
    return [Changed(name, old.get(name, ""), new.get(name, "")) for name in {**new, **old}]


def changed_lines(before: str, now: str) -> list[str]:
    """Return what changed between two archived notebooks, line by line.

    Parameters
    ----------
    before, now
        SHA-256 of the sources.

    Returns
    -------
    list of str
        Each begins with ``+`` (new), ``-`` (gone), a space (as before) or ``@`` (a gap).

    Raises
    ------
    PromotionError
        If a source is lost (German sentence).
    """
    old, new = _lines(source(before)), _lines(source(now))
    found = list(difflib.unified_diff(old, new, n=CONTEXT_LINES, lineterm=""))
    return found[2:]


def _flat(values: Mapping[str, Any], path: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value):
            value = dict(zip(_names(value), value, strict=True))
        if isinstance(value, Mapping):
            found += _flat(value, f"{path}{name}/")
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            found.append((f"{path}{name}", text))
    return found


def _names(rows: list[Mapping[str, Any]]) -> list[str]:
    """Name each row by its first word; by its number where words are missing or come twice."""
    words = [next((v for v in row.values() if isinstance(v, str)), "") for row in rows]
    if "" not in words and len(set(words)) == len(words):
        return words
    return [str(number) for number in range(1, len(rows) + 1)]


def _lines(notebook: str) -> list[str]:
    """Return a notebook as text: each cell with a line before it that says what it is."""
    lines = []
    for number, cell in enumerate(json.loads(notebook)["cells"], start=1):
        kind = {"markdown": "Text", "code": "Code"}.get(cell["cell_type"], cell["cell_type"])
        lines.append(f"── Zelle {number}: {kind} ──")
        lines += "".join(cell["source"]).splitlines()
    return lines
