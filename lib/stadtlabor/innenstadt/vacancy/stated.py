"""What a person states about a list where the file leaves it open."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stadtlabor.sources.meter.form import Form, stated_form
from stadtlabor.sources.names import slug
from stadtlabor.sources.question import Option

__all__ = ["Stated", "stated"]


@dataclass(frozen=True)
class Stated:
    """Answers to questions; None and empty: detect it.

    Attributes
    ----------
    sheet, decimal, day_first
        As in :class:`stadtlabor.sources.meter.form.Form`.
    all_vacant
        Whether all units stand empty, for lists without a column that says so.
    number_is_house
        Whether the column "Nr." is the house number.
    rent_is_total
        Whether a column "Miete" is Euro per month, not per m².
    vacant_words, occupied_words
        Further words (as :func:`slug`) of the column of the status.
    """

    sheet: str | None = None
    decimal: str | None = None
    day_first: bool | None = None
    all_vacant: bool | None = None
    number_is_house: bool | None = None
    rent_is_total: bool | None = None
    vacant_words: frozenset[str] = frozenset()
    occupied_words: frozenset[str] = frozenset()

    def answered(self, option: Option) -> Stated:
        """Return this with the answer to a question."""
        answer = dict(option.answer)
        for name in ("vacant_words", "occupied_words"):
            if name in answer:
                answer[name] = getattr(self, name) | {slug(answer[name])}
        return replace(self, **answer)

    def form(self) -> Form:
        """Return the part that readers of dates and numbers understand."""
        return Form(sheet=self.sheet, decimal=self.decimal, day_first=self.day_first)


def stated(name: str, local: str) -> Stated:
    """Read what the parts of a file name state.

    Besides ``datum-tmj``, ``dezimal-komma`` and ``blatt-…`` these are ``alle-leer``,
    ``alle-belegt``, ``nr-hausnummer``, ``nr-laufend``, ``miete-monat``, ``miete-m2``,
    ``leer-<word>`` and ``belegt-<word>``.
    """
    form = stated_form(name, local)
    found = Stated(sheet=form.sheet, decimal=form.decimal, day_first=form.day_first)
    for part in name.lower().split("."):
        key, _, said = part.partition("-")
        match key, said:
            case "alle", "leer" | "belegt":
                found = replace(found, all_vacant=said == "leer")
            case "nr", "hausnummer" | "laufend":
                found = replace(found, number_is_house=said == "hausnummer")
            case "miete", "monat" | "m2":
                found = replace(found, rent_is_total=said == "monat")
            case "leer", word if word:
                found = replace(found, vacant_words=found.vacant_words | {word})
            case "belegt", word if word:
                found = replace(found, occupied_words=found.occupied_words | {word})
    return found
