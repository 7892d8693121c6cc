"""A report on a file as people read it: what was read, and lists of problems with their remedy."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from stadtlabor.observations import Problem

__all__ = ["SHOWN", "Lists", "told_html", "told_lines"]

SHOWN = 8
"""So many problems of one kind are printed; the lists themselves hold all."""

Lists = Sequence[tuple[str, Sequence[Problem]]]
"""German title of each kind, and its problems."""


def told_lines(head: Sequence[str], lists: Lists) -> str:
    """Return a report as lines of text; empty lists are left out."""
    lines = [*head]
    for title, problems in lists:
        if problems:
            lines += [f"{title}:", *(f"- {p}" for p in problems[:SHOWN])]
        if len(problems) > SHOWN:
            lines.append(f"- und {len(problems) - SHOWN} weitere")
    return "\n".join(lines)


def told_html(file: str, facts: Sequence[str], lists: Lists, table: str = "") -> str:
    """Return a report for a notebook.

    Parameters
    ----------
    file
        Name.
    facts
        German sentences about the whole.
    lists
        Problems by kind.
    table
        HTML between facts and problems.
    """
    parts = [f"<p><strong>{escape(file)}</strong><br>{escape(' '.join(facts))}</p>", table]
    for title, problems in lists:
        if problems:
            items = "".join(f"<li>{escape(str(p))}</li>" for p in problems[:SHOWN])
            more = len(problems) - SHOWN
            items += f"<li>und {more} weitere</li>" if more > 0 else ""
            parts.append(f"<p>{title}:</p><ul>{items}</ul>")
    return "".join(parts)
