"""Look for what must not become public: keys, mail, telephone numbers, home folders."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stadtlabor.publishing.words import said

__all__ = ["Finding", "found_in", "private"]

PATTERNS = {
    "key": re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
        r"|\b(?:ghp|gho|ghs|github_pat|glpat|xox[abps]|sk|pk)[-_][A-Za-z0-9_-]{16,}"
        r"|\bAKIA[0-9A-Z]{16}\b"
        r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}"
        r"|\b[Bb]earer\s+[A-Za-z0-9._~+/-]{16,}"
        r"|\w*(?:token|secret|passwor[dt]|passwd|api_?key|kennwort)\w*['\"]?\s*[:=]\s*"
        r"['\"][^'\"\s]{6,}['\"]"
        r"|://[^\s/:@]+:[^\s/@]+@",
        re.IGNORECASE,
    ),
    "mail": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}"),
    "phone": re.compile(
        r"(?<![\w.,/:-])(?:\+\d{2,3}[\s/(-]*|00\d{2}[\s/(-]*|0(?=[1-9]))\d{1,4}[\s)/-]+\d{3,}"
        r"(?:[\s-]?\d{2,})*(?![\w.,]*\d)"
        r"|\b(?:tel|telefon|handy|mobil|fax)\.?\s*:?\s*\d(?:[\s()/.-]*\d){4,}",
        re.IGNORECASE,
    ),
    "home": re.compile(
        r"(?:/(?:home|Users|root)/|[A-Za-z]:\\\\?Users\\\\?|/var/[^\s\"']*/homes/)[\w.-]+"
    ),
}
SHOWN = ("text/plain", "text/html", "text/markdown", "image/svg+xml", "application/json")


@dataclass(frozen=True)
class Finding:
    """Something that must not become public: kind, cell (from 1), and whether in its output."""

    kind: str
    cell: int
    output: bool

    @property
    def german(self) -> str:
        """What it is, where it is and what to do; the thing itself is not repeated."""
        where = said("private.output" if self.output else "private.source", cell=self.cell)
        return said(f"private.{self.kind}", where=where)


def private(notebook: Mapping[str, Any], allowed: tuple[str, ...] = ()) -> list[Finding]:
    """Return what must not become public, each kind once per cell.

    Parameters
    ----------
    notebook
        As JSON, executed or not.
    allowed
        Addresses of mail that may stand there, such as the contact of the city.
    """
    found: dict[Finding, None] = {}
    for number, cell in enumerate(notebook["cells"], start=1):
        for text, output in _texts(cell):
            for kind in found_in(text, allowed):
                found[Finding(kind, number, output)] = None
    return list(found)


def found_in(text: str, allowed: tuple[str, ...] = ()) -> list[str]:
    """Return the kinds of private things in a text."""
    plain = re.sub(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+", "", text)
    kinds = []
    for kind, pattern in PATTERNS.items():
        hits = [hit.group() for hit in pattern.finditer(plain)]
        if kind == "mail":
            hits = [hit for hit in hits if hit.lower() not in allowed]
        if hits:
            kinds.append(kind)
    return kinds


def _texts(cell: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    yield _joined(cell.get("source", "")), False
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            yield _joined(output["text"]), True
        elif output["output_type"] == "error":
            yield "\n".join([output.get("evalue", ""), *output.get("traceback", [])]), True
        for kind, content in output.get("data", {}).items():
            if kind.startswith(SHOWN) or kind.endswith("+json"):
                yield _visible(kind, content), True


def _visible(kind: str, content: Any) -> str:
    """Return the words of an output; the numbers of a drawing are no telephone numbers."""
    text = _joined(content) if isinstance(content, str | list) else json.dumps(content)
    if kind in ("text/html", "image/svg+xml"):
        text = re.sub(r"\s(?:d|points|transform|style|viewBox)=\"[^\"]*\"", "", text)
        # Downloads repeat what the page shows.
        text = re.sub(r"href=\"data:[^\"]*\"", "", text)
        return re.sub(r"</?(?:td|th|tr|p|li|div|br|text|g|path)\b[^>]*>", "\n", text)
    return text


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(map(str, text))
