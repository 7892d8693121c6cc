import gzip
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtlabor.sources import SourceError, footfall
from stadtlabor.sources.footfall import read_bytes

MOERS = (
    "Lage;Zeitpunkt der Messung;Wochentag;Fußgänger insgesamt;Temperatur in °c;Wetterlage;"
    "Fußgänger insgesamt Richtung Neumarkt;Fußgänger insgesamt Richtung Neuer Wall;Erwachsene;"
    "Kinder;Erwachsene Richtung Neumarkt;Erwachsene Richtung Neuer Wall;Kinder Richtung Neumarkt;"
    "Kinder Richtung Neuer Wall\n"
    "Steinstraße, Moers;2022-05-05 09:00:00 +0200;Thursday;686;12,5;cloudy;340;346;660;26;1;1;1;1\n"
    "Steinstraße, Moers;2022-05-05 10:00:00 +0200;Thursday;1128;14;;580;548;1079;49;1;1;1;1\n"
)


def report(frame):
    return frame.attrs["report"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_german_hystreet_with_directions_and_children(encoding):
    frame = read_bytes(MOERS.encode(encoding), "moers.csv")
    assert frame["counter"].unique().tolist() == ["Steinstraße, Moers"]
    assert frame["pedestrians"].tolist() == [686, 1128]
    assert frame["incoming"].tolist() == [340, 580]
    assert frame["outgoing"].tolist() == [346, 548]
    assert frame["adults"].tolist() == [660, 1079]
    assert frame["children"].tolist() == [26, 49]
    assert frame["temperature_c"].tolist() == [12.5, 14]
    assert frame["weather"].isna().tolist() == [False, True]
    assert frame["start"].tolist() == list(
        pd.to_datetime(["2022-05-05T07:00Z", "2022-05-05T08:00Z"])
    )
    assert report(frame).problems == ()


def test_a_total_that_is_not_its_parts_is_told_and_kept():
    frame = read_bytes(MOERS.replace(";340;346;", ";340;300;").encode(), "moers.csv")
    assert frame["pedestrians"].tolist() == [686, 1128]
    assert "In 1 Zeilen ergeben Richtungen zusammen nicht" in str(report(frame))


def test_english_hystreet():
    body = (
        "location,time of measurement,weekday,pedestrians count,temperature in ºc,"
        "weather condition,incidents\n"
        "A,2026-01-05 10:00:00 +0100,Monday,7,-1.5,rain,\n"
        "B,2026-01-05 10:00:00 +0100,Monday,8,-1.5,rain,\n"
    )
    frame = read_bytes(body.encode(), "a.csv")
    assert frame[["counter", "pedestrians"]].values.tolist() == [["A", 7], ["B", 8]]
    assert frame["temperature_c"].tolist() == [-1.5, -1.5]


def test_zurich_columns():
    body = (
        "timestamp,location_id,location_name,ltr_label,rtl_label,weather_condition,temperature,"
        "pedestrians_count,unverified,ltr_pedestrians_count,rtl_pedestrians_count,"
        "adult_pedestrians_count,child_pedestrians_count,zone_1_ltr_pedestrians_count\n"
        "2021-09-30T00:00:00+02:00,330,Bahnhofstrasse (Mitte),N,S,rain,11.5,40,0,18,22,39,1,3\n"
        "2021-09-30T01:00:00+02:00,330,Bahnhofstrasse (Mitte),N,S,rain,11.5,20,4,8,12,20,0,3\n"
    )
    frame = read_bytes(body.encode(), "zuerich.csv")
    assert frame["pedestrians"].tolist() == [40, 20]
    assert frame["incoming"].tolist() == [18, 8]
    assert frame["preliminary"].tolist() == [False, True]


HALF_HOURS = (
    "sensor,datetime,person.in,person.out,bicycle.in,bicycle.out\n"
    "Arkaden,2022-11-10T10:00:03+00:00,2,3,1,0\n"
    "Arkaden,2022-11-10T10:29:58+00:00,4,5,1,0\n"
    "Arkaden,2022-11-10T11:00:01+00:00,6,,1,0\n"
    "Arkaden,2022-11-10T11:30:00+00:00,-1,9,1,0\n"
    "Arkaden,2022-11-10T12:00:00+00:00,1,1,1,0\n"
    "Arkaden,2022-11-10T12:41:00+00:00,1,1,1,0\n"
)


def test_half_hours_with_classes_are_snapped_and_summed():
    frame = read_bytes(HALF_HOURS.encode(), "hdh.csv")
    assert frame["start"].dt.strftime("%H:%M:%S").tolist() == ["10:00:00", "10:30:00", "12:00:00"]
    assert frame["pedestrians"].tolist() == [5, 9, 2]
    assert frame["interval_minutes"].unique().tolist() == [30]
    said = str(report(frame))
    assert "Zeile 4" in said
    assert "Zeile 5" in said
    assert "Zeile 7" in said
    assert "bis zu 3 s neben dem Raster" in said


def test_dashboard_answer():
    points = [
        {"datetime": "2023-01-01T23:30:00+00:00", "value": str(n), "valueKey": key}
        for n, key in enumerate(["bicycle.in", "person.in", "person.out", "van.out"])
    ]
    answer = {"data": [{"labelName": "Brenzstr", "singleDataPoints": points}]}
    frame = read_bytes(json.dumps(answer).encode(), "brenz.json")
    assert frame[["counter", "pedestrians", "incoming"]].values.tolist() == [["Brenzstr", 3, 1]]
    assert "bicycle.in" in str(report(frame))


@pytest.mark.parametrize(
    "time", ["11/01/2019 05:00:00 PM", "November 01, 2019 05:00:00 PM", "01/11/2019 17:00",
             "01-NOV-2019 17:00", "2019-11-01 17:00:00"],
)  # fmt: skip
def test_melbourne_times(time):
    body = (
        "ID,Date_Time,Year,Month,Mdate,Day,Time,Sensor_ID,Sensor_Name,Hourly_Counts\n"
        f'1,"{time}",2019,November,1,Friday,17,34,Flinders St-Spark La,"1,300"\n'
    )
    frame = read_bytes(body.encode(), "melbourne.csv")
    assert frame["start"].tolist() == [pd.Timestamp("2019-11-01T06:00Z")]
    assert frame["pedestrians"].tolist() == [1300]
    assert frame["counter"].tolist() == ["Flinders St-Spark La"]
    assert report(frame).timezone == "Australia/Melbourne"


def test_sensorthings_in_all_its_forms():
    period = "2026-11-01T10:00:00Z/2026-11-01T10:15:00Z"
    thing = {"name": "Markt"}
    seen = {"phenomenonTime": period, "result": 12}
    plain = {"value": [{**seen, "Datastream": {"@iot.id": 4, "Thing": thing}}]}  # fmt: skip
    expanded = {"value": [{"@iot.id": 4, "name": "Zahl", "Thing": thing,
                           "Observations": [seen]}]}  # fmt: skip
    things = {"value": [{**thing, "Datastreams": [
        {"@iot.id": 4, "name": "Zahl", "Observations": [seen]}
    ]}]}  # fmt: skip
    for answer in (plain, expanded, things):
        frame = read_bytes(json.dumps(answer).encode(), "frost.json")
        assert frame[["counter", "pedestrians", "interval_minutes"]].values.tolist() == [
            ["Markt", 12, 15]
        ]
    array = {"value": [{"Datastream@iot.navigationLink": "Datastreams(4)",
                        "components": ["@iot.id", "phenomenonTime", "result"],
                        "dataArray": [[1, "2026-11-01T10:00:00Z", 12]]}]}  # fmt: skip
    frame = read_bytes(json.dumps(array).encode(), "frost.json")
    assert frame["pedestrians"].tolist() == [12]


@pytest.mark.parametrize(("zone", "day", "hours"), [
    ("Europe/Berlin", "2026-03-29", 23), ("Europe/Berlin", "2026-10-25", 25),
    ("Europe/London", "2026-10-25", 25), ("Australia/Melbourne", "2026-10-04", 23),
    ("Australia/Melbourne", "2026-04-05", 25),
])  # fmt: skip
def test_days_of_the_clock_change(zone, day, hours):
    local = pd.date_range(day, pd.Timestamp(day) + pd.Timedelta("1D"), freq="h", inclusive="left")
    start = pd.Timestamp(day, tz=zone)
    full = pd.date_range(start, start + pd.DateOffset(days=1), freq="h", inclusive="left")
    assert len(full) == hours
    body = "location,timestamp,pedestrians\n" + "".join(
        f"A,{t:%Y-%m-%d %H:%M},{n + 1}\n" for n, t in enumerate(full.tz_localize(None))
    )
    frame = read_bytes(body.encode(), "a.csv", timezone=zone)
    assert frame["start"].tolist() == full.tz_convert("UTC").tolist()
    assert frame["pedestrians"].tolist() == list(range(1, hours + 1))
    assert len(local) == 24


def test_leeds_with_two_date_forms():
    body = (
        "date,hour,location,count\n2014-07-01,0,Briggate,5\n01/07/2014,1,Briggate,6\n"
        "2014-07-01,2,Briggate,7\n2014-07-01,2,Briggate,7\n2014-07-01,3,Briggate,8\n"
        "2014-07-01,3,Briggate,9\n"
    )
    frame = read_bytes(body.encode(), "leeds.csv")
    assert frame["pedestrians"].tolist() == [5, 6, 7]
    assert [p.where.split(", ")[1] for p in report(frame).problems] == [
        "Zeile 6", "Zeile 7", "Zeile 5",
    ]  # fmt: skip


@settings(max_examples=60)
@given(
    counts=st.lists(st.one_of(st.integers(0, 10**6), st.sampled_from(["", "x", "-3"])), min_size=1),
    sign=st.sampled_from([",", ";", "\t"]),
)
def test_nothing_vanishes_and_no_total_changes(counts, sign):
    start = pd.Timestamp("2026-03-28", tz="UTC")
    rows = [
        sign.join(["A", (start + pd.Timedelta(hours=n)).isoformat(), str(c)])
        for n, c in enumerate(counts)
    ]
    body = "\n".join([sign.join(["location", "timestamp", "pedestrians"]), *rows, ""])
    good = [c for c in counts if isinstance(c, int)]
    if not good:
        with pytest.raises(SourceError):
            read_bytes(body.encode(), "a.csv")
        return
    frame = read_bytes(body.encode(), "a.csv")
    assert frame["pedestrians"].tolist() == good
    assert report(frame).rows == len(counts)
    assert len(report(frame).problems) == len(counts) - len(good)


def test_from_an_address_and_packed(tmp_path):
    packed = gzip.compress(MOERS.encode())

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(packed)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        frame = footfall.read(f"http://127.0.0.1:{server.server_port}/moers.csv.gz")
    finally:
        server.shutdown()
        server.server_close()
    (tmp_path / "moers.csv.gz").write_bytes(packed)
    pd.testing.assert_frame_equal(frame, footfall.read(tmp_path / "moers.csv.gz"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "leer"),
        (b"ab,cd\n1,2\n", "Die Spalte für Zeit und Anzahl der Passanten fehlt"),
        (b"location,timestamp,pedestrians\nA,x,y\n", "Keine Zeile ist brauchbar"),
        (b'{"a": 1}', "hat nicht den Aufbau"),
        (b'{"measurements": 7}', "hat nicht den Aufbau"),
        (b"sensor,datetime,key,value\nA,2026-01-01T00:00Z,van.in,3\n", "Keine Zeile zählt Pers"),
    ],
)
def test_one_clear_sentence(body, said):
    with pytest.raises(SourceError, match=said):
        read_bytes(body, "a.csv")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="nicht lesbar"):
        footfall.read(tmp_path / "nichts.csv")


def test_wuerzburg_has_weather_and_directions(shared_data):
    frame = footfall.read(shared_data / "innenstadt" / "wuerzburg_2024_hourly.csv.gz")
    assert frame["pedestrians"].sum() == 21_867_249
    assert len(frame) == report(frame).rows == 26_018
    assert {"incoming", "outgoing", "adults", "children", "weather", "temperature_c"} <= set(frame)


def test_a_column_that_says_utc_is_utc():
    body = "sensor,timestamp_utc,person_in,person_out\nA,2022-11-10 10:00:00,1,2\n"
    frame = read_bytes(body.encode(), "a.csv")
    assert frame["start"].tolist() == [pd.Timestamp("2022-11-10T10:00Z")]
