"""What a participant says: an idea, a comment on a place, a use for a vacancy."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from stadtlabor.participation.texts import texts, uses

__all__ = ["KINDS", "LONGEST", "RefusedError", "Statement", "personal", "statement"]

KINDS = ("idea", "comment", "proposal")
SHORTEST, LONGEST = 3, 500

TAG = re.compile(r"<[a-zA-Z/!?]|&#|javascript:", re.IGNORECASE)
PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+"  # an e-mail address
    r"|(?:\+49|0)[\s/()-]?(?:\d[\s/()-]?){7,}"  # a telephone number
    r"|https?://|www\."  # an address of a page
    r"|\b(?:Herrn?|Frau)\s+[A-ZÄÖÜ][a-zäöüß]+",  # a person by name
)


class RefusedError(ValueError):
    """What was sent cannot be taken; the message is a German sentence."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(texts()["faults"][key].format(**values))
        self.key = key


class Statement(BaseModel):
    """One contribution as it is sent.

    Attributes
    ----------
    kind
        One of :data:`KINDS`.
    text
        3 to 500 characters.
    place
        Id of a place of the room, or None.
    lat, lon
        A point on the map instead of a place, WGS 84, degrees.
    use
        For a proposal: a key of ``uses.toml``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    text: str
    place: str | None = Field(default=None, max_length=80)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    use: str | None = None

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError("kind")
        return kind

    @field_validator("text")
    @classmethod
    def _plain(cls, text: str) -> str:
        text = _clean(text)
        if not SHORTEST <= len(text) <= LONGEST:
            raise ValueError("text")
        if TAG.search(text):
            raise ValueError("markup")
        return text

    @field_validator("lat", "lon")
    @classmethod
    def _metre(cls, degrees: float | None) -> float | None:
        # A metre is as exact as a thumb; more digits could serve as a mark of the device.
        return None if degrees is None else round(degrees, 5)

    @model_validator(mode="after")
    def _complete(self) -> Statement:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("place")
        if self.kind == "comment" and self.place is None and self.lat is None:
            raise ValueError("place")
        if self.kind == "proposal" and self.place is None:
            raise ValueError("unit")
        if self.kind == "proposal" and self.use not in uses():
            raise ValueError("use")
        if self.kind != "proposal" and self.use is not None:
            raise ValueError("use")
        return self


def _clean(text: str) -> str:
    """Return a text without control characters, with single blanks."""
    text = unicodedata.normalize("NFC", text)
    # Cc, Cf, Cs, Co: invisible signs can turn a line around or hide words.
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join(kept.split())


def statement(given: Any) -> Statement:
    """Check what was sent.

    Raises
    ------
    RefusedError
        With one German sentence.
    """
    try:
        return Statement.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        said = str(first.get("ctx", {}).get("error", ""))
        field = str(first["loc"][0]) if first["loc"] else ""
        known = texts()["faults"]
        near = {"lat": "place", "lon": "place"}.get(field, field)
        raise RefusedError(said if said in known else near if near in known else "answer") from None


def personal(text: str) -> bool:
    """Tell whether a text seems to hold data of a person or an address of a page."""
    return bool(PERSONAL.search(text))
