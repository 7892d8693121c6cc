"""What the payload fields of a device mean: reads ``profiles.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from stadtlabor.city import City, Sensor
from stadtlabor.observations import Datastream

__all__ = ["Field", "datastream", "kind_of", "profiles"]

LICENCE = "dl-de/by-2-0"


class Field(BaseModel):
    """One field of a decoded payload."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str
    what: str
    name: str
    observed_property: str
    unit: str
    interval_s: int
    minimum: float | None = None
    maximum: float | None = None
    zero_omitted: bool = False

    def allows(self, value: float) -> bool:
        """Tell whether a value is physically possible."""
        low = self.minimum is None or value >= self.minimum
        return low and (self.maximum is None or value <= self.maximum)


@cache
def profiles() -> dict[str, dict[str, Field]]:
    """Return kind of device → payload field → meaning."""
    text = files("stadtlabor.sources").joinpath("profiles.toml").read_text(encoding="utf-8")
    return {
        kind: {name: Field.model_validate(field) for name, field in fields.items()}
        for kind, fields in tomllib.loads(text).items()
    }


def kind_of(city: City, sensor: Sensor) -> str:
    """Return the profile of a device: the list of ``city.toml`` that it stands in."""
    for kind, listed in (("counter", city.counters), ("gauge", city.gauges), ("bed", city.beds)):
        if sensor in listed:
            return kind
    raise ValueError(f"{sensor.id} stands in none of the city's lists")


def datastream(
    city: City, sensor: Sensor, field: Field, simulated: bool, interval_s: int | None = None
) -> Datastream:
    """Describe the series of one field of one device."""
    source = "Simulierte Stadt, kein echter Sensor" if simulated else f"Stadt {city.city.name}"
    return Datastream(
        id=f"{field.dataset}/{sensor.id}/{field.what}",
        name=f"{field.name}, {sensor.name}",
        observed_property=field.observed_property,
        unit=field.unit,
        interval_s=field.interval_s if interval_s is None else interval_s,
        source=source,
        licence=LICENCE,
        simulated=simulated,
        thing_name=sensor.name,
        area=city.city.short_name,
        lat=sensor.lat,
        lon=sensor.lon,
    )
