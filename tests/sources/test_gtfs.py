import io
import sys
import zipfile
from datetime import UTC, datetime

import pandas as pd
import pytest

from stadtlabor import data
from stadtlabor.sources import DecodeError, decode, gtfs_rt

pytest.importorskip("gtfs_kit")
TODAY = pd.Timestamp.now("Europe/Berlin").normalize()
URL = "https://verkehr.example/gtfs.zip"
LIVE = "https://verkehr.example/gtfs-rt"
DAYS = [(TODAY + pd.Timedelta(days=n)).strftime("%Y%m%d") for n in range(-1, 4)]


def feeds(base="https://verkehr.example", **more):
    rows = "".join(f"{key} = {value}\n" for key, value in more.items())
    return (
        '[[feeds.timetables]]\nid = "bus"\nname = "Stadtbus"\n'
        f'url = "{base}/gtfs.zip"\nrealtime = "{base}/gtfs-rt"\n'
        f'source = "Stadtbus Musterstadt"\nlicence = "CC BY 4.0"\n{rows}'
    )


def timetable(days=DAYS, *, start="08:00:00", without=(), **changes):
    """A feed of one line: A (platform 1 of the station) → B → C, and a night trip from A to C."""
    later = "24:30:00"
    tables = {
        "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n"
        "1,Stadtbus,https://x.example,Europe/Berlin\n",
        "stops.txt": "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "ST,Hauptplatz,47.72,10.31,1,\nA1,Hauptplatz 1,47.7201,10.3101,0,ST\n"
        "A2,Hauptplatz 2,47.7202,10.3102,0,ST\nB,Rathaus,47.725,10.315,0,\n"
        "C,Nachbarort,48.9,10.3,0,\n",
        "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\n"
        "R,1,1,Linie 1,3\n",
        "calendar_dates.txt": "service_id,date,exception_type\n"
        + "".join(f"S,{day},1\n" for day in days),
        "trips.txt": "route_id,service_id,trip_id\nR,S,T1\nR,S,T2\n",
        "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type\n"
        f"T1,{start},{start},A1,1,0\nT1,08:10:00,08:10:00,B,2,0\nT1,08:30:00,08:30:00,C,3,0\n"
        f"T2,{later},{later},A2,1,0\nT2,24:50:00,24:50:00,C,2,0\n",
    } | changes
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            if name not in without:
                archive.writestr(name, text)
    return made.getvalue()


@pytest.fixture
def bus(place):
    place.feeds(feeds())
    return place


def read(body, when=None, name=URL):
    from stadtlabor.sources import Delivery

    at = when or (TODAY + pd.Timedelta(hours=8, minutes=5)).tz_convert("UTC").to_pydatetime()
    return decode(Delivery("gtfs" if name == URL else "gtfs-rt", name, body, at))


def test_departures_per_station_and_day(bus):
    batch = read(timetable())
    assert batch.problems == []
    frame = batch.frame
    first = frame[frame["time"] == TODAY.tz_convert("UTC")]
    assert dict(zip(first["datastream"], first["value"], strict=True)) == {
        "transit/bus-st/departures": 2,  # both platforms, the night trip on its day of service
        "transit/bus-b/departures": 1,  # not C: it lies outside, and is where trips end
    }
    assert len(frame) == 2 * 4  # today and three days; yesterday is over
    since, until = batch.complete["transit/bus-st/departures"]
    assert (since, until) == (TODAY, TODAY + pd.DateOffset(days=4))
    assert {d.licence for d in batch.datastreams} == {"CC BY 4.0"}


def test_chosen_stops_and_no_boarding(place):
    place.feeds(feeds(stops='["B", "C"]'))
    batch = read(timetable())
    assert {d.id for d in batch.datastreams} == {
        "transit/bus-b/departures", "transit/bus-c/departures",
    }  # fmt: skip
    ends = batch.frame[batch.frame["datastream"] == "transit/bus-c/departures"]
    assert set(ends["value"]) == {0}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"kein Archiv", "Archiv ist beschädigt"),
        (timetable(without=("stop_times.txt",)), "fehlen die Tabellen stop_times.txt"),
        (timetable(["20200101"]), "Der Fahrplan ist abgelaufen"),
        (timetable(**{"stops.txt": "stop,lat\n1,2\n"}), "nicht den Aufbau von GTFS"),
    ],
)
def test_changed_form_is_told(bus, body, said):
    with pytest.raises(DecodeError, match=said):
        read(body)


def test_missing_library_is_told(planned, monkeypatch):
    monkeypatch.setitem(sys.modules, "gtfs_kit", None)
    with pytest.raises(DecodeError, match="fehlt hier eine Bibliothek"):
        read(timetable())
    message = updates()
    monkeypatch.setitem(sys.modules, "google.protobuf.message", None)
    with pytest.raises(DecodeError, match="fehlt hier eine Bibliothek"):
        read(message, name=LIVE)


def test_timetable_of_somebody_else(bus, delivery):
    with pytest.raises(DecodeError, match="steht nicht in city"):
        decode(delivery("gtfs", timetable(), "https://anderswo.example/gtfs.zip"))


def updates(*told, at=None, day="", header=True):
    """A message of trip updates: (trip, [(sequence, delay or time, how)])."""
    from google.transit import gtfs_realtime_pb2 as form

    message = form.FeedMessage()
    if header:
        message.header.gtfs_realtime_version = "2.0"
        stamp = at or TODAY + pd.Timedelta(hours=8, minutes=5)
        message.header.timestamp = int(stamp.timestamp())
    for number, (trip, stops) in enumerate(told):
        entity = message.entity.add()
        entity.id = str(number)
        entity.trip_update.trip.trip_id = trip
        if day:
            entity.trip_update.trip.start_date = day
        for sequence, value, how in stops:
            stop = entity.trip_update.stop_time_update.add()
            if isinstance(sequence, int):
                stop.stop_sequence = sequence
            else:
                stop.stop_id = sequence
            if how == "skipped":
                stop.schedule_relationship = form.TripUpdate.StopTimeUpdate.SKIPPED
            elif how == "time":
                stop.departure.time = int(value.timestamp())
            else:
                getattr(stop, how).delay = value
    return message.SerializePartialToString()


@pytest.fixture
def planned(bus):
    memory = bus.memory()
    memory.keep("gtfs/bus", URL, timetable(), datetime.now(UTC))
    memory.close()
    gtfs_rt._read.cache_clear()
    return bus


def delays(batch):
    names = batch.frame["datastream"].str.split("/").str[1]
    local = batch.frame["time"].dt.tz_convert("Europe/Berlin").dt.strftime("%H:%M")
    return dict(zip(names + " " + local, batch.frame["value"], strict=True))


def test_delay_holds_for_the_stops_after_it(planned):
    batch = read(updates(("T1", [(1, 60, "departure")])), name=LIVE)
    assert delays(batch) == {"bus-st 08:00": 60.0, "bus-b 08:10": 60.0}
    batch = read(updates(("T1", [(1, 60, "departure"), ("B", 120, "arrival")])), name=LIVE)
    assert delays(batch) == {"bus-st 08:00": 60.0, "bus-b 08:10": 120.0}


def test_times_are_compared_with_the_plan(planned):
    real = TODAY + pd.Timedelta(hours=8, minutes=13)
    batch = read(updates(("T1", [(2, real, "time")]), day=DAYS[1]), name=LIVE)
    assert delays(batch) == {"bus-b 08:10": 180.0}
    assert (batch.frame["result_time"] == TODAY + pd.Timedelta(hours=8, minutes=5)).all()


def test_night_trip_belongs_to_the_day_before(planned):
    night = TODAY + pd.Timedelta(minutes=25)
    body = updates(("T2", [(1, 90, "departure")]), at=night)
    batch = read(body, night.tz_convert("UTC").to_pydatetime(), LIVE)
    assert delays(batch) == {"bus-st 00:30": 90.0}
    assert batch.frame["time"].iloc[0] == TODAY + pd.Timedelta(minutes=30)


def test_skipped_unknown_and_far_trips(planned):
    body = updates(("T1", [(1, 0, "skipped")]), ("X", [(1, 60, "departure")]))
    assert read(body, name=LIVE).frame.empty
    alone = read(updates(("X", [(1, 60, "departure")])), name=LIVE)
    assert "Keine der 1 Fahrten" in str(alone.problems[0])
    far = updates(("T1", [(1, 60, "departure")]), at=TODAY + pd.Timedelta(hours=12))
    assert read(far, (TODAY + pd.Timedelta(hours=12)).to_pydatetime(), LIVE).frame.empty


@pytest.mark.parametrize("body", [b"", b"\xff\xff", updates(header=False), b"<html>"])
def test_other_answers_are_refused(planned, body):
    with pytest.raises(DecodeError, match="Stadtbus: Die Verspätungen"):
        read(body, name=LIVE)


def test_delays_wait_for_the_timetable(bus):
    with pytest.raises(DecodeError, match="Der Fahrplan ist noch nicht da"):
        read(updates(("T1", [(1, 60, "departure")])), name=LIVE)


def test_through_the_ingest(provider, place):
    place.feeds(feeds(provider.base))
    now = pd.Timestamp.now("Europe/Berlin").floor("min")
    begin = now.normalize()
    if now - begin > pd.Timedelta(hours=23):
        pytest.skip("too near to midnight for a trip of today")
    seconds = int((now - begin).total_seconds())
    start = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:00"
    provider.pages["/gtfs.zip"] = timetable(start=start)
    provider.pages["/gtfs-rt"] = updates(("T1", [(1, 240, "departure")]), at=now)
    health = place.once(timetables="live")
    assert health["dead"] == 0, health
    frame = data.read("transit", "transit/bus-st/delay")
    assert frame["value"].tolist() == [240.0]
    assert data.read("transit", "transit/bus-st/departures")["value"].iloc[0] == 2
    place.once(timetables="live")
    assert provider.unchanged.count("/gtfs.zip") == 1
