import json

import pytest

from stadtlabor.observations import Quality
from stadtlabor.sources import DecodeError, decode

TOPIC = "v3/stadtlabor@ttn/devices/fischerstrasse/up"


def tts(payload, eui="70B3D57ED0000001"):
    return json.dumps(
        {
            "end_device_ids": {"device_id": "fischerstrasse", "dev_eui": eui},
            "received_at": "2026-11-22T11:00:12.345678901Z",
            "uplink_message": {
                "decoded_payload": payload,
                "rx_metadata": [{"location": {"latitude": 47.1, "longitude": 10.1}}],
                "received_at": "2026-11-22T11:00:10.5Z",
            },
        }
    )


def chirpstack(payload, eui="70b3d57ed0000011"):
    return json.dumps(
        {"deviceInfo": {"devEui": eui}, "time": "2026-11-22T11:05:01+00:00", "object": payload}
    )


def test_count_with_stated_interval(delivery):
    body = tts({"count": 4, "time": "2026-11-22T11:00:00Z", "interval_s": 10, "battery": 3.1})
    batch = decode(delivery("tts", body, TOPIC))
    row = batch.frame.iloc[0]
    assert row["datastream"] == "footfall/fischerstrasse/live"
    assert (row["value"], row["quality"]) == (4.0, Quality.MEASURED)
    assert row["time"].isoformat() == "2026-11-22T11:00:00+00:00"
    assert row["result_time"].isoformat() == "2026-11-22T11:00:10+00:00"
    assert batch.datastreams[0].unit == "1"
    assert not batch.datastreams[0].simulated
    assert not batch.problems


def test_without_time_the_interval_ends_when_the_server_received_it(delivery):
    batch = decode(delivery("tts", tts({"count": 4}), TOPIC))
    assert batch.frame["time"].iloc[0].isoformat() == "2026-11-22T11:00:00+00:00"


def test_zero_that_protobuf_left_out(delivery):
    batch = decode(delivery("tts", tts({"time": "2026-11-22T11:00:00Z"}), TOPIC))
    assert batch.frame["value"].tolist() == [0.0]


def test_uplink_without_known_field_is_told_not_read_as_zero(delivery):
    batch = decode(delivery("tts", tts({"battery": 3.1}), TOPIC))
    assert batch.frame.empty
    assert "keinen bekannten Wert" in str(batch.problems[0])


def test_many_intervals_in_one_uplink(delivery):
    readings = [{"time": f"2026-11-22T11:00:{s}0Z", "count": s} for s in range(6)]
    batch = decode(delivery("tts", tts({"readings": readings, "simulated": True}), TOPIC))
    assert batch.frame["value"].tolist() == [0, 1, 2, 3, 4, 5]
    assert (batch.frame["quality"] == int(Quality.SIMULATED)).all()
    assert batch.datastreams[0].simulated


def test_chirpstack_writes_the_eui_in_lower_case(delivery):
    batch = decode(delivery("chirpstack", chirpstack({"rain_mm": 0.2}), "application/x"))
    stream = batch.datastreams[0]
    assert (stream.id, stream.unit, stream.interval_s) == (
        "rain-gauge/regenschreiber-mitte/rain",
        "mm",
        300,
    )


def test_bed_sends_momentary_values(delivery):
    body = tts({"soil_moisture": 31.5, "soil_temperature": 8.25}, "70B3D57ED0000021")
    batch = decode(delivery("tts", body, TOPIC))
    assert set(batch.frame["datastream"]) == {
        "soil/hochbeet-illerufer/moisture",
        "soil/hochbeet-illerufer/temperature",
    }
    assert batch.frame["time"].nunique() == 1
    assert batch.frame["time"].iloc[0].isoformat() == "2026-11-22T11:00:10+00:00"


@pytest.mark.parametrize("value", [-1, "viele", None, float("inf")])
def test_impossible_value_is_refused_and_told(delivery, value):
    body = tts({"count": value, "time": "2026-11-22T11:00:00Z"})
    batch = decode(delivery("tts", body, TOPIC))
    assert batch.frame.empty
    assert len(batch.problems) == 1


def test_join_carries_no_values(delivery):
    body = json.dumps({"end_device_ids": {"dev_eui": "70B3D57ED0000001"}, "join_accept": {}})
    batch = decode(delivery("tts", body, TOPIC))
    assert batch.frame.empty
    assert not batch.problems


@pytest.mark.parametrize("kind", ["tts", "chirpstack"])
@pytest.mark.parametrize("body", ["", "{", "[]", "17", '{"a": 1}', "\x00\xff"])
def test_anything_else_is_a_german_sentence(delivery, kind, body):
    with pytest.raises(DecodeError, match=r"Das ist keine|kein gültiges JSON|kein JSON-Objekt"):
        decode(delivery(kind, body, TOPIC))


def test_unknown_device_says_where_to_enter_it(delivery):
    with pytest.raises(DecodeError, match=r"0000000000000000 steht nicht in city\.toml"):
        decode(delivery("tts", tts({"count": 1}, "0000000000000000"), TOPIC))
