"""One card per data set: who answers for it, what it is good for, who may use it, how it is kept.

Everything that is said about a data set is made from its card: the entry for portals
(:mod:`~stadtlabor.catalogue.dcat`), the package description, the page, the check at ingest. The
rules of use lie in :mod:`stadtlabor.catalogue.policy`.
"""

from stadtlabor.catalogue.card import Card
from stadtlabor.catalogue.cards import CardError, Shelf, card, cards, find, folder, read_card, shelf

__all__ = ["Card", "CardError", "Shelf", "card", "cards", "find", "folder", "read_card", "shelf"]
