"""What ``city.toml`` says about open services of others: ``[feeds]``.

Each part is optional. Whether a service is asked at all stands in the operator's settings
(``[sources]``), so that a copied city file asks nobody.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = [
    "AlertsFeed",
    "EnergyChartsFeed",
    "Feeds",
    "MosmixFeed",
    "OpenSenseMapFeed",
    "OverpassFeed",
    "PortalFeed",
    "PortalTable",
    "SmardFeed",
    "TimetableFeed",
]

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Address = Annotated[str, Field(pattern=r"^https?://")]


class Entry(BaseModel):
    """Base of all parts: unknown keys are an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MosmixFeed(Entry):
    """Point forecast of the German weather service; ``station`` is an id of its MOSMIX list."""

    station: Annotated[str, Field(pattern=r"^[A-Z0-9]{4,5}$")]
    name: str


class AlertsFeed(Entry):
    """Official weather warnings for one warning cell (nine digits, ``8`` and the AGS)."""

    warncell: Annotated[str, Field(pattern=r"^\d{9}$")]
    name: str


class SmardFeed(Entry):
    """One series of SMARD; ``filter`` is a number of ``sources/smard.toml``."""

    filter: int
    region: str = "DE"
    resolution: Literal["quarterhour", "hour", "day"] = "hour"


class EnergyChartsFeed(Entry):
    """Prices of a bidding zone, and load and generation of a country."""

    zone: Annotated[str, Field(pattern=r"^[A-Z0-9-]+$")] | None = None
    country: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None


class OpenSenseMapFeed(Entry):
    """Boxes of citizens within the city's window.

    ``phenomena`` are titles of sensors as in ``sources/opensensemap.toml``.
    """

    phenomena: Annotated[list[str], Field(min_length=1)]
    exposures: Annotated[list[str], Field(min_length=1)] = ["outdoor"]

    @field_validator("exposures")
    @classmethod
    def _no_traces(cls, exposures: list[str]) -> list[str]:
        for exposure in exposures:
            if exposure == "mobile":
                raise ValueError(
                    "enthält „mobile“: Der Weg einer tragbaren Box zeigt, wo ein Mensch wohnt und "
                    "geht. Solche Daten sammelt das Stadtlabor nicht"
                )
            if exposure == "indoor":
                raise ValueError(
                    "enthält „indoor“: Werte aus Wohnungen zeigen, wann jemand zu Hause ist. "
                    "Solche Daten sammelt das Stadtlabor nicht"
                )
            if exposure != "outdoor":
                raise ValueError("darf nur „outdoor“ enthalten")
        return exposures


class OverpassFeed(Entry):
    """Places of OpenStreetMap within the city's window; names of ``sources/overpass.toml``."""

    selections: Annotated[list[Literal["shops", "vacant"]], Field(min_length=1)]


class TimetableFeed(Entry):
    """A timetable (GTFS), optionally with delays (GTFS-RT trip updates).

    ``stops`` are stop ids of the feed; without them all stops within the city's window count.
    """

    id: Identifier
    name: str
    url: Address
    realtime: Address | None = None
    stops: list[str] = []
    source: str
    licence: str


class PortalTable(Entry):
    """A table of an open data portal, and which reader takes it (a kind of delivery)."""

    dataset: str
    resource: str
    kind: Literal["hystreet-csv", "leeds-csv", "meter", "waste-csv", "travel-csv"]


class PortalFeed(Entry):
    """An open data portal: what it offers about the city, and tables taken from it."""

    id: Identifier
    name: str
    software: Literal["ckan", "piveau"]
    url: Address
    query: str
    tables: list[PortalTable] = []


class Feeds(Entry):
    """The whole table."""

    mosmix: MosmixFeed | None = None
    alerts: AlertsFeed | None = None
    smard: list[SmardFeed] = []
    energy_charts: EnergyChartsFeed | None = None
    opensensemap: OpenSenseMapFeed | None = None
    overpass: OverpassFeed | None = None
    timetables: list[TimetableFeed] = []
    portals: list[PortalFeed] = []
