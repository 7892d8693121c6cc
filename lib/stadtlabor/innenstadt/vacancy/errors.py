"""What can go wrong in the register; every message is one German sentence or two."""

from __future__ import annotations

__all__ = [
    "BookingError", "ConflictError", "MoveError", "OwnerError", "PersonalDataError", "PhotoError",
    "RightsError", "UnknownUnitError", "VacancyError",
]  # fmt: skip


class VacancyError(ValueError):
    """Base of all errors of the register: German, says what is wrong and what to do."""


class UnknownUnitError(VacancyError, LookupError):
    """There is no such unit, photo or operation."""


class MoveError(VacancyError):
    """The unit is not in a state from which this is possible, or something is not told."""


class RightsError(VacancyError):
    """A role or person may not do that."""


class ConflictError(VacancyError):
    """Somebody else was faster."""


class PersonalDataError(VacancyError):
    """A text that stays for ever would hold a phone number or an address."""


class PhotoError(VacancyError):
    """The file is no photo that can be taken."""


class BookingError(VacancyError):
    """The period cannot be booked."""


class OwnerError(VacancyError):
    """The store of owners cannot be used."""
