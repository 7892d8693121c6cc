"""Timetables of public transport (GTFS Schedule): departures per stop and day.

Form: gtfs.org, "GTFS Schedule Reference"; read by ``gtfs_kit``. A departure is a stop of a trip
where people may get on, so neither a trip's last stop nor one without boarding. It counts on the
day of service, so 24:30 belongs to the evening before. Platforms of one station count together.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from stadtlabor.city import BoundingBox, city
from stadtlabor.feeds import TimetableFeed
from stadtlabor.observations import Batch, Datastream, Problem, observations
from stadtlabor.sources.asking import DriftError
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.names import slug
from stadtlabor.sources.table import plain_name

__all__ = [
    "DATASET",
    "MISSING",
    "Feed",
    "Timetable",
    "feed_of",
    "parse",
    "station_stream",
    "timetable",
]

DATASET = "transit"
DAYS = 14
NEEDED = ("agency.txt", "stops.txt", "trips.txt", "stop_times.txt")
MOST_BYTES = 1_500 * 2**20
NO_BOARDING = 1
MISSING = (
    "Für Fahrpläne fehlt hier eine Bibliothek. Bitte einrichten: pip install 'stadtlabor[transit]'."
)


@dataclass(frozen=True)
class Timetable:
    """What is needed of a feed.

    Attributes
    ----------
    zone
        Time zone of the agency.
    stations
        Index station id; ``name``, ``lat``, ``lon``: those that were chosen.
    days
        Days of service that the feed states, ascending, ``YYYYMMDD``.
    departures
        ``trip_id``, ``stop_sequence``, ``stop_id``, ``station``, ``second`` (after the day of
        service began), all departures from the chosen stations.
    trips
        Day → ids of the trips that run.
    frequencies
        True where trips run by headway, which is not counted here.
    """

    zone: ZoneInfo
    stations: pd.DataFrame
    days: list[str]
    departures: pd.DataFrame
    trips: dict[str, frozenset[str]]
    frequencies: bool


class Feed:
    """Asks for a timetable; the last good one is kept, for delays are told against it."""

    def __init__(self, feed: TimetableFeed) -> None:
        self._feed = feed

    def __call__(self, now: datetime) -> list[Request]:
        """Return the one request."""
        return [Request("gtfs", self._feed.url, keep=f"gtfs/{self._feed.id}", checked=True)]


def feed_of(delivery: Delivery) -> TimetableFeed:
    """Return the feed of the city file that a delivery comes from.

    Raises
    ------
    SourceError
        In German, if the city file names none with this address.
    """
    for feed in city().feeds.timetables:
        if delivery.name in (feed.url, feed.realtime):
            return feed
    raise SourceError(
        f"{plain_name(delivery.name)}: Dieser Fahrplan steht nicht in city.toml. "
        "Bitte dort unter [[feeds.timetables]] eintragen."
    )


def timetable(body: bytes, feed: TimetableFeed, window: BoundingBox, since: datetime) -> Timetable:
    """Read a feed.

    Parameters
    ----------
    body
        The archive.
    feed, window
        Which stops count: those named, else all within the window.
    since
        Days of service from this one on (and the one before, which may run past midnight) count.

    Raises
    ------
    SourceError
        In German, if the archive is damaged or lacks a table.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, zlib.error, OSError) as error:
        raise SourceError(f"{feed.name}: Das Archiv ist beschädigt. Bitte neu laden.") from error
    if lacking := [name for name in NEEDED if name not in names]:
        raise DriftError(f"{feed.name}: Im Fahrplan fehlen die Tabellen {', '.join(lacking)}.")
    if size > MOST_BYTES:
        raise SourceError(
            f"{feed.name}: Der Fahrplan ist ausgepackt größer als 1,5 GB. Bitte den Auszug eines "
            "kleineren Verkehrsverbundes wählen."
        )
    try:
        return _timetable(body, feed, window, since)
    except (KeyError, ValueError, AttributeError, ZoneInfoNotFoundError) as error:
        raise DriftError(f"{feed.name}: Der Fahrplan hat nicht den Aufbau von GTFS.") from error


def _timetable(body: bytes, feed: TimetableFeed, window: BoundingBox, since: datetime) -> Timetable:
    try:
        import gtfs_kit  # takes a second and 30 MB, which only those with a timetable need
    except ImportError as error:
        raise SourceError(MISSING) from error
    with tempfile.TemporaryDirectory(prefix="stadtlabor-") as folder:
        path = Path(folder) / "feed.zip"
        path.write_bytes(body)
        read = gtfs_kit.read_feed(path, dist_units="km")
    zone = ZoneInfo(str(read.agency["agency_timezone"].iloc[0]))
    stations, station_of = _stations(read.stops, feed, window)
    first = (pd.Timestamp(since).tz_convert(zone) - pd.Timedelta(days=1)).strftime("%Y%m%d")
    days = [day for day in read.get_dates() if day >= first][: DAYS + 1]
    trips = {day: frozenset(read.get_trips(date=day)["trip_id"].astype("str")) for day in days}
    return Timetable(
        zone,
        stations,
        days,
        _departures(read.stop_times, station_of),
        trips,
        read.frequencies is not None and not read.frequencies.empty,
    )


def _stations(
    stops: pd.DataFrame, feed: TimetableFeed, window: BoundingBox
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the chosen stations, and the station of each of their stops."""
    table = stops.set_index(stops["stop_id"].astype("str"))
    parent = table["parent_station"] if "parent_station" in table else pd.Series(dtype="str")
    station = parent.reindex(table.index).astype("object")
    station = station.where(station.notna() & (station != ""), table.index.to_series())
    if feed.stops:
        chosen = pd.Series(table.index.isin(feed.stops), table.index) | station.isin(feed.stops)
    else:
        chosen = table["stop_lat"].between(window.south, window.north) & table["stop_lon"].between(
            window.west, window.east
        )
    station_of = station[chosen].astype("str")
    ids = pd.Index(station_of.unique())
    about = table.reindex(ids)
    stations = pd.DataFrame(
        {
            "name": about["stop_name"].fillna("").astype("str").to_numpy(),
            "lat": about["stop_lat"].to_numpy(dtype="float64"),
            "lon": about["stop_lon"].to_numpy(dtype="float64"),
        },
        index=ids,
    )
    return stations, station_of


def _departures(stop_times: pd.DataFrame, station_of: pd.Series) -> pd.DataFrame:
    table = stop_times.assign(
        trip_id=stop_times["trip_id"].astype("str"), stop_id=stop_times["stop_id"].astype("str")
    )
    last = table.groupby("trip_id")["stop_sequence"].transform("max")
    keep = (table["stop_sequence"] < last) & table["stop_id"].isin(station_of.index)
    if "pickup_type" in table:
        keep &= table["pickup_type"].fillna(0).astype("int64") != NO_BOARDING
    table = table[keep]
    return pd.DataFrame(
        {
            "trip_id": table["trip_id"],
            "stop_sequence": table["stop_sequence"].astype("int64"),
            "stop_id": table["stop_id"],
            "station": table["stop_id"].map(station_of),
            "second": pd.to_timedelta(table["departure_time"], errors="coerce").dt.total_seconds(),
        }
    ).reset_index(drop=True)


def parse(delivery: Delivery) -> Batch:
    """Count the departures of a feed for the coming fortnight.

    Raises
    ------
    SourceError
        In German, if it is no timetable that the city file names.
    """
    feed = feed_of(delivery)
    plan = timetable(delivery.body, feed, city().city.bounding_box, delivery.received_at)
    today = pd.Timestamp(delivery.received_at).tz_convert(plan.zone).strftime("%Y%m%d")
    days = [day for day in plan.days if day >= today]
    if not days:
        raise SourceError(
            f"{feed.name}: Der Fahrplan ist abgelaufen. Bitte in city.toml eine neue Adresse "
            "eintragen."
        )
    problems = []
    if plan.stations.empty:
        problems.append(
            Problem(feed.name, "Keine Haltestelle liegt im Gebiet der Stadt", "Bitte stops prüfen")
        )
    if plan.frequencies:
        problems.append(
            Problem(feed.name, "Fahrten im Takt ohne Zeiten sind nicht mitgezählt", "Nichts zu tun")
        )
    starts = pd.DatetimeIndex(pd.to_datetime(days)).tz_localize(plan.zone)
    frames, streams, complete = [], [], {}
    for id_, station in plan.stations.iterrows():
        own = plan.departures[plan.departures["station"] == id_]
        counts = [int(own["trip_id"].isin(plan.trips[day]).sum()) for day in days]
        stream = station_stream(feed, str(id_), station, "departures", 86_400)
        streams.append(stream)
        frames.append(
            observations(stream.id, starts, counts, result_time=pd.Timestamp(delivery.received_at))
        )
        complete[stream.id] = (starts[0], starts[-1] + pd.DateOffset(days=1))
    if not frames:
        frames = [observations([], pd.DatetimeIndex([], tz="UTC"), [])]
    return Batch(pd.concat(frames, ignore_index=True), streams, problems, complete)


def station_stream(
    feed: TimetableFeed, id_: str, station: pd.Series[Any], what: str, interval_s: int
) -> Datastream:
    """Return the series of a station; ``what`` is ``departures`` or ``delay``."""
    german, observed, unit = {
        "departures": ("Abfahrten am Tag nach Fahrplan", "departures", "1"),
        "delay": ("Verspätung der Abfahrten", "delay", "s"),
    }[what]
    name = str(station["name"]) or id_
    return Datastream(
        id=f"{DATASET}/{feed.id}-{slug(id_)}/{what}",
        name=f"{german}, {name}",
        observed_property=observed,
        unit=unit,
        interval_s=interval_s,
        source=feed.source,
        licence=feed.licence,
        thing_name=name,
        lat=None if pd.isna(station["lat"]) else float(station["lat"]),
        lon=None if pd.isna(station["lon"]) else float(station["lon"]),
    )
