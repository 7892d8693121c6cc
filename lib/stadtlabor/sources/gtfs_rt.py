"""Delays of public transport (GTFS Realtime, trip updates), joined to the timetable.

Form: gtfs.org, "GTFS Realtime Reference"; read by the official ``gtfs-realtime-bindings``. A trip
update gives delays or times for some stops of a trip; a delay holds for the stops after it until
the next one is given. The plan comes from the kept timetable (:mod:`stadtlabor.sources.gtfs`).
Vehicle positions are not read: they show where a driver is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.city import city
from stadtlabor.feeds import TimetableFeed
from stadtlabor.observations import Batch, Problem, observations
from stadtlabor.settings import home
from stadtlabor.sources.asking import DriftError
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.gtfs import MISSING, Timetable, feed_of, station_stream, timetable
from stadtlabor.sources.http import SourceError

__all__ = ["Delays", "parse"]

BEFORE = pd.Timedelta(minutes=30)
AHEAD = pd.Timedelta(minutes=60)
NO_TIMES = ("SKIPPED", "NO_DATA", "UNSCHEDULED")
MOST_S = 6 * 3600.0
"""A larger delay is another day's trip, not a delay."""


class Delays:
    """Asks for the trip updates of a timetable."""

    def __init__(self, feed: TimetableFeed) -> None:
        self._feed = feed

    def __call__(self, now: datetime) -> list[Request]:
        """Return the one request."""
        url = self._feed.realtime
        return [Request("gtfs-rt", url, checked=True)] if url else []


def parse(delivery: Delivery) -> Batch:
    """Read the delays of departures from half an hour ago to an hour ahead.

    Raises
    ------
    SourceError
        In German, if it is no such message, or the timetable has not come yet.
    """
    feed = feed_of(delivery)
    message = _message(delivery.body, feed)
    stated = pd.Timestamp(int(message.header.timestamp), unit="s", tz="UTC")
    # A server whose clock runs ahead must not overrule what comes later.
    stated = min(stated, pd.Timestamp(delivery.received_at))
    plan = _plan(feed, delivery.received_at)
    by_trip = dict(iter(plan.departures.groupby("trip_id", sort=False)))
    rows: list[tuple[str, pd.Timestamp, float]] = []
    unknown = updates = 0
    for entity in message.entity:
        if not entity.HasField("trip_update"):
            continue
        updates += 1
        update = entity.trip_update
        own = by_trip.get(update.trip.trip_id)
        if own is None:
            unknown += 1  # also trips that serve no chosen stop
            continue
        rows += _delays(update, own, plan, stated)
    problems = []
    if updates and unknown == updates and plan.trips:
        problems.append(
            Problem(
                feed.name,
                f"Keine der {updates} Fahrten mit Verspätung steht im Fahrplan der Stadt",
                "Bitte prüfen, ob Fahrplan und Verspätungen zusammengehören",
            )
        )
    return _batch(feed, plan, rows, stated, problems)


def _message(body: bytes, feed: TimetableFeed) -> Any:
    try:
        from google.protobuf.message import DecodeError as NotProtobuf
        from google.transit import gtfs_realtime_pb2
    except ImportError as error:
        raise SourceError(MISSING) from error
    message = gtfs_realtime_pb2.FeedMessage()
    try:
        message.ParseFromString(body)
    except NotProtobuf as error:
        raise DriftError(f"{feed.name}: Die Verspätungen sind kein GTFS-Realtime.") from error
    if not message.IsInitialized() or not message.header.timestamp:
        raise DriftError(f"{feed.name}: Die Verspätungen nennen ihre Zeit nicht.")
    return message


def _plan(feed: TimetableFeed, at: datetime) -> Timetable:
    memory = Memory(home() / "sources")
    try:
        kept = memory.kept(f"gtfs/{feed.id}")
    finally:
        memory.close()
    if kept is None:
        raise SourceError(
            f"{feed.name}: Der Fahrplan ist noch nicht da, zu dem die Verspätungen gehören. "
            "Der nächste Versuch folgt von selbst."
        )
    return _read(feed.model_dump_json(), kept[0], f"{at.astimezone(UTC):%Y-%m-%d}")


@lru_cache(maxsize=2)
def _read(feed: str, body: bytes, day: str) -> Timetable:
    """Read the plan once per edition and day, for an answer comes every minute."""
    since = datetime.fromisoformat(f"{day}T00:00Z")
    return timetable(body, TimetableFeed.model_validate_json(feed), city().city.bounding_box, since)


def _delays(
    update: Any, own: pd.DataFrame, plan: Timetable, stated: pd.Timestamp
) -> Iterator[tuple[str, pd.Timestamp, float]]:
    """Yield station, planned departure and delay (s) of a trip's stops that are near in time."""
    told = list(update.stop_time_update)
    if not told:
        return
    order = own.sort_values("stop_sequence")
    planned = _planned(update, order, plan, stated)
    if planned is None:
        return
    at_sequence = {u.stop_sequence: u for u in told if u.HasField("stop_sequence")}
    at_stop = {u.stop_id: u for u in told if not u.HasField("stop_sequence")}
    earlier = sorted(at_sequence)
    delay = float("nan")
    for place, (sequence, stop, station) in enumerate(
        zip(order["stop_sequence"], order["stop_id"], order["station"], strict=True)
    ):
        # Stops outside the city are not in the plan here, but their delay holds on.
        while earlier and earlier[0] < sequence:
            delay = _delay(at_sequence[earlier.pop(0)], None, delay)
        here = at_sequence.get(sequence) or at_stop.get(stop)
        if here is not None:
            delay = _delay(here, planned[place], delay)
        near = stated - BEFORE <= planned[place] <= stated + AHEAD
        if near and np.isfinite(delay) and abs(delay) <= MOST_S:
            yield station, planned[place], delay


def _delay(told: Any, planned: pd.Timestamp | None, before: float) -> float:
    """Return the delay after a stop, s; what was told before where this stop tells nothing."""
    relation = told.ScheduleRelationship.Name(told.schedule_relationship)
    if relation in NO_TIMES:
        return before if relation == "SKIPPED" else float("nan")
    for name in ("departure", "arrival"):
        if told.HasField(name):
            event = getattr(told, name)
            if event.HasField("delay"):
                return float(event.delay)
            if event.HasField("time") and planned is not None:
                return float(event.time) - planned.timestamp()
    return before


def _planned(
    update: Any, order: pd.DataFrame, plan: Timetable, stated: pd.Timestamp
) -> list[pd.Timestamp] | None:
    """Return the planned departures, on the stated day of service or the nearest one."""
    if update.trip.start_date:
        days = [update.trip.start_date]
    else:
        local = stated.tz_convert(plan.zone)
        days = [(local - pd.Timedelta(days=back)).strftime("%Y%m%d") for back in (0, 1)]
    best: tuple[pd.Timedelta, list[pd.Timestamp]] | None = None
    for day in days:
        if update.trip.trip_id not in plan.trips.get(day, frozenset()):
            continue
        # Times count from noon less twelve hours, so that a night of 23 hours changes nothing.
        noon = pd.Timestamp(f"{day}T12:00").tz_localize(plan.zone)
        begin = noon - pd.Timedelta(hours=12)
        times = [begin + pd.Timedelta(seconds=s) for s in order["second"].fillna(0.0)]
        away = min(abs(t - stated) for t in times)
        if best is None or away < best[0]:
            best = away, times
    return None if best is None else best[1]


def _batch(
    feed: TimetableFeed,
    plan: Timetable,
    rows: list[tuple[str, pd.Timestamp, float]],
    stated: pd.Timestamp,
    problems: list[Problem],
) -> Batch:
    table = pd.DataFrame(rows, columns=["station", "time", "delay"])
    streams = {
        id_: station_stream(feed, str(id_), plan.stations.loc[id_], "delay", 0)
        for id_ in table["station"].unique()
    }
    if table.empty:
        frame = observations([], pd.DatetimeIndex([], tz="UTC"), [])
        return Batch(frame, [], problems)
    # Several lines may leave a station in the same minute: one value, their mean.
    means = table.groupby(["station", "time"], as_index=False)["delay"].mean()
    frame = observations(
        [streams[id_].id for id_ in means["station"]],
        pd.DatetimeIndex(means["time"]),
        means["delay"].to_numpy(),
        result_time=stated,
    )
    return Batch(frame, list(streams.values()), problems)
