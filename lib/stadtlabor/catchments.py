"""What ``city.toml`` says about warnings of heavy rain: catchments, levels, sender, channels."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Catchment", "ChannelEntry", "RainWarning", "WarningLevel"]

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Entry(BaseModel):
    """Base of all parts: unknown keys are an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Catchment(Entry):
    """An area that is warned as a whole: a polygon, or a centre with a radius.

    Attributes
    ----------
    id, name
        Plain name and what people read.
    polygon
        Corners as (latitude, longitude), WGS 84, degrees; the last joins the first by itself.
    lat, lon, radius_km
        Centre and radius where there is no polygon.
    invented
        True where no water authority has drawn this area; the name must say so.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    name: str
    invented: bool = False
    polygon: Annotated[list[tuple[Latitude, Longitude]], Field(min_length=3)] | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    radius_km: Annotated[float, Field(gt=0, le=100)] | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Catchment:
        circle = [self.lat, self.lon, self.radius_km]
        if (self.polygon is None) != all(value is not None for value in circle) or (
            self.polygon is not None and any(value is not None for value in circle)
        ):
            raise ValueError("entweder polygon oder lat, lon und radius_km angeben")
        if self.invented and "erfunden" not in self.name:
            raise ValueError("erfundene Gebiete müssen „erfunden“ im Namen tragen")
        return self


class WarningLevel(Entry):
    """A level and when it is called.

    Attributes
    ----------
    level
        2 to 4 as with the German weather service; 1 for a city's own first notice.
    hour_mm, six_hours_mm
        Sums that make the level, mm in 60 minutes and in 6 hours; either is enough.
    cost_ratio
        Cost of acting in vain by loss of not acting (C/L), 0–1. The level is called where its
        probability reaches this ratio: then acting is cheaper on average than waiting.
    reason
        How the ratio came about.
    """

    level: Annotated[int, Field(ge=1, le=4)]
    hour_mm: Annotated[float, Field(gt=0)]
    six_hours_mm: Annotated[float, Field(gt=0)] | None = None
    cost_ratio: Annotated[float, Field(gt=0, lt=1)]
    reason: str


class ChannelEntry(Entry):
    """A way out for messages.

    Attributes
    ----------
    name
        Plain name; the journal keeps receipts under it, so it must not change.
    kind
        ``outbox``, ``webhook``, ``mqtt``, ``mail``, or ``module:Class`` of a plug-in.
    audience
        ``public`` messages, ``operator`` messages (data faults), or both.
    options
        Whatever the kind needs (address, host …). Secrets are named by environment variables.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    kind: str
    audience: Annotated[list[Literal["public", "operator"]], Field(min_length=1)]
    options: dict[str, Any] = {}


class RainWarning(Entry):
    """The whole table ``[warning]``.

    Attributes
    ----------
    sender
        Who sends, as an address under the city's own domain (CAP: globally unique).
    sender_name
        What people read.
    status
        CAP status; anything but ``Test`` is a decision of the city.
    web
        Where more is told.
    calm_min
        So many minutes everything must stay below a level before it is lowered.
    ping
        Address of a dead-man's switch outside, asked at every look.
    levels, catchments, channels
        See there.
    """

    sender: Annotated[str, Field(pattern=r"^[^\s,<&@]+@[^\s,<&@]+$")]
    sender_name: str
    status: Literal["Test", "Exercise", "Actual"] = "Test"
    web: Annotated[str, Field(pattern=r"^https?://")]
    calm_min: Annotated[int, Field(ge=5)] = 30
    ping: Annotated[str, Field(pattern=r"^https?://")] | None = None
    levels: Annotated[list[WarningLevel], Field(min_length=1)]
    catchments: Annotated[list[Catchment], Field(min_length=1)]
    channels: list[ChannelEntry] = []

    @model_validator(mode="after")
    def _sound(self) -> RainWarning:
        if "dwd" in f"{self.sender} {self.sender_name}".lower().replace("deutscher wetter", "dwd"):
            raise ValueError("als Absender darf nicht der Deutsche Wetterdienst stehen")
        numbers = [level.level for level in self.levels]
        if numbers != sorted(set(numbers)):
            raise ValueError("levels müssen aufsteigen und je Stufe einmal vorkommen")
        if any(a.hour_mm >= b.hour_mm for a, b in zip(self.levels, self.levels[1:], strict=False)):
            raise ValueError("hour_mm muss von Stufe zu Stufe steigen")
        for label, names in (
            ("catchments", [c.id for c in self.catchments]),
            ("channels", [c.name for c in self.channels]),
        ):
            double = sorted({name for name in names if names.count(name) > 1})
            if double:
                raise ValueError(f"{label}: {', '.join(double)} kommt mehrfach vor")
        return self
