"""Look for personal data in free text, before it stays for ever or becomes public."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stadtlabor.innenstadt.vacancy.errors import PersonalDataError
from stadtlabor.innenstadt.vacancy.words import said, words

__all__ = ["Finding", "findings", "refuse_contacts"]

CONTACTS = {
    "mail": re.compile(
        r"[\w.+-]+\s*(?:@|\(at\)|\[at\]|\{at\})\s*[\w-]+(?:\s*(?:\.|\(dot\)|\[dot\]|\(punkt\))\s*[\w-]+)+",
        re.IGNORECASE,
    ),
    "account": re.compile(r"\b[A-Z]{2}\d{2}(?:\s?\d{4}){3,7}(?:\s?\d{1,4})?\b"),
    # Seven digits or more in groups; a date, an area or a rent has fewer.
    "phone": re.compile(
        r"(?:(?:\+|\b00)\d{1,3}|\b0\d{1,5})(?:[\s()/.–-]*\d){5,13}\b|"
        r"(?:tel|telefon|handy|mobil|fon|phone)\.?\s*(?:nr\.?)?\s*:?\s*\d(?:[\s()/.–-]*\d){2,13}\b",
        re.IGNORECASE,
    ),
}
DATE = re.compile(r"\b\d{1,2}\.\s?\d{1,2}\.\s?(?:19|20)\d\d\b")
"""A day looks like a telephone number to the pattern above."""

NAME = r"[A-ZÄÖÜ][\wäöüß.-]+"
PERSONS = re.compile(
    rf"\b(?:Herrn?|Frau|Familie|Fam\.|Eheleute|Witwe[r]?|Dr\.|Prof\.)\s+{NAME}"
    r"|\b(?:[Ee]igentümer\w*|[Ee]igner\w*|[Vv]ermieter\w*|[Bb]esitzer\w*|[Ii]nhaber\w*|[Ee]rb(?:e|en|in|innen|engemeinschaft)\b"
    r"|[Hh]ausherr\w*|[Aa]nsprechpartner\w*|[Kk]ontakt|[Mm]akler\w*)"
    rf"(?:\s*(?::|ist|sind|war|heißt|heissen|heißen|namens|–|-)?\s+(?:der|die|das|ein|eine)?\s*{NAME})"
    r"|\b(?:gehört|gehörte)\s+(?:der|dem|den|einer|einem)?\s*(?:Herrn?|Frau|Familie)?\s*"
    rf"{NAME}"
)
"""A title before a name, or a word for owners with a name behind it. Errs on the side of asking."""


@dataclass(frozen=True)
class Finding:
    """Something in a text that may be personal.

    Attributes
    ----------
    kind
        ``phone``, ``mail``, ``account`` or ``named``.
    german
        What it is, for the sentence.
    found
        The words themselves, for the moderator's eyes only.
    """

    kind: str
    german: str
    found: str


def findings(text: str) -> list[Finding]:
    """Return what looks personal in a text."""
    found: list[Finding] = []
    # Days are blanked, not cut out: two halves of a sentence must not become a number.
    plain = DATE.sub(lambda day: "#" * len(day[0]), text)
    for kind, pattern in {**CONTACTS, "named": PERSONS}.items():
        for match in pattern.finditer(plain):
            found.append(Finding(kind, str(words()["moderation"][kind]), match[0].strip()))
    return found


def refuse_contacts(*texts: str, names: bool = True) -> None:
    """Refuse text that would stay in a history although it holds personal data.

    Parameters
    ----------
    texts
        What is to be kept.
    names
        Whether names of persons are refused, too, and not only contacts.

    Raises
    ------
    PersonalDataError
        In German.
    """
    for text in texts:
        found = [f for f in findings(text) if names or f.kind != "named"]
        if found:
            raise PersonalDataError(said("faults", "private", found=found[0].german))
