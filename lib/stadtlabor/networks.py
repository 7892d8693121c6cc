"""What ``city.toml`` says about networks of sensors: codecs, stored uplinks, servers of others."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Decoders", "Decoding", "SensorThingsServer", "TheThingsStack"]

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Part(BaseModel):
    """Base of all parts: unknown keys are an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Decoding(Part):
    """Who decodes the payloads of a kind of device, where the network server does not.

    ``codec`` is a file of JavaScript; ``fields`` names its fields as ``profiles.toml`` does
    (ours = theirs), where it calls them otherwise.
    """

    codec: Annotated[str, Field(pattern=r"^datasets/codecs/[a-z0-9][a-z0-9._-]*\.js$")]
    fields: dict[str, str] = {}


class Decoders(Part):
    """Codecs by kind of device."""

    counter: Decoding | None = None
    gauge: Decoding | None = None
    bed: Decoding | None = None


class TheThingsStack(Part):
    """Where uplinks are stored that MQTT has lost; the key stands in ``STADTLABOR_TTS_KEY``."""

    server: Annotated[str, Field(pattern=r"^https?://[^\s/]+/?$")]
    application: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,35}$")]
    kept_h: Annotated[int, Field(ge=1, le=24 * 366)] = 24


class SensorThingsServer(Part):
    """A server of OGC SensorThings 1.1 that is collected from.

    ``filter`` chooses its Datastreams (``properties/serviceName eq '…'``), ``since`` is the first
    day to fetch (default: 30 days ago), ``source`` and ``licence`` stand under every chart.
    """

    id: Identifier
    name: str
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    dataset: Identifier
    source: str
    licence: str
    area: str = ""
    filter: str = ""
    since: date | None = None
    every_s: Annotated[int, Field(ge=60)] = 900
