"""What can be asked of the data service: a form with fields, never a query language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["MOST_SERIES", "Question"]

MOST_SERIES = 5_000

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
Series = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*){2}$")]


def _zoned(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("Zeitpunkt ohne Zeitzone")
    if not 1900 <= instant.year <= 2200:
        raise ValueError("Zeitpunkt vor 1900 oder nach 2200")
    return instant.astimezone(UTC)


Instant = Annotated[datetime, AfterValidator(_zoned)]


class Question(BaseModel):
    """One question.

    Attributes
    ----------
    dataset
        Name of the data set.
    purpose
        What for: ``teaching``, ``participation``, ``research`` or ``administration``.
    datastreams
        Ids of series, None for all.
    start, end
        Half-open span, with a time zone; None where it is open.
    grain
        ``hour``, ``day``, ``week`` or ``month``, None for single values.
    place
        ``sensor`` for each series, ``area`` or ``city`` for common values of each kind.
    at_version
        Number of the version, None for the newest.
    latest
        Only the last value of each series.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: Name
    purpose: str = Field(pattern=r"^[a-z]{1,30}$")
    datastreams: Annotated[list[Series], Field(max_length=MOST_SERIES)] | None = None
    start: Instant | None = None
    end: Instant | None = None
    grain: Literal["hour", "day", "week", "month"] | None = None
    place: Literal["sensor", "area", "city"] = "sensor"
    at_version: Annotated[int, Field(ge=0, le=2**53)] | None = None
    latest: bool = False
