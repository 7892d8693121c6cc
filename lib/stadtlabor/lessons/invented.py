"""Small print of lessons whose data were invented for the lesson."""

from __future__ import annotations

from stadtlabor.klimaschule.footprint import Factor, factors
from stadtlabor.ui.note import Note
from stadtlabor.ui.texts import text

__all__ = ["factor", "invented"]


def invented(*used: Factor) -> Note:
    """Return the note of invented data, with the factors that were used."""
    sources = [text("lesson.invented"), *(f"{f.id}: {f.source}" for f in used)]
    licences = ["CC0-1.0", *dict.fromkeys(f.licence for f in used)]
    return Note(sources=tuple(sources), licences=tuple(licences), simulated=True)


def factor(name: str) -> Factor:
    """Return a factor of the registry by its id."""
    return factors()[name]
