"""Every option of a question, asked of a real server."""

from __future__ import annotations

import pytest

from measured_city import BED, COUNTER, GAUGES, HOURS, SCHOOL, STATION, YEAR

SQUARE = "geography'POLYGON((10.31 47.72, 10.32 47.72, 10.32 47.73, 10.31 47.73, 10.31 47.72))'"


def names(answer):
    return sorted(each["name"] for each in answer["value"])


def test_the_root_names_sets_and_conformance(client, root):
    told = client.get(root).json()
    assert [each["name"] for each in told["value"]][:2] == ["Things", "Locations"]
    assert all(client.get(each["url"]).status_code == 200 for each in told["value"])
    assert any(c.endswith("req/datamodel") for c in told["serverSettings"]["conformance"])


def test_entities_carry_links_and_meaning(ask, root):
    stream = ask("Datastreams", filter=f"name eq '{STATION.name}'")["value"][0]
    assert stream["@iot.selfLink"] == f"{root}/Datastreams({stream['@iot.id']})"
    assert stream["Thing@iot.navigationLink"] == f"{stream['@iot.selfLink']}/Thing"
    assert stream["unitOfMeasurement"]["symbol"] == "°C"
    told = stream["properties"]
    assert (told["source"], told["licence"], told["simulated"]) == (
        "Deutscher Wetterdienst",
        "GeoNutzV",
        False,
    )
    assert stream["observedArea"]["coordinates"] == [10.3348, 47.7233]
    assert (
        "Simulierte Werte"
        in ask("Datastreams", filter="properties/simulated eq true")["value"][0]["description"]
    )


def test_paths(ask, client, root, series):
    number = series(STATION.id)
    thing = ask(f"Datastreams({number})/Thing")
    again = ask(f"Things({thing['@iot.id']})/Datastreams({number})")
    assert again["name"] == STATION.name
    deep = ask(f"Things({thing['@iot.id']})/Datastreams({number})/Observations", top="1")
    assert deep["value"][0]["result"] == 8.0
    assert ask(f"Datastreams({number})/Sensor")["properties"] == {"simulated": False}
    assert ask(f"Datastreams({number})/name") == {"name": STATION.name}
    assert client.get(f"{root}/Datastreams({number})/name/$value").text == STATION.name
    assert ask(f"Datastreams({number})/properties/licence") == {"licence": "GeoNutzV"}
    assert client.get(f"{root}/Datastreams({number})/properties/grain").status_code == 204
    refs = ask(f"Things({thing['@iot.id']})/Datastreams/$ref")
    assert refs["value"] == [{"@iot.selfLink": f"{root}/Datastreams({number})"}]
    assert ask(f"Datastreams({number})/Thing/Locations")["value"][0]["location"]["type"] == "Point"
    assert ask(f"Things({thing['@iot.id']})/HistoricalLocations") == {"value": []}
    assert ask(f"Things('{thing['@iot.id']}')")["name"] == "Wetterstation Kempten"


def test_an_observation_by_its_number(ask, client, root, series):
    number = series(STATION.id)
    one = ask(f"Datastreams({number})/Observations", top="1", skip="5")["value"][0]
    assert one["phenomenonTime"] == "2025-01-01T01:15:00Z/2025-01-01T01:30:00Z"
    assert one["resultTime"] == "2025-01-01T01:35:00Z"
    assert one["@iot.selfLink"] == f"{root}/Observations('{one['@iot.id']}')"
    assert client.get(one["@iot.selfLink"]).json() == one
    assert ask(f"Observations('{one['@iot.id']}')/Datastream")["@iot.id"] == number
    assert ask(f"Observations('{one['@iot.id']}')/result") == {"result": one["result"]}
    feature = ask(f"Observations('{one['@iot.id']}')/FeatureOfInterest")
    assert feature["feature"] == {"type": "Point", "coordinates": [10.3348, 47.7233]}
    back = ask(f"FeaturesOfInterest({feature['@iot.id']})/Observations", top="1")
    assert back["value"][0]["result"] == 8.0


def test_without_a_place_the_feature_is_the_city(ask, series):
    first = ask(f"Datastreams({series(BED.id)})/Observations", top="1", expand="FeatureOfInterest")
    feature = first["value"][0]["FeatureOfInterest"]
    assert feature["feature"]["type"] == "Polygon"
    assert "kein Standort veröffentlicht" in feature["description"]
    assert first["value"][0]["phenomenonTime"] == "2026-11-01T00:00:00Z"  # momentary
    assert first["value"][0]["resultTime"] is None
    assert (
        ask("Things", filter="name eq 'Hochbeet'", expand="Locations")["value"][0]["Locations"]
        == []
    )


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ("unitOfMeasurement/symbol eq 'mm'", 2),
        ("unitOfMeasurement/symbol ne 'mm'", 4),
        ("not (unitOfMeasurement/symbol eq 'mm')", 4),
        ("properties/interval_s gt 900", 2),
        ("900 lt properties/interval_s", 2),
        ("properties/interval_s ge 900 and properties/simulated eq false", 1),
        ("properties/simulated eq false or unitOfMeasurement/symbol eq '%'", 3),
        ("substringof('Kempten', name)", 1),
        ("contains(name,'Kempten')", 1),
        ("startswith(name, 'Niederschlag')", 2),
        ("endswith(name,'Hochbeet')", 1),
        ("length(name) gt 30", 2),
        ("indexof(name, 'oden') eq 1", 1),
        ("tolower(name) eq 'bodenfeuchte, hochbeet'", 1),
        ("toupper(unitOfMeasurement/symbol) eq '°C'", 1),
        ("trim(concat(unitOfMeasurement/symbol, ' ')) eq '%'", 1),
        ("Thing/name eq 'Hochbeet'", 1),
        ("ObservedProperty/name eq 'precipitation' and Thing/name ne 'Hochbeet'", 2),
        ("startswith(Thing/Locations/name,'Standort')", 5),
        (f"st_within(observedArea, {SQUARE})", 2),
        (f"st_within(Thing/Locations/location, {SQUARE})", 2),
        (f"not st_within(observedArea, {SQUARE})", 4),
        ("observedArea eq null", 1),
        ("properties/grain eq null", 4),
        ("properties/no_such_key gt 5", 0),
        ("true", 6),
        ("properties/simulated", 4),
        ("name eq 'O''Hara'", 0),
    ],
)
def test_filters_of_datastreams(ask, filter_, found):
    answer = ask("Datastreams", filter=filter_, count="true")
    assert answer["@iot.count"] == found
    assert len(answer["value"]) == found


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ("phenomenonTime ge 2026-11-02T00:00:00Z and phenomenonTime lt 2026-11-03T00:00:00Z", 24),
        ("phenomenonTime gt 2026-11-02T00:00:00Z and phenomenonTime le 2026-11-03T00:00:00Z", 24),
        ("phenomenonTime eq 2026-11-02T01:00:00+01:00", 1),
        ("2026-11-10T23:00:00Z le phenomenonTime", 1),
        ("phenomenonTime ge 2026-11-10", 24),
        ("result gt 200", 30),
        ("result ge 100.0 and result lt 110", 10),
        ("result eq 0 or result eq 10", 20),
        ("not (result lt 230)", 10),
        ("hour(phenomenonTime) eq 12", 10),
        ("day(phenomenonTime) eq 3 and month(phenomenonTime) eq 11", 24),
        ("year(phenomenonTime) ne 2026", 0),
        ("minute(phenomenonTime) eq 0 and second(phenomenonTime) eq 0", 240),
        ("phenomenonTime lt now()", 240),
        ("parameters/suspect eq true", 5),
        ("round(result) eq 10 and floor(result) eq ceiling(result)", 10),
        ("resultTime eq null", 240),
        ("Datastream/Thing/name eq 'Regenschreiber Mitte (erfunden)'", 240),
        ("Datastream/Thing/name eq 'Anderswo'", 0),
        ("phenomenonTime gt 9999-12-31T00:00:00Z", 0),
        ("phenomenonTime lt 0001-01-01T00:00:00Z", 0),
    ],
)
def test_filters_of_observations(ask, series, filter_, found):
    path = f"Datastreams({series(GAUGES[0].id)})/Observations"
    answer = ask(path, filter=filter_, count="true", top="10")
    assert answer["@iot.count"] == found
    rows = answer["value"]
    while "@iot.nextLink" in answer:
        answer = ask_link(answer["@iot.nextLink"])
        rows += answer["value"]
    assert len({row["@iot.id"] for row in rows}) == len(rows) == found


def ask_link(link):
    import httpx

    answer = httpx.get(link, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_navigation_from_all_observations(ask):
    asked = "Datastream/Thing/name eq 'Hochbeet'"
    assert ask("Observations", filter=asked, count="true")["@iot.count"] == 5


def test_a_year_is_paged_by_time_forwards_and_backwards(ask, series):
    path = f"Datastreams({series(STATION.id)})/Observations"
    for order, first, last in (("asc", 0, -1), ("desc", -1, 0)):
        answer = ask(path, orderby=f"phenomenonTime {order}", top="10000", count="true")
        assert answer["@iot.count"] == len(YEAR)
        rows = answer["value"]
        while link := answer.get("@iot.nextLink"):
            assert "$skiptoken=" in link
            answer = ask_link(link)
            rows += answer["value"]
        assert len({row["@iot.id"] for row in rows}) == len(YEAR)
        starts = [row["phenomenonTime"] for row in rows]
        assert starts == sorted(starts, reverse=order == "desc")
        assert starts[0].startswith(f"{YEAR[first]:%Y-%m-%dT%H:%M:%SZ}")
        assert starts[-1].startswith(f"{YEAR[last]:%Y-%m-%dT%H:%M:%SZ}")


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_many_datastreams_in_order_of_time(ask, order):
    asked = "Datastream/ObservedProperty/name eq 'precipitation'"
    answer = ask("Observations", filter=asked, orderby=f"phenomenonTime {order}", top="37")
    rows = answer["value"]
    while link := answer.get("@iot.nextLink"):
        answer = ask_link(link)
        rows += answer["value"]
    assert len({row["@iot.id"] for row in rows}) == len(rows) == 2 * len(HOURS)
    starts = [row["phenomenonTime"] for row in rows]
    assert starts == sorted(starts, reverse=order == "desc")


def test_order_by_the_value(ask, series):
    path = f"Datastreams({series(GAUGES[1].id)})/Observations"
    answer = ask(path, orderby="result desc,phenomenonTime", top="3", skip="1")
    assert [row["result"] for row in answer["value"]] == [231.0] * 3
    assert answer["value"][0]["phenomenonTime"].startswith("2026-11-02T23")
    assert "$skip=4" in answer["@iot.nextLink"]


def test_order_skip_and_top_of_entities(ask):
    every = [each["name"] for each in ask("Things", orderby="name")["value"]]
    assert every == sorted(every)
    page = ask("Things", orderby="name desc", top="2", skip="1", count="true")
    assert [each["name"] for each in page["value"]] == every[::-1][1:3]
    assert page["@iot.count"] == 6
    assert [e["name"] for e in ask_link(page["@iot.nextLink"])["value"]] == every[::-1][3:5]
    assert ask("Things", top="0", count="true") == {"@iot.count": 6, "value": []}
    by_thing = ask("Datastreams", orderby="Thing/name,name desc")["value"]
    assert len(by_thing) == 6


def test_top_is_capped(ask, series):
    path = f"Datastreams({series(STATION.id)})/Observations"
    assert len(ask(path)["value"]) == 1_000
    assert len(ask(path, top="999999")["value"]) == 10_000


def test_select(ask, series):
    assert ask("Things", select="name", top="1")["value"][0].keys() == {"name"}
    some = ask("Things", select="id,name,Datastreams", top="1")["value"][0]
    assert some.keys() == {"@iot.id", "name", "Datastreams@iot.navigationLink"}
    path = f"Datastreams({series(BED.id)})/Observations"
    assert ask(path, select="result", top="2")["value"] == [{"result": 31.5}, {"result": 31.0}]


def test_expand_in_brackets(ask):
    values = "Observations($top=2;$orderby=phenomenonTime desc;$count=true;$select=result)"
    inner = f"$select=name;$orderby=name;$expand={values},ObservedProperty($select=name)"
    answer = ask("Things", filter="name eq 'Hochbeet'", expand=f"Datastreams({inner}),Locations")
    thing = answer["value"][0]
    assert thing["Locations"] == []
    stream = thing["Datastreams"][0]
    assert stream["name"] == BED.name
    assert stream["ObservedProperty"] == {"name": "soil_moisture"}
    assert stream["Observations"] == [{"result": 29.5}, {"result": 30.0}]
    assert stream["Observations@iot.count"] == 5
    following = ask_link(stream["Observations@iot.nextLink"])
    assert [row["result"] for row in following["value"]] == [30.5, 31.0]


def test_expand_by_a_path(ask, series):
    answer = ask(
        f"Datastreams({series(BED.id)})", expand="Thing/Datastreams/Sensor,ObservedProperty"
    )
    assert answer["Thing"]["Datastreams"][0]["Sensor"]["properties"]["simulated"] is True
    assert answer["ObservedProperty"]["definition"].startswith("http")
    two = ask(f"Datastreams({series(BED.id)})", expand="Thing,Thing/Locations")
    assert two["Thing"]["name"] == "Hochbeet"
    assert two["Thing"]["Locations"] == []


def test_expand_of_observations(ask, series):
    path = f"Datastreams({series(BED.id)})/Observations"
    row = ask(path, expand="Datastream($expand=Thing),FeatureOfInterest", top="1")["value"][0]
    assert row["Datastream"]["Thing"]["name"] == "Hochbeet"


def test_data_array(ask, root, series):
    number = series(GAUGES[0].id)
    answer = ask(f"Datastreams({number})/Observations", resultFormat="dataArray", top="3")
    (block,) = answer["value"]
    assert block["Datastream@iot.navigationLink"] == f"{root}/Datastreams({number})"
    assert block["components"] == ["id", "phenomenonTime", "result", "resultTime", "parameters"]
    assert block["dataArray@iot.count"] == 3
    assert [row[2] for row in block["dataArray"]] == [0.0, 10.0, 20.0]
    short = ask("Observations", resultFormat="dataArray", select="phenomenonTime,result", top="2")
    assert short["value"][0]["components"] == ["phenomenonTime", "result"]
    assert "resultFormat=dataArray" in short["@iot.nextLink"]


def test_quality_is_told(ask, series):
    path = f"Datastreams({series(GAUGES[0].id)})/Observations"
    row = ask(path, filter="parameters/suspect eq true", top="1")["value"][0]
    assert row["parameters"] == {
        "simulated": True,
        "filled": False,
        "corrected": False,
        "suspect": True,
        "preliminary": False,
    }


def test_what_is_public_only_by_the_hour_is_shown_by_the_hour(ask, series):
    stream = ask(f"Datastreams({series(COUNTER.id)})")
    assert stream["properties"]["grain"] == "hour"
    assert stream["properties"]["interval_s"] is None
    rows = ask(f"Datastreams({series(COUNTER.id)})/Observations", top="1000")["value"]
    # Of 24 hours the first two have fewer than five persons and are kept back.
    assert len(rows) == 10 * 22
    assert rows[0]["phenomenonTime"] == "2026-11-01T02:00:00Z/2026-11-01T03:00:00Z"
    assert [row["result"] for row in rows[:3]] == [8.0, 12.0, 16.0]
    inside = "phenomenonTime ge 2026-11-01T02:30:00Z and phenomenonTime lt 2026-11-01T05:30:00Z"
    part = ask(f"Datastreams({series(COUNTER.id)})/Observations", filter=inside)["value"]
    assert [row["result"] for row in part] == [12.0, 16.0, 20.0]


def test_days_are_the_city_s_days(ask, series):
    """The clock goes back on 25 October 2026: that day has 25 hours."""
    path = f"Datastreams({series(SCHOOL.id)})/Observations"
    rows = ask(path, orderby="phenomenonTime asc", count="true")
    assert rows["@iot.count"] == 4
    assert [row["phenomenonTime"] for row in rows["value"]] == [
        "2026-10-22T22:00:00Z/2026-10-23T22:00:00Z",
        "2026-10-23T22:00:00Z/2026-10-24T22:00:00Z",
        "2026-10-24T22:00:00Z/2026-10-25T23:00:00Z",
        "2026-10-25T23:00:00Z/2026-10-26T23:00:00Z",
    ]
    assert [row["result"] for row in rows["value"]] == [24.0, 24.0, 25.0, 24.0]
    two = ask(path, orderby="phenomenonTime desc", top="3")
    rest = ask_link(two["@iot.nextLink"])
    assert [row["result"] for row in two["value"] + rest["value"]] == [24.0, 25.0, 24.0, 24.0]


def test_head_and_options(client, root):
    head = client.head(f"{root}/Things")
    assert (head.status_code, head.content) == (200, b"")
    asked = client.options(f"{root}/Things")
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"


def test_an_unchanged_answer_is_not_sent_again(client, root, series):
    address = f"{root}/Datastreams({series(BED.id)})/Observations"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address, headers={"If-None-Match": 'W/"x"'}).status_code == 200


def test_numbers_stay_when_others_come(series):
    from stadtlabor.sensorthings.stock import number

    assert series(BED.id) == number("Datastreams", BED.id) < 2**48
