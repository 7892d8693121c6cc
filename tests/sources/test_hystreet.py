import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from stadtlabor.observations import Quality
from stadtlabor.sources import DecodeError, decode, hystreet


def answer(**changes):
    measurement = {"timestamp": "2026-03-29T01:00:00.000+01:00", "pedestrians_count": 12}
    return json.dumps(
        {
            "id": 900001,
            "name": "Fischerstraße",
            "city": "Kempten",
            "metadata": {"resolution": "hour"},
            "measurements": [
                {**measurement, "unverified": 0},
                {**measurement, "timestamp": "2026-03-29T03:00:00.000+02:00", "unverified": 3},
            ],
        }
        | changes
    )


def test_hours_around_the_clock_change(delivery):
    batch = decode(delivery("hystreet-json", answer(), "locations/900001"))
    assert batch.frame["time"].dt.hour.tolist() == [0, 1]
    assert batch.frame["quality"].tolist() == [0, int(Quality.PRELIMINARY)]
    assert batch.datastreams[0].id == "footfall/fischerstrasse/hour"


def test_simulated_answer_is_marked(delivery):
    body = answer(metadata={"simulated": True})
    batch = decode(delivery("hystreet-json", body, "locations/900001"))
    assert batch.datastreams[0].simulated
    assert (batch.frame["quality"] & int(Quality.SIMULATED)).all()


def test_unreadable_hour_is_told(delivery):
    body = answer(measurements=[{"timestamp": "gestern", "pedestrians_count": 1}])
    batch = decode(delivery("hystreet-json", body, "locations/900001"))
    assert batch.frame.empty
    assert "Messung 1" in batch.problems[0].where


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"name": "a", "measurements": 3}'])
def test_other_answers_are_refused(delivery, body):
    with pytest.raises(DecodeError, match="hat nicht den Aufbau von hystreet"):
        decode(delivery("hystreet-json", body, "locations/1"))


def test_address_and_key():
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    request = hystreet.locate(257, start, end, "geheim")
    url = urlsplit(request.url)
    assert (url.netloc, url.path) == ("api.hystreet.com", "/v2/locations/257")
    assert parse_qs(url.query)["resolution"] == ["hour"]
    assert request.headers["X-API-Token"] == "geheim"
