"""What cannot be answered: a status, never 500, and a German sentence that helps."""

from __future__ import annotations

import re
import time

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measured_city import STATION
from stadtlabor.sensorthings.refusal import Refusal
from stadtlabor.sensorthings.rows import Budget

BAD = [
    ("Dinge", "", 404),
    ("things", "", 404),
    ("Things(1", "", 400),
    ("Things(1)x", "", 400),
    ("Things()", "", 404),
    ("Things(abc)", "", 404),
    ("Things(1)", "", 404),
    ("Things(99999999999999999999)", "", 404),
    ("Things/Datastreams", "", 400),
    ("Things//Datastreams", "", 400),
    ("Things/name", "", 400),
    ("Things/$value", "", 400),
    ("Things/$ref/Datastreams", "", 400),
    ("Observations(17)", "", 404),
    ("Observations('1-2')", "", 404),
    ("Observations('1-99999999999999999999999')", "", 404),
    ("{thing}/Wetter", "", 404),
    ("{thing}/Datastreams/name", "", 400),
    ("{thing}/name/laenge", "", 404),
    ("{thing}/properties/nein", "", 404),
    ("{thing}/properties/$value", "", 400),
    ("{thing}/Locations(5)", "", 404),
    ("{stream}/Thing(1)", "", 400),
    ("{stream}/Thing/Thing", "", 404),
    ("{stream}/$value", "", 400),
    ("/".join(["Things(1)"] * 30), "", 400),
    ("Things", "$top=-1", 400),
    ("Things", "$top=viele", 400),
    ("Things", "$top=1.5", 400),
    ("Things", "$top=99999999999999", 400),
    ("Things", "$skip=-3", 400),
    ("Things", "$skip=100001", 400),
    ("Things", "$count=ja", 400),
    ("Things", "$top=1&$top=2", 400),
    ("Things", "$top=", 400),
    ("Things", "top=1", 400),
    ("Things", "$search=x", 400),
    ("Things", "$resultFormat=dataArray", 400),
    ("Things", "$skiptoken=1-1", 400),
    ("Observations", "$resultFormat=csv", 400),
    ("Observations", "$resultFormat=dataArray&$expand=Datastream", 400),
    ("Observations", "$skiptoken=5", 400),
    ("Observations", "$skiptoken=1-1", 400),
    ("{stream}/Observations", "$skiptoken={number}-99999999999999999", 200),
    ("{thing}", "$top=1", 400),
    ("{thing}", "$filter=true", 400),
    ("{thing}/name", "$select=name", 400),
    ("", "$top=1", 400),
    ("Things", "$select=farbe", 400),
    ("Things", "$select=name,", 400),
    ("Things", "$expand=Observations", 400),
    ("Things", "$expand=Datastreams(", 400),
    ("Things", "$expand=Datastreams)", 400),
    ("Things", "$expand=Datastreams($top)", 400),
    ("Things", "$expand=Datastreams($top=x)", 400),
    ("Things", "$expand=Datastreams($resultFormat=dataArray)", 400),
    ("Things", "$expand=Datastreams($filter=name eq 'x)", 400),
    ("Things", "$expand=Datastreams(x)(y)", 400),
    ("Things", "$expand=" + "Datastreams/Thing/" * 6 + "Datastreams", 400),
    ("Datastreams", "$expand=Observations($top=10000)", 400),
    ("Datastreams", "$expand=Thing($top=1)", 400),
    ("Things", "$orderby=name up", 400),
    ("Things", "$orderby=farbe", 400),
    ("Things", "$orderby=properties", 400),
    ("Things", "$orderby=name,name,name,name,name,name", 400),
    ("Things", "$orderby=,", 400),
    ("Things", "$filter=", 400),
    ("Things", "$filter=name", 400),
    ("Things", "$filter=name eq", 400),
    ("Things", "$filter=eq 'x'", 400),
    ("Things", "$filter=name eq 'x", 400),
    ("Things", "$filter=name eq 'x')", 400),
    ("Things", "$filter=(name eq 'x'", 400),
    ("Things", "$filter=name eq 'x' and", 400),
    ("Things", "$filter=name == 'x'", 400),
    ("Things", "$filter=name eq 'x' 'y'", 400),
    ("Things", "$filter=name eq 5", 400),
    ("Things", "$filter=name gt null and properties gt 5", 400),
    ("Things", "$filter=name and true", 400),
    ("Things", "$filter=farbe eq 'rot'", 400),
    ("Things", "$filter=name/laenge eq 5", 400),
    ("Things", "$filter=Datastreams eq 5", 400),
    ("Things", "$filter=Datastreams/Observations/result gt 5", 501),
    ("Things", "$filter=gross(name)", 400),
    ("Things", "$filter=substring(name,1) eq 'x'", 501),
    ("Things", "$filter=startswith(name)", 400),
    ("Things", "$filter=startswith(name,5)", 400),
    ("Things", "$filter=startswith(name,", 400),
    ("Things", "$filter=length(name) add 1 eq 5", 501),
    ("Things", "$filter=" + "(" * 200 + "true" + ")" * 200, 400),
    ("Things", "$filter=" + "not " * 600 + "true", 400),
    ("Things", "$filter=" + " or ".join(["true"] * 300), 400),
    ("Observations", "$filter=phenomenonTime gt 2026-13-01T00:00:00Z", 400),
    ("Observations", "$filter=phenomenonTime gt 2026-11-01T00:00:00", 400),
    ("Observations", "$filter=phenomenonTime gt 'gestern'", 400),
    ("Observations", "$filter=phenomenonTime gt duration'P1D'", 501),
    ("Observations", "$filter=phenomenonTime eq 2026-11-01T00:00:00Z/2026-11-02T00:00:00Z", 501),
    ("Observations", "$filter=during(phenomenonTime,2026-11-01T00:00:00Z)", 501),
    ("Observations", "$filter=result gt 1e9999", 400),
    ("Observations", "$filter=result gt 'viel'", 400),
    ("Locations", "$filter=st_within(location, geography'KREIS(1 2)')", 400),
    ("Locations", "$filter=st_within(location, geography'POLYGON((1 2, 3 4))')", 400),
    ("Locations", "$filter=st_within(location, 'POINT(1 2)')", 400),
    ("Locations", "$filter=geo.distance(location, geography'POINT(1 2)') lt 5", 501),
    ("Locations", "$filter=location gt geography'POINT(1 2)'", 400),
]
GERMAN = re.compile(r"^[A-ZÄÖÜ„$`].*\w.*[.:)“]$", re.S)


@pytest.fixture(scope="session")
def gaps(root, client):
    asked = {"$filter": f"name eq '{STATION.name}'", "$expand": "Thing"}
    stream = client.get(f"{root}/Datastreams", params=asked).json()["value"][0]
    return {
        "{thing}": f"Things({stream['Thing']['@iot.id']})",
        "{stream}": f"Datastreams({stream['@iot.id']})",
        "{number}": str(stream["@iot.id"]),
    }


@pytest.mark.parametrize(("path", "query", "status"), BAD)
def test_a_bad_question_gets_a_german_sentence(client, root, gaps, path, query, status):
    for gap, text in gaps.items():
        path, query = path.replace(gap, text), query.replace(gap, text)
    answer = client.get(f"{root}/{path}?{query}")
    assert answer.status_code == status, answer.text
    if status == 200:
        return
    told = answer.json()
    assert told["code"] == status
    assert told["type"] == "error"
    assert GERMAN.match(told["message"]), told["message"]
    assert not re.search(r"Traceback|Error|None|\{\w+\}", told["message"])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(client, root, method):
    answer = client.request(method, f"{root}/Things", json={"name": "x"})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert "nur Auskunft" in answer.json()["message"]


def test_too_long(client, root):
    answer = client.get(f"{root}/Things", params={"$filter": f"name eq '{'x' * 9000}'"})
    assert answer.status_code == 414


WORDS = st.sampled_from(
    [
        "name",
        "result",
        "phenomenonTime",
        "Datastream/Thing/name",
        "properties/x",
        "id",
        "Datastreams/name",
        "eq",
        "ne",
        "gt",
        "lt",
        "and",
        "or",
        "not",
        "(",
        ")",
        ",",
        "'a'",
        "'ä''b'",
        "5",
        "-1.5",
        "1e300",
        "null",
        "true",
        "false",
        "2026-11-01T00:00:00Z",
        "2026-11-01",
        "substringof(",
        "startswith(",
        "st_within(",
        "length(",
        "year(",
        "now(",
        "round(",
        "concat(",
        "geography'POINT(1",
        "2)'",
        "location",
        "add",
        "$it",
        "@iot.id",
        "/",
        "''",
    ]
)
FILTERS = st.one_of(
    st.lists(WORDS, max_size=14).map(" ".join),
    st.text(max_size=40),
    st.builds("{} {} {}".format, WORDS, WORDS, WORDS),
)
CALM = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@CALM
@given(
    filter_=FILTERS, kind=st.sampled_from(["Things", "Locations", "Datastreams", "Observations"])
)
def test_no_filter_breaks_it(root, client, filter_, kind):
    answer = client.get(f"{root}/{kind}", params={"$filter": filter_, "$top": "3"})
    assert answer.status_code in (200, 400, 501), (filter_, answer.text)
    assert "message" in answer.json() or "value" in answer.json()


@CALM
@given(
    options=st.dictionaries(
        st.sampled_from(["$expand", "$select", "$orderby", "$skip", "$skiptoken", "$count"]),
        st.one_of(
            st.text(alphabet="Datsremns()$=;,/' 0159-", max_size=30),
            st.sampled_from(
                [
                    "Datastreams($expand=Thing;$top=1)",
                    "Thing",
                    "name desc,id",
                    "1-1",
                    "true",
                    "Observations($filter=result gt 1)",
                ]
            ),
        ),
        max_size=4,
    ),
    path=st.sampled_from(["Things", "Datastreams", "Observations", "Things(1)", "Sensors/$ref"]),
)
def test_no_option_breaks_it(root, client, options, path):
    answer = client.get(f"{root}/{path}", params={**options, "$top": "2"})
    assert answer.status_code in (200, 400, 404, 501), (options, answer.text)


@CALM
@given(path=st.text(alphabet="ThingsDatrem()'$/0123-äe%.", max_size=30))
def test_no_path_breaks_it(root, client, path):
    try:
        answer = client.get(f"{root}/{path}")
    except httpx.InvalidURL:
        return
    assert answer.status_code in (200, 204, 400, 404), (path, answer.text)


def test_what_multiplies_is_stopped(client, root):
    """Each level alone is small; together they would fill the memory."""
    deep = "Datastreams/Thing/Datastreams/Thing/Datastreams"
    assert client.get(f"{root}/Things", params={"$expand": deep}).status_code == 200
    budget = Budget(entities=50)
    for _ in range(50):
        budget.write()
    with pytest.raises(Refusal, match="mehr als 20000 Objekte"):
        budget.write()
    with pytest.raises(Refusal, match="mehr als 500 einzelne Messreihen"):
        Budget().look(501)
    with pytest.raises(Refusal, match="mehr als 2000000 Messwerte"):
        Budget().read(2_000_001)


def test_a_costly_filter_ends_in_time(client, root, gaps, monkeypatch):
    monkeypatch.setattr("stadtlabor.sensorthings.rows.LONGEST_S", 0.5)
    name = "concat(concat(Datastream/name,Datastream/name),Datastream/name)"
    each = f"length({name}) eq hour(phenomenonTime)"
    asked = {"$filter": " or ".join([each] * 20), "$count": "true"}
    began = time.monotonic()
    answer = client.get(f"{root}/{gaps['{stream}']}/Observations", params=asked)
    assert answer.status_code == 400
    assert "dauert länger" in answer.json()["message"]
    assert time.monotonic() - began < 5
