"""What the ingest must ask for regularly, of the simulated city or of the providers."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx

from stadtlabor.city import City
from stadtlabor.settings import Settings
from stadtlabor.sources import dwd_station, hystreet
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.asking_polls import feed_polls
from stadtlabor.sources.delivery import Poll, Request

__all__ = ["HystreetCounters", "RadarFolder", "StationFiles", "polls"]

TOKEN = "STADTLABOR_HYSTREET_TOKEN"  # noqa: S105 - the variable's name, not a token
HISTORY = timedelta(days=90)
RADAR_HISTORY = timedelta(hours=2)
# DWD delivers late or out of order now and then. A file that was not changed is not sent again.
OVERLAP = timedelta(minutes=15)

STAMPS = (
    (re.compile(r'href="(raa01-\w\w_10000-(\d{10})-dwd---bin(?:\.bz2|\.gz)?)"'), "%y%m%d%H%M"),
    (re.compile(r'href="(composite_rv_(\d{8}_\d{4})\.tar)"'), "%Y%m%d_%H%M"),
)


class HystreetCounters:
    """Asks for the hours since the last kept answer, at first for 90 days.

    Parameters
    ----------
    locations, token, base
        As for :func:`stadtlabor.sources.hystreet.locate`.
    memory
        Where the last kept answers stand; None: the last question of this object counts.
    """

    def __init__(
        self, locations: list[int], token: str, base: str, memory: Memory | None = None
    ) -> None:
        self._locations, self._token, self._base = locations, token, base
        self._memory = memory
        self._asked: datetime | None = None

    def __call__(self, now: datetime) -> list[Request]:
        """Return one request per location."""
        requests = [self._request(number, now) for number in self._locations]
        self._asked = now
        return requests

    def _request(self, number: int, now: datetime) -> Request:
        key, last = f"hystreet/{number}", self._asked
        if self._memory is not None:
            told = self._memory.mark(key)
            last = datetime.fromisoformat(told) if told else None
        # Live values may change until they are verified, so each question reaches back two days.
        start = now - HISTORY if last is None else max(last - timedelta(days=2), now - HISTORY)
        asked = hystreet.locate(number, start, now, self._token, self._base)
        return replace(asked, mark=(key, now.isoformat()), checked=True)


class RadarFolder:
    """Looks into DWD's folder of latest files and asks for the new ones."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._newest: datetime | None = None

    def __call__(self, now: datetime) -> list[Request]:
        """Return one request per new file, oldest first; raises the errors of httpx."""
        page = httpx.get(self._url, timeout=30, follow_redirects=True).raise_for_status().text
        files = [
            (datetime.strptime(stamp, form).replace(tzinfo=UTC), name)
            for pattern, form in STAMPS
            for name, stamp in pattern.findall(page)
        ]
        start = now - RADAR_HISTORY if self._newest is None else self._newest - OVERLAP
        fresh = sorted({(t, name) for t, name in files if t > start})
        if fresh:
            self._newest = max(self._newest or fresh[-1][0], fresh[-1][0])
        return [Request("dwd-radar", self._url + name) for _, name in fresh]


class StationFiles:
    """Asks for the current archives of one weather station."""

    def __init__(self, station: str, files: tuple[str, ...], base: str) -> None:
        self._station, self._files, self._base = station, files, base

    def __call__(self, now: datetime) -> list[Request]:
        """Return one request per archive."""
        return [dwd_station.locate(self._station, file, self._base) for file in self._files]


def polls(city: City, settings: Settings, memory: Memory | None = None) -> list[Poll]:
    """Return what to ask for, and how often.

    Parameters
    ----------
    city
        Names counters, station and radar product.
    settings
        ``sources`` decides per provider between the simulated city and the provider itself.
    memory
        Where the open services go on after a restart; None: nothing outlives this process.
    """
    simulated = f"http://127.0.0.1:{settings.simulation.port}"
    bases = {"simulated": simulated if settings.simulation.enabled else None}
    # Its libraries take 40 MB, which only the ingest needs.
    from stadtlabor.sources import dwd_radar

    at_hystreet = {**bases, "live": hystreet.BASE}[settings.sources.hystreet]
    at_dwd = {**bases, "live": dwd_radar.BASE}[settings.sources.dwd]
    station = city.weather.station.id
    locations = [c.hystreet_id for c in city.counters if c.hystreet_id is not None]
    found: list[Poll] = []
    memory = memory or Memory(None)
    # Where neither provider nor simulated city is wanted, nobody is asked.
    if at_dwd:
        radar = RadarFolder(dwd_radar.listing(city.rain.product, at_dwd))
        current = StationFiles(station, dwd_station.CURRENT, at_dwd)
        recent = StationFiles(station, dwd_station.RECENT, at_dwd)
        found += [
            Poll("Regenradar des DWD", 60, radar),
            Poll("Wetterstation, 10 Minuten", 600, current),
            Poll("Wetterstation, Stunden und Tage", 6 * 3600, recent),
        ]
    if at_hystreet and locations:
        token = os.environ.get(TOKEN, "")
        counters = HystreetCounters(locations, token, at_hystreet, memory)
        found.append(Poll("Passantenzähler", 900, counters))
    return found + _networks(city, settings, memory) + feed_polls(city, settings, memory)


def _networks(city: City, settings: Settings, memory: Memory) -> list[Poll]:
    """Return the polls of stored uplinks and of other people's SensorThings servers."""
    found: list[Poll] = []
    stack = city.things_stack
    if stack and settings.sources.things_stack == "live":
        from stadtlabor.sources.tts_storage import KEY, StoredUplinks

        key = os.environ.get(KEY, "")
        stored = StoredUplinks(stack.server, stack.application, key, stack.kept_h)
        found.append(Poll("Speicher von The Things Stack", 900, stored))
    if settings.sources.sensorthings == "live":
        from stadtlabor.sources.sensorthings import ServerWalk

        for server in city.sensorthings:
            walk = ServerWalk(server, memory)
            found.append(Poll(f"SensorThings: {server.name}", server.every_s, walk))
    return found
