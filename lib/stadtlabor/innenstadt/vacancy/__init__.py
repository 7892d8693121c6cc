"""Vacant shops: a register whose entries grow old, with a history that nobody can change.

``Register`` is the way in; ``Register.public`` the only way out for everybody.
"""

from stadtlabor.innenstadt.vacancy.age import Freshness, freshness
from stadtlabor.innenstadt.vacancy.bookings import (
    Booking,
    Term,
    Terms,
    book,
    bookings,
    cancel,
    terms,
)
from stadtlabor.innenstadt.vacancy.clock import Clock, Span, clock, clock_of, spans
from stadtlabor.innenstadt.vacancy.csvw import csvw
from stadtlabor.innenstadt.vacancy.duplicates import Proposal, duplicates
from stadtlabor.innenstadt.vacancy.erasure import redact
from stadtlabor.innenstadt.vacancy.errors import (
    BookingError,
    ConflictError,
    MoveError,
    OwnerError,
    PersonalDataError,
    PhotoError,
    RightsError,
    UnknownUnitError,
    VacancyError,
)
from stadtlabor.innenstadt.vacancy.event import Actor, Event
from stadtlabor.innenstadt.vacancy.example import fill, invented_units
from stadtlabor.innenstadt.vacancy.expose import Expose, expose, poster
from stadtlabor.innenstadt.vacancy.listing import Entry, ImportReport, import_table
from stadtlabor.innenstadt.vacancy.machine import Standing, fold, step
from stadtlabor.innenstadt.vacancy.moderation import Finding, findings
from stadtlabor.innenstadt.vacancy.owners import Audit, Owners
from stadtlabor.innenstadt.vacancy.photos import Photo, add_photo, clean, photo, remove_photo
from stadtlabor.innenstadt.vacancy.public import COLUMNS, Item, Public, Withheld
from stadtlabor.innenstadt.vacancy.rates import rates, wilson
from stadtlabor.innenstadt.vacancy.register import Register
from stadtlabor.innenstadt.vacancy.rules import Move, Rules, rules
from stadtlabor.innenstadt.vacancy.stated import Stated, stated
from stadtlabor.innenstadt.vacancy.taking import Taken, take
from stadtlabor.innenstadt.vacancy.unit import Unit
from stadtlabor.innenstadt.vacancy.words import said, words
from stadtlabor.innenstadt.vacancy.worklist import Work, work

__all__ = [
    "COLUMNS",
    "Actor",
    "Audit",
    "Booking",
    "BookingError",
    "Clock",
    "ConflictError",
    "Entry",
    "Event",
    "Expose",
    "Finding",
    "Freshness",
    "ImportReport",
    "Item",
    "Move",
    "MoveError",
    "OwnerError",
    "Owners",
    "PersonalDataError",
    "Photo",
    "PhotoError",
    "Proposal",
    "Public",
    "Register",
    "RightsError",
    "Rules",
    "Span",
    "Standing",
    "Stated",
    "Taken",
    "Term",
    "Terms",
    "Unit",
    "UnknownUnitError",
    "VacancyError",
    "Withheld",
    "Work",
    "add_photo",
    "book",
    "bookings",
    "cancel",
    "clean",
    "clock",
    "clock_of",
    "csvw",
    "duplicates",
    "expose",
    "fill",
    "findings",
    "fold",
    "freshness",
    "import_table",
    "invented_units",
    "photo",
    "poster",
    "rates",
    "redact",
    "remove_photo",
    "rules",
    "said",
    "spans",
    "stated",
    "step",
    "take",
    "terms",
    "wilson",
    "words",
    "work",
]
