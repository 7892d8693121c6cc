"""Partners of schools: experts, companies, universities, offices (``partners.csv`` per city)."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

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
    found, faults = [], []
    for row in rows:
        try:
            found.append(Partner.model_validate(row))
        except ValidationError as error:
            field = str(error.errors()[0]["loc"][0])
            faults.append(
                f"{name}, Zeile {rows.line_num}: „{COLUMNS.get(field, field)}“ fehlt oder passt "
                "nicht. Bitte prüfen."
            )
    if faults:
        raise PartnerError("\n".join(faults))
    return found


def partners(path: Path | None = None) -> list[Partner]:
    """Return the partners of this city: of a file, else those that are packaged for Kempten."""
    source = path or Path(__file__).with_name("partners.csv")
    return read_partners(source.read_text("utf-8"), source.name)
