"""Which decoder reads which kind of delivery, and one way to call them all."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from stadtlabor.observations import Batch
from stadtlabor.sources.delivery import Delivery
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.polls import polls
from stadtlabor.sources.table import plain_name

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["DECODERS", "DecodeError", "decode", "polls"]

DECODERS: dict[str, str] = {
    "tts": "stadtlabor.sources.uplink:tts",
    "tts-storage": "stadtlabor.sources.tts_storage:parse",
    "sensorthings": "stadtlabor.sources.sensorthings:parse",
    "chirpstack": "stadtlabor.sources.uplink:chirpstack",
    "hystreet-json": "stadtlabor.sources.footfall:parse",
    "hystreet-csv": "stadtlabor.sources.footfall:parse",
    "leeds-csv": "stadtlabor.sources.footfall:parse",
    "meter": "stadtlabor.sources.meter:parse",
    "waste-csv": "stadtlabor.sources.school_sheet:waste",
    "travel-csv": "stadtlabor.sources.school_sheet:travel",
    "dwd-station": "stadtlabor.sources.dwd_station:parse",
    "dwd-radar": "stadtlabor.sources.dwd_radar:parse",
    "dwd-mosmix": "stadtlabor.sources.mosmix:parse",
    "dwd-alerts": "stadtlabor.sources.dwd_alerts:parse",
    "smard-json": "stadtlabor.sources.smard:parse",
    "energy-charts-json": "stadtlabor.sources.energy_charts:parse",
    "opensensemap-csv": "stadtlabor.sources.opensensemap:parse",
    "overpass-json": "stadtlabor.sources.overpass:parse",
    "portal-json": "stadtlabor.sources.ckan:parse",
    "gtfs": "stadtlabor.sources.gtfs:parse",
    "gtfs-rt": "stadtlabor.sources.gtfs_rt:parse",
}
"""Kind of delivery → "module:function"; a decoder is imported when the first delivery comes."""


class DecodeError(ValueError):
    """A delivery cannot be read; the message says in German what is wrong and what to do."""


def decode(delivery: Delivery) -> Batch | xr.DataArray:
    """Read a delivery.

    Parameters
    ----------
    delivery
        Raw bytes with their kind.

    Returns
    -------
    Batch or xarray.DataArray
        Observations, or a grid for radar.

    Raises
    ------
    DecodeError
        For every failure, with a German sentence; the cause is chained.
    """
    if delivery.kind not in DECODERS:
        raise DecodeError(
            f"{plain_name(delivery.name)}: Die Art „{delivery.kind}“ ist nicht bekannt. "
            f"Möglich sind {', '.join(sorted(DECODERS))}."
        )
    module, _, name = DECODERS[delivery.kind].partition(":")
    try:
        result: Batch | xr.DataArray = getattr(import_module(module), name)(delivery)
    except SourceError as error:
        raise DecodeError(str(error)) from error
    except Exception as error:  # whatever a file does to a parser, the writer must go on
        raise DecodeError(
            f"{plain_name(delivery.name)}: Die Daten haben nicht den erwarteten Aufbau. "
            "Bitte die Datei prüfen; der genaue Grund steht im Protokoll."
        ) from error
    return result
