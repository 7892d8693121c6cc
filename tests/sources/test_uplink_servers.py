"""Messages of both network servers as they are really written, and codecs of our own on top."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chirpstack_api import gw
from chirpstack_api.integration import (
    AckEvent,
    JoinEvent,
    LocationEvent,
    LogEvent,
    StatusEvent,
    TxAckEvent,
    UplinkEvent,
)
from google.protobuf.json_format import MessageToJson

from stadtlabor.city import City, city, read_city
from stadtlabor.settings import root
from stadtlabor.sources import DecodeError, decode
from stadtlabor.sources import uplink as uplinks
from stadtlabor.sources.uplink import without_gateways

TOPIC = "application/x/device/y/event/up"
TIME = datetime(2026, 11, 22, 11, 5, 1, tzinfo=UTC)


def event(eui="70b3d57ed0000011", payload=None, data=b"", port=0) -> UplinkEvent:
    """An uplink of ChirpStack, in the server's own classes."""
    made = UplinkEvent(
        deduplication_id="3ac7e3c4-4401-4b8d-9386-a5c902f9202d", data=data, f_port=port
    )
    made.time.FromDatetime(TIME)
    made.device_info.dev_eui = eui
    made.device_info.application_name = "Stadtlabor"
    made.device_info.tags["ort"] = "Mitte"
    if payload is not None:
        made.object.update(payload)
    made.rx_info.append(gw.UplinkRxInfo(gateway_id="0016c001f153a14c", rssi=-57, snr=9.5))
    made.rx_info[0].location.latitude = 47.12345
    made.rx_info[0].location.longitude = 10.54321
    return made


@pytest.fixture
def here(monkeypatch, tmp_path: Path):
    """Let another city stand in for Kempten: same file, more lines."""

    def change(more: str) -> City:
        path = tmp_path / "city.toml"
        path.write_text((root() / "city.toml").read_text("utf-8") + more, "utf-8")
        found = read_city(path)
        monkeypatch.setattr(uplinks, "city", lambda: found)
        return found

    return change


OBJECTS = [
    ({"rain_mm": 0.2}, [0.2]),
    ({"rain_mm": 0}, [0.0]),
    ({"rain_mm": 0.0, "time": "2026-11-22T11:00:00Z"}, [0.0]),
    ({"time": "2026-11-22T11:00:00Z"}, [0.0]),  # zero, left out by a codec
    ({"rain_mm": "0.4", "battery": 3.6}, [0.4]),
    (
        {
            "readings": [
                {"rain_mm": 1.0, "time": "2026-11-22T10:55:00Z"},
                {"time": "2026-11-22T11:00:00Z"},
            ]
        },
        [1.0, 0.0],
    ),
]


@pytest.mark.parametrize(("payload", "values"), OBJECTS)
@pytest.mark.parametrize("defaults", [False, True])
def test_chirpstack_protobuf_json_is_read(delivery, payload, values, defaults):
    text = MessageToJson(event(payload=payload), always_print_fields_with_no_presence=defaults)
    batch = decode(delivery("chirpstack", text, TOPIC))
    assert batch.frame["value"].tolist() == values
    assert not batch.problems
    assert batch.frame["result_time"].iloc[0].to_pydatetime() == TIME


@pytest.mark.parametrize(
    "made", [JoinEvent(), AckEvent(), TxAckEvent(), LogEvent(), StatusEvent(), LocationEvent()]
)
def test_other_events_of_chirpstack_carry_no_values(delivery, made):
    made.device_info.dev_eui = "70b3d57ed0000011"
    batch = decode(delivery("chirpstack", MessageToJson(made), TOPIC))
    assert batch.frame.empty
    assert not batch.problems


def test_an_uplink_of_nothing_but_defaults(delivery):
    made = UplinkEvent()
    made.device_info.dev_eui = "70b3d57ed0000011"
    batch = decode(delivery("chirpstack", MessageToJson(made), TOPIC))
    assert batch.frame.empty


# After thethingsindustries.com/docs, "Data Formats": a full uplink, one without the empty fields,
# one whose payload was normalised, one that was simulated, and the messages that are no uplinks.
DEVICE = {
    "device_id": "hochbeet",
    "application_ids": {"application_id": "stadtlabor"},
    "dev_eui": "70B3D57ED0000021",
    "join_eui": "800000000000000C",
    "dev_addr": "00BCB929",
}
FULL = {
    "end_device_ids": DEVICE,
    "correlation_ids": ["as:up:01E0WZGT6Y7657CPFPE5WEYDSQ", "gs:conn:01"],
    "received_at": "2026-11-22T11:05:02.123456789Z",
    "uplink_message": {
        "session_key_id": "AXA50tHUKaR7F3DQFq2JLg==",
        "f_port": 2,
        "f_cnt": 7,
        "frm_payload": "Tgw5Aw==",
        "decoded_payload": {"soil_moisture": 31.5, "soil_temperature": 8.25},
        "rx_metadata": [
            {
                "gateway_ids": {"gateway_id": "gtw1", "eui": "9C5C8E00001A05C4"},
                "time": "2026-11-22T11:05:00.9Z",
                "timestamp": 2463457000,
                "rssi": -35,
                "channel_rssi": -35,
                "snr": 5.2,
                "uplink_token": "ChIKEAoEZ3R3MRIIEREREREREREQ",
                "location": {
                    "latitude": 47.12345,
                    "longitude": 10.54321,
                    "altitude": 4,
                    "source": "SOURCE_REGISTRY",
                },
            }
        ],
        "settings": {
            "data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 7}},
            "coding_rate": "4/6",
            "frequency": "868300000",
        },
        "received_at": "2026-11-22T11:05:01.041730Z",
        "confirmed": True,
        "consumed_airtime": "0.056576s",
        "locations": {"user": {"latitude": 47.9, "longitude": 10.9, "source": "SOURCE_REGISTRY"}},
        "version_ids": {"brand_id": "beispiel", "model_id": "sonde"},
        "network_ids": {"net_id": "000013", "tenant_id": "ttn", "cluster_id": "eu1"},
    },
}


def changed(**parts):
    made = json.loads(json.dumps(FULL))
    for name, value in parts.items():
        if value is None:
            made["uplink_message"].pop(name, None)
        else:
            made["uplink_message"][name] = value
    return made


@pytest.mark.parametrize(
    ("message", "values"),
    [
        (FULL, [31.5, 8.25]),
        (changed(f_port=None, f_cnt=None, confirmed=None, settings=None, rx_metadata=None), 2),
        (changed(received_at=None), 2),
        (changed(decoded_payload={"soil_moisture": 0, "soil_temperature": 0.0}), [0.0, 0.0]),
        (changed(decoded_payload={"soil_moisture": 31.5}), [31.5]),
        (changed(normalized_payload=[{"air": {"temperature": 20}}]), 2),
        (changed(decoded_payload_warnings=["battery low"]), 2),
        ({**FULL, "simulated": True}, 2),
        ({"end_device_ids": DEVICE, "join_accept": {"session_key_id": "AXBSH1Pk6Z0G166"}}, 0),
        ({"end_device_ids": DEVICE, "downlink_queued": {"f_port": 15}}, 0),
        ({"end_device_ids": DEVICE, "downlink_ack": {"f_port": 15}}, 0),
        ({"end_device_ids": DEVICE, "location_solved": {"service": "x", "location": {}}}, 0),
        ({"end_device_ids": DEVICE, "service_data": {"service": "x", "data": {}}}, 0),
    ],
)
def test_the_things_stack_is_read(delivery, message, values):
    batch = decode(delivery("tts", json.dumps(message), "v3/x@ttn/devices/hochbeet/up"))
    found = batch.frame["value"].tolist()
    assert not batch.problems
    assert found == values if isinstance(values, list) else len(found) == values
    if found and "received_at" in message.get("uplink_message", {}):
        assert batch.frame["result_time"].iloc[0].to_pydatetime() == TIME


DECODING = """
[decoding.bed]
codec = "datasets/codecs/bodensonde.js"
fields = { soil_moisture = "water_percent", soil_temperature = "temp_c" }

[decoding.counter]
codec = "datasets/codecs/zaehler-drei-byte.js"
"""


def test_raw_bytes_are_decoded_by_the_city_s_codec(delivery, here):
    here(DECODING)
    message = changed(decoded_payload=None)
    batch = decode(delivery("tts", json.dumps(message), "v3/x/devices/y/up"))
    assert dict(zip(batch.frame["datastream"], batch.frame["value"], strict=True)) == {
        "soil/hochbeet-illerufer/moisture": 31.5,
        "soil/hochbeet-illerufer/temperature": 8.25,
    }
    counter = MessageToJson(event("70b3d57ed0000003", data=bytes.fromhex("2401ff06"), port=1))
    batch = decode(delivery("chirpstack", counter, TOPIC))
    assert batch.frame["value"].tolist() == [511.0]
    # The interval ends when the server received it.
    assert batch.frame["time"].iloc[0].isoformat() == "2026-11-22T11:04:01+00:00"


def test_without_bytes_the_server_s_own_decoding_counts(delivery, here):
    here(DECODING)
    batch = decode(delivery("tts", json.dumps(changed(frm_payload=None)), "v3/x/devices/y/up"))
    assert batch.frame["value"].tolist() == [31.5, 8.25]


@pytest.mark.parametrize(
    ("payload", "said"),
    [("AQ==", "keinen bekannten Wert"), ("kein base64!", "kein gültiges Base64")],
)
def test_what_a_codec_cannot_read_is_put_aside_with_a_reason(delivery, here, payload, said):
    here(DECODING)
    body = json.dumps(changed(frm_payload=payload, decoded_payload=None))
    try:
        told = str(decode(delivery("tts", body, "v3/x/devices/y/up")).problems[0])
    except DecodeError as error:
        told = str(error)
    assert said in told


def test_an_error_of_the_codec_is_a_reason(delivery, here):
    here(DECODING)
    body = MessageToJson(event("70b3d57ed0000003", data=b"\x01", port=9))
    with pytest.raises(DecodeError, match=r"zaehler-drei-byte\.js: .*unknown port 9"):
        decode(delivery("chirpstack", body, TOPIC))


@pytest.mark.parametrize(
    "codec", ["/etc/passwd", "../x.js", "datasets/codecs/../x.js", "datasets/codecs/x.py", ""]
)
def test_a_codec_lies_in_its_folder(here, codec):
    with pytest.raises(ValueError, match="codec"):
        here(f'[decoding.bed]\ncodec = "{codec}"\n')


@pytest.mark.parametrize(
    ("kind", "body"),
    [("tts", json.dumps(FULL)), ("chirpstack", MessageToJson(event(payload={"rain_mm": 0.2})))],
)
def test_what_gateways_say_is_not_kept(delivery, kind, body):
    kept = without_gateways(kind, body.encode())
    for secret in (b"47.12345", b"10.54321", b"0016c001f153a14c", b"gtw1", b"9C5C8E00001A05C4"):
        assert secret not in kept
    first, second = (decode(delivery(kind, each, TOPIC)) for each in (body, kept))
    assert first.frame.equals(second.frame)
    for odd in (b"rx_metadata", b'["rxInfo"]', b'{"uplink_message": 5, "rx_metadata": 1}', b"\xff"):
        without_gateways(kind, odd)


def test_no_position_of_a_gateway_reaches_the_store(delivery):
    batch = decode(delivery("tts", json.dumps(FULL), "v3/x/devices/y/up"))
    assert {d.lat for d in batch.datastreams} == {city().beds[0].lat}


def test_bytes_may_be_there_without_a_codec(delivery):
    made = event(payload={"rain_mm": 0.2}, data=b"\x01\x02", port=3)
    assert base64.b64encode(b"\x01\x02").decode() in MessageToJson(made)
    assert decode(delivery("chirpstack", MessageToJson(made), TOPIC)).frame["value"].tolist() == [
        0.2
    ]
