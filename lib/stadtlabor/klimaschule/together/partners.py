"""Partners of schools: experts, companies, universities, offices (``[[partners]]`` of a city)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from stadtlabor.city import city
from stadtlabor.klimaschule.footprint import fields

__all__ = ["Partner", "PartnerError", "partners", "read_partners"]


class PartnerError(ValueError):
    """The list of partners cannot be used; the message says in German which line and why."""


class Partner(BaseModel):
    """An organisation that helps schools.

    Attributes
    ----------
    name, kind
        German name and kind ("Hochschule", "Betrieb", "Fachstelle"). No persons.
    fields
        Keys of the fields of action that it knows about.
    offer
        German: what it offers.
    address
        Its own web address.
    source
        German: how one knows that it wants to be listed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=3, max_length=120)]
    kind: Annotated[str, Field(min_length=3)]
    fields: tuple[str, ...]
    offer: Annotated[str, Field(min_length=5)]
    address: Annotated[str, Field(pattern=r"^https://[^\s]+$")]
    source: Annotated[str, Field(min_length=5)]

    @field_validator("fields", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(v.strip() for v in value.split(",")) if isinstance(value, str) else value

    @field_validator("fields")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in fields():
                raise ValueError(f"„{name}“ ist kein Handlungsfeld ({', '.join(fields())})")
        return value


COLUMNS = {
    "name": "Name",
    "kind": "Art",
    "fields": "Handlungsfelder",
    "offer": "Angebot",
    "address": "Adresse (mit https://)",
    "source": "Quelle",
}


def read_partners(text: str, name: str = "partners.csv") -> list[Partner]:
    """Read and check a list of partners.

    Raises
    ------
    PartnerError
        In German, one sentence per faulty line.
    """
    rows = csv.DictReader(io.StringIO(text))
    if set(rows.fieldnames or ()) != set(COLUMNS):
        raise PartnerError(f"{name}, Zeile 1: Die Spalten müssen {', '.join(COLUMNS)} heißen.")
    return _checked((f"{name}, Zeile {rows.line_num}", row) for row in rows)


def partners(path: Path | None = None) -> list[Partner]:
    """Return the partners of this city: of a file, else those of the city file.

    Raises
    ------
    PartnerError
        In German, one sentence per faulty entry.
    """
    if path is not None:
        return read_partners(path.read_text("utf-8"), path.name)
    stated = enumerate(city().partners, start=1)
    return _checked((f"city.toml, [[partners]] Nr. {n}", each.model_dump()) for n, each in stated)


def _checked(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Partner]:
    found, faults = [], []
    for where, entry in entries:
        try:
            found.append(Partner.model_validate(entry))
        except ValidationError as error:
            field = str(error.errors()[0]["loc"][0])
            faults.append(
                f"{where}: „{COLUMNS.get(field, field)}“ fehlt oder passt nicht. Bitte prüfen."
            )
    if faults:
        raise PartnerError("\n".join(faults))
    return found
