"""A ranking of shops as people read it: points, reasons, what would have to be different."""

from __future__ import annotations

import html
from collections.abc import Mapping

from stadtlabor.innenstadt.matching import Match, weights
from stadtlabor.innenstadt.matching.words import words
from stadtlabor.ui.texts import number, text

__all__ = ["MOST", "ranking", "weight_table"]

MOST = 10
"""So many shops are told at length; how many more there are is said."""


def ranking(
    matches: list[Match], names: Mapping[str, str], before: Mapping[str, int] | None = None
) -> str:
    """Return the list as HTML, the best shop first and open.

    Parameters
    ----------
    matches
        In order.
    names
        Unit → what it is called.
    before
        Unit → its place with the usual values of the plan, 0 for excluded ones.
    """
    shown = "".join(
        _one(match, names[match.unit], (before or {}).get(match.unit), n == 0)
        for n, match in enumerate(matches[:MOST])
    )
    more = len(matches) - MOST
    rest = f"<p>{html.escape(text('match.more', n=number(more)))}</p>" if more > 0 else ""
    return f"<h2>{html.escape(text('match.list'))}</h2>{shown}{rest}"


def _one(match: Match, name: str, before: int | None, is_open: bool) -> str:
    if match.allowed:
        place = text("match.place", n=match.rank)
        points = text("match.points", score=number(match.score))
        if before is not None and before != match.rank:
            was = text("match.was", n=before) if before else text("match.was_out")
            points = f"{points}, {was}"
    else:
        place, points = "–", text("match.out")
    head = f"{place} {name}: {points}"
    parts = [("broken", match.violated_german), ("for", match.pros), ("against", match.cons),
             ("open", match.open)]  # fmt: skip
    body = "".join(_lines(key, lines) for key, lines in parts if lines)
    if match.what_if is not None and match.what_if.german:
        body += _lines("whatif", (match.what_if.german,))
    link = html.escape(text("match.expose", name=name))
    body += f'<p><a href="/leerstand/{html.escape(match.unit, quote=True)}">{link}</a></p>'
    state = " open" if is_open else ""
    return (
        f"<details{state}><summary><strong>{html.escape(head)}</strong></summary>{body}</details>"
    )


def _lines(key: str, lines: tuple[str, ...]) -> str:
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f"<h3>{html.escape(text(f'match.{key}'))}</h3><ul>{items}</ul>"


def weight_table() -> str:
    """Return the published weights as HTML, with the reason of each."""
    used = weights()
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(words()['criteria'][name])}</th>"
        f"<td>{number(row.weight)}</td><td>{html.escape(row.reason)}</td></tr>"
        for name, row in used.criteria.items()
    )
    heads = "".join(
        f"<th scope='col'>{html.escape(text(f'match.{key}'))}</th>"
        for key in ("criterion", "weight", "reason")
    )
    told = html.escape(text("match.threshold", n=number(used.threshold), version=used.version))
    return (
        f"<details><summary>{html.escape(text('match.weights'))}</summary><p>{told}</p>"
        f"<div style='overflow-x:auto' tabindex='0' role='region' "
        f"aria-label='{html.escape(text('match.weights'))}'><table><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div></details>"
    )
