"""Read LoRaWAN uplinks as The Things Stack v3 and ChirpStack v4 publish them over MQTT.

Both servers write their messages from protobuf: fields that are empty or zero may be missing, and
The Things Stack writes the device's EUI in upper, ChirpStack in lower case. Positions of gateways
belong to private people: :func:`without_gateways` takes them out before a message is kept, and
nothing here reads them. An uplink that arrives twice yields the same datastream
and time twice, which the store resolves by ``result_time``.

A decoded payload holds the fields of ``profiles.toml``, optionally ``time`` (ISO 8601, start of the
interval), ``interval_s`` and ``simulated``, or a list ``readings`` of such objects when a device
sends several intervals at once. Where ``city.toml`` names a codec for the kind of device
(``[decoding.…]``), the raw bytes are decoded by it, whatever the network server has decoded.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from stadtlabor.city import City, city
from stadtlabor.networks import Decoding
from stadtlabor.observations import Batch, Datastream, Problem, Quality, observations
from stadtlabor.settings import root
from stadtlabor.sources.delivery import Delivery
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.profile import datastream, kind_of, profiles

__all__ = ["READERS", "Values", "batch", "chirpstack", "tts", "without_gateways"]

REMEDY = "Bitte Gerät und Dekodierfunktion im Netzwerkserver prüfen"


@dataclass(frozen=True)
class Uplink:
    """What both servers have in common; ``raw`` is None where they sent no bytes."""

    eui: str
    received_at: pd.Timestamp
    payload: dict[str, Any]
    raw: bytes | None
    port: int


@dataclass(frozen=True)
class Values:
    """What one message says, before a frame is built: that takes ten times as long as reading.

    ``rows`` hold id, start, value, quality and result time.
    """

    rows: list[tuple[str, pd.Timestamp, float, int, pd.Timestamp]]
    datastreams: dict[str, Datastream]
    problems: list[Problem]


def batch(messages: Iterable[Values]) -> Batch:
    """Build one batch of what many messages say."""
    found = list(messages)
    rows = [row for values in found for row in values.rows]
    datastreams = {id_: d for values in found for id_, d in values.datastreams.items()}
    problems = [problem for values in found for problem in values.problems]
    columns = zip(*rows, strict=True) if rows else ([], [], [], [], [])
    ids, times, numbers, qualities, stated = (list(column) for column in columns)
    frame = observations(
        ids,
        pd.DatetimeIndex(times) if times else pd.DatetimeIndex([], tz="UTC"),
        numbers,
        qualities,
        pd.DatetimeIndex(stated) if stated else None,
    )
    return Batch(frame, list(datastreams.values()), problems)


def tts(delivery: Delivery) -> Batch:
    """Read one message of The Things Stack v3.

    Raises
    ------
    SourceError
        If the message is not one of that server's or the device is unknown.
    """
    return batch([_tts(delivery)])


def _tts(delivery: Delivery) -> Values:
    message = _message(delivery)
    identity = message.get("end_device_ids")
    if not isinstance(identity, dict):
        raise SourceError(f"{delivery.name}: Das ist keine Nachricht von The Things Stack v3.")
    up = message.get("uplink_message")
    if not isinstance(up, dict):
        return Values([], {}, [])  # joins and acknowledgements carry no values
    received = up.get("received_at") or message.get("received_at")
    return _values(
        delivery,
        Uplink(
            str(identity.get("dev_eui", "")).upper(),
            _instant(received, delivery.received_at),
            _payload(up.get("decoded_payload")),
            _raw(up.get("frm_payload"), delivery),
            _port(up.get("f_port")),
        ),
        city(),
    )


def chirpstack(delivery: Delivery) -> Batch:
    """Read one message of ChirpStack v4.

    Raises
    ------
    SourceError
        If the message is not one of that server's or the device is unknown.
    """
    return batch([_chirpstack(delivery)])


def _chirpstack(delivery: Delivery) -> Values:
    message = _message(delivery)
    identity = message.get("deviceInfo")
    if not isinstance(identity, dict):
        raise SourceError(f"{delivery.name}: Das ist keine Nachricht von ChirpStack v4.")
    if "object" not in message and "data" not in message:
        return Values([], {}, [])  # status and join events carry no values
    return _values(
        delivery,
        Uplink(
            str(identity.get("devEui", "")).upper(),
            _instant(message.get("time"), delivery.received_at),
            _payload(message.get("object")),
            _raw(message.get("data"), delivery),
            _port(message.get("fPort")),
        ),
        city(),
    )


def _message(delivery: Delivery) -> dict[str, Any]:
    try:
        message = json.loads(delivery.body)
    except ValueError as error:
        raise SourceError(f"{delivery.name}: Die Nachricht ist kein gültiges JSON.") from error
    if not isinstance(message, dict):
        raise SourceError(f"{delivery.name}: Die Nachricht ist kein JSON-Objekt.")
    return message


def _payload(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _raw(text: Any, delivery: Delivery) -> bytes | None:
    if text is None:
        return None
    try:
        return base64.b64decode(str(text), validate=True)
    except binascii.Error:
        raise SourceError(
            f"{delivery.name}: Die Nutzdaten sind kein gültiges Base64. {REMEDY}."
        ) from None


def _port(value: Any) -> int:
    return value if isinstance(value, int) else 0  # zero is left out on the way


def _instant(text: Any, fallback: datetime) -> pd.Timestamp:
    """Read a server's time; cut to whole seconds, which is finer than any clock in the field."""
    try:
        stated = pd.Timestamp(str(text))
        # pandas reads the words "None" and "NaT" as "no time", which has no zone either.
        instant = pd.Timestamp(fallback) if stated.tzinfo is None else stated
    except ValueError:
        instant = pd.Timestamp(fallback)
    return instant.tz_convert("UTC").floor("s")


def _values(delivery: Delivery, uplink: Uplink, here: City) -> Values:
    sensor = next((s for s in here.sensors if s.eui == uplink.eui), None)
    if sensor is None:
        raise SourceError(
            f"{delivery.name}: Das Gerät {uplink.eui or '(ohne EUI)'} steht nicht in city.toml. "
            "Bitte dort eintragen oder im Netzwerkserver abschalten."
        )
    kind = kind_of(here, sensor)
    fields, payload = profiles()[kind], _decoded(delivery, uplink, getattr(here.decoding, kind))
    where = f"{sensor.name}, Uplink {uplink.received_at:%d.%m.%Y %H:%M:%S} UTC"
    readings = payload.get("readings", [payload])
    rows: list[tuple[str, pd.Timestamp, float, int, pd.Timestamp]] = []
    streams: dict[str, Datastream] = {}
    problems: list[Problem] = []
    for reading in readings if isinstance(readings, list) else []:
        if not isinstance(reading, dict):
            problems.append(Problem(where, "Ein Messwert ist kein JSON-Objekt", REMEDY))
            continue
        simulated = bool(reading.get("simulated", payload.get("simulated", False)))
        quality = int(Quality.SIMULATED if simulated else Quality.MEASURED)
        stated = "time" in reading or "interval_s" in reading
        for name, field in fields.items():
            if name not in reading and not (field.zero_omitted and stated):
                continue
            try:
                value = float(reading.get(name, 0.0))
                interval_s = int(reading.get("interval_s", field.interval_s))
                start = _start(reading, uplink, interval_s)
            except (TypeError, ValueError, OverflowError):
                problems.append(
                    Problem(f"{where}, Feld „{name}“", "Wert oder Zeit ist nicht lesbar", REMEDY)
                )
                continue
            if not math.isfinite(value) or not field.allows(value):
                problems.append(
                    Problem(
                        f"{where}, Feld „{name}“", f"{value:g} {field.unit} ist unmöglich", REMEDY
                    )
                )
                continue
            stream = datastream(here, sensor, field, simulated, interval_s)
            streams[stream.id] = stream
            rows.append((stream.id, start, value, quality, uplink.received_at))
    if not rows and not problems:
        problems.append(Problem(where, "Der Uplink enthält keinen bekannten Wert", REMEDY))
    return Values(rows, streams, problems)


def _decoded(delivery: Delivery, uplink: Uplink, rule: Decoding | None) -> dict[str, Any]:
    """Return the fields of an uplink under the names of ``profiles.toml``."""
    if rule is None or uplink.raw is None:
        return uplink.payload
    from stadtlabor.sources.codec import CodecError, decode_payload

    # The same folder as the cards of the data sets, which an environment variable may move.
    folder = Path(os.environ.get("STADTLABOR_DATASETS") or root() / "datasets")
    path = folder / rule.codec.removeprefix("datasets/")
    try:
        data = decode_payload(path, uplink.raw, uplink.port, uplink.received_at.to_pydatetime())
    except CodecError as error:
        # The message is put aside, not lost: once the codec is mended, it can be read again.
        raise SourceError(f"{delivery.name}: {error}") from error
    named = _named(data, rule)
    if isinstance(data.get("readings"), list):
        named["readings"] = [
            _named(r, rule) if isinstance(r, dict) else r for r in data["readings"]
        ]
    return named


def _named(data: dict[str, Any], rule: Decoding) -> dict[str, Any]:
    renamed = {ours: data[theirs] for ours, theirs in rule.fields.items() if theirs in data}
    return {**{n: v for n, v in data.items() if n not in rule.fields.values()}, **renamed}


def _start(reading: dict[str, Any], uplink: Uplink, interval_s: int) -> pd.Timestamp:
    """Return the start of the interval, or the instant itself for momentary values."""
    if "time" not in reading:
        return uplink.received_at - pd.Timedelta(seconds=interval_s)
    start = pd.Timestamp(str(reading["time"]))
    if start.tz is None:
        raise ValueError("time without zone")
    return start.tz_convert("UTC")


READERS: dict[str, Callable[[Delivery], Values]] = {"tts": _tts, "chirpstack": _chirpstack}
"""Kind of delivery → reader of one message, for those who build one batch of many."""


def without_gateways(kind: str, body: bytes) -> bytes:
    """Return a message without what its gateways say of themselves: number, radio and position.

    What is no message of that server is returned as it is; it is refused later, with a reason.
    """
    if b"rx_metadata" not in body and b"rxInfo" not in body:
        return body  # nearly all the time saved: only a message that holds them is read twice
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return body
    if not isinstance(message, dict):
        return body
    holder = message.get("uplink_message") if kind == "tts" else message
    if isinstance(holder, dict):
        for name in ("rx_metadata", "rxInfo", "locations", "relayRxInfo"):
            holder.pop(name, None)
    return json.dumps(message, ensure_ascii=False).encode()
