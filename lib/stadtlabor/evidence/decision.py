"""A decision as a record: options, data, who decided, when to look at it again."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from stadtlabor.evidence.words import said

__all__ = ["Decided", "Option", "data_table", "decided", "options_table"]


@dataclass(frozen=True)
class Option:
    """Something that can be decided.

    Attributes
    ----------
    key, name
        For code and for people.
    pro, con
        One sentence each.
    when
        Which result speaks for it, stated before the result is known.
    """

    key: str
    name: str
    pro: str
    con: str
    when: str


@dataclass(frozen=True)
class Decided:
    """What was decided, or that nothing was yet.

    Attributes
    ----------
    sentence
        In German, with role and day.
    option
        Key of the option; empty while nothing is decided.
    review_on
        When to look again; None where nothing is decided.
    overdue
        Whether that day has passed.
    follows
        Whether it follows the recommendation.
    """

    sentence: str
    option: str
    review_on: date | None
    overdue: bool
    follows: bool


def decided(
    options: Sequence[Option], recommended: str, decision: str, by: str, on: str, review_on: str,
    today: date,
) -> Decided:  # fmt: skip
    """Read what the parameters of a record say about the decision.

    Parameters
    ----------
    options
        What could be decided.
    recommended
        Key that the result speaks for.
    decision
        Key or German name of an option; empty while nothing is decided.
    by
        Body or role that decided, no person's name.
    on, review_on
        Days, ISO 8601.
    today
        For whether the review is overdue.

    Raises
    ------
    ValueError
        In German, if a statement is missing or is none of the options.
    """
    if not decision:
        return Decided(said("decision.open"), "", None, False, True)
    chosen = next((o for o in options if decision in (o.key, o.name)), None)
    if chosen is None:
        names = ", ".join(f"„{option.name}“" for option in options)
        raise ValueError(said("decision.no_option", stated=decision, names=names))
    if not (by and on and review_on):
        raise ValueError(said("decision.lacking"))
    day, again = _day(on, "decided_on"), _day(review_on, "review_on")
    if again <= day:
        raise ValueError(said("decision.turned"))
    follows = chosen.key == recommended
    sentence = said(
        "decision.made", option=chosen.name, by=by, on=_german(day), review=_german(again),
        follows=said("decision.follows" if follows else "decision.against"),
    )  # fmt: skip
    if today > again:
        sentence = f"{sentence} {said('decision.overdue')}"
    return Decided(sentence, chosen.key, again, today > again, follows)


def options_table(options: Sequence[Option], recommended: str) -> str:
    """Return the options as a table, HTML; the recommended one is marked in words."""
    heads = [said(f"decision.head_{name}") for name in ("option", "pro", "con", "when")]
    rows = [
        (f"{o.name} ({said('decision.recommended')})" if o.key == recommended else o.name,
         o.pro, o.con, o.when)
        for o in options
    ]  # fmt: skip
    return _table(heads, rows, said("decision.options"))


def data_table(rows: Sequence[tuple[str, str, str, bool]]) -> str:
    """Return what was read as a table, HTML.

    Parameters
    ----------
    rows
        Citation, source, licence, simulated.
    """
    heads = [said(f"decision.head_{name}") for name in ("data", "source", "licence", "real")]
    shown = [
        (version, source, licence, said("decision.simulated" if invented else "decision.measured"))
        for version, source, licence, invented in rows
    ]
    return _table(heads, shown, said("decision.data"))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> str:
    top = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in heads)
    body = "".join(
        "<tr>"
        + f'<th scope="row">{html.escape(row[0])}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    name = html.escape(caption)
    return (
        f'<div style="overflow-x:auto" tabindex="0" role="region" aria-label="{name}">'
        f'<table style="text-align:left;border-spacing:0 .5rem"><caption style="text-align:left">'
        f"{name}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _day(stated: Any, field: str) -> date:
    try:
        return date.fromisoformat(str(stated))
    except ValueError:
        raise ValueError(said("decision.no_day", stated=stated, field=field)) from None


def _german(day: date) -> str:
    return f"{day:%d.%m.%Y}"
