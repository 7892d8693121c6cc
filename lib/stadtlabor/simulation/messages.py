"""Uplinks of the simulated devices, in the words of their network servers."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from stadtlabor.city import Sensor

__all__ = ["uplink"]

APPLICATION = "stadtlabor"
NAMESPACE = uuid.UUID("6f2a2d0e-5a35-4a4e-9a55-3d1c0b6d9a10")


def uplink(
    sensor: Sensor, payload: Mapping[str, Any], sent: datetime, frame_count: int
) -> tuple[str, bytes]:
    """Return topic and message of one uplink.

    Parameters
    ----------
    sensor
        Device; its network decides the form.
    payload
        Decoded payload.
    sent
        When the network server took it, UTC.
    frame_count
        Counter of the device. A zero is left out, as protobuf does.
    """
    content = {**payload, "simulated": True}
    stamp = sent.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    raw = base64.b64encode(json.dumps(payload, sort_keys=True).encode()[:51]).decode()
    counted = {"f_cnt": frame_count} if frame_count else {}
    if sensor.network == "tts":
        topic = f"v3/{APPLICATION}@ttn/devices/{sensor.id}/up"
        body: dict[str, Any] = {
            "end_device_ids": {
                "device_id": sensor.id,
                "application_ids": {"application_id": APPLICATION},
                "dev_eui": sensor.eui,
            },
            "received_at": stamp,
            "uplink_message": {
                "f_port": 1,
                **counted,
                "frm_payload": raw,
                "decoded_payload": content,
                "rx_metadata": [{"gateway_ids": {"gateway_id": "sim-1"}, "rssi": -97, "snr": 7}],
                "received_at": stamp,
            },
        }
    else:
        application = uuid.uuid5(NAMESPACE, APPLICATION)
        topic = f"application/{application}/device/{sensor.eui.lower()}/event/up"
        body = {
            "deduplicationId": str(uuid.uuid5(NAMESPACE, f"{sensor.eui}/{stamp}/{frame_count}")),
            "time": stamp,
            "deviceInfo": {
                "applicationName": APPLICATION,
                "deviceName": sensor.id,
                "devEui": sensor.eui.lower(),
            },
            "fPort": 1,
            **({"fCnt": frame_count} if frame_count else {}),
            "data": raw,
            "object": content,
            "rxInfo": [{"gatewayId": "016c001ff10a235d", "rssi": -97, "snr": 7}],
        }
    return topic, json.dumps(body).encode()
