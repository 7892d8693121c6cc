"""Cut an expression of ``$filter`` or ``$orderby`` into words.

The signs follow OData 4.0, ABNF construction rules, as far as OGC 18-088, section 9.3.3.5 uses it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stadtlabor.sensorthings.refusal import refuse

__all__ = ["Token", "tokens"]

MOST_TOKENS = 500
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[-+ ]\d\d:?\d\d)"
_SIGNS = re.compile(
    rf"""(?P<space>\s+)
    |(?P<geometry>geo(?:graphy|metry)'(?:[^']|'')*')
    |(?P<duration>duration'[^']*')
    |(?P<text>'(?:[^']|'')*')
    |(?P<interval>{_TIME}/\S+)
    |(?P<time>{_TIME})(?![\w.])
    |(?P<date>\d{{4}}-\d\d-\d\d)(?![\w.])
    |(?P<wrong>\d{{4}}-\d\d-\d\d[\w:.+-]*)
    |(?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{{1,4}})?)(?![\w.])
    |(?P<name>[A-Za-z_@$][\w.@$-]*(?:/[\w.@$-]+)*)
    |(?P<mark>[(),])""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True)
class Token:
    """A word: its kind (a group of the pattern), its text and where it stands, counted from 1."""

    kind: str
    text: str
    at: int


def tokens(text: str, option: str) -> list[Token]:
    """Return the words of an expression, the last one of kind ``end``.

    Raises
    ------
    Refusal
        If a sign belongs to no word or there are too many.
    """
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _SIGNS.match(text, at)
        if match is None:
            if text[at] == "'":
                raise refuse("option.quote", name=option)
            raise refuse("filter.sign", option=option, at=at + 1, text=text[at : at + 20])
        if match.lastgroup and match.lastgroup != "space":
            found.append(Token(match.lastgroup, match[0], at + 1))
        at = match.end()
        if len(found) > MOST_TOKENS:
            raise refuse("filter.long", option=option, most=MOST_TOKENS)
    return [*found, Token("end", "", len(text) + 1)]
