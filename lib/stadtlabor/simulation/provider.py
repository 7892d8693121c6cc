"""The providers of the simulated city, in the address layout of the real ones.

Whoever can ask hystreet and the German weather service can ask here; only the host differs.
Every answer says that it is simulated, in the way its format allows.
"""

from __future__ import annotations

import bz2
import json
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from stadtlabor.city import City
from stadtlabor.simulation.footfall import Street
from stadtlabor.simulation.rain import Sky
from stadtlabor.simulation.station import Instruments
from stadtlabor.sources import dwd_station
from stadtlabor.sources.radolan import write_radolan
from stadtlabor.sources.server import Answer, index_page

__all__ = ["Provider"]

RADAR_HOURS = 2
RADAR = re.compile(r"/weather/radar/radolan/(yw|ry)/(?:raa01-\1_10000-(\d{10})-dwd---bin\.bz2)?")
LOCATION = re.compile(r"/v2/locations/(\d+)")


class Provider:
    """Answers questions by their path.

    Parameters
    ----------
    city
        Counters, station and place.
    seed
        Of the installation.
    """

    def __init__(self, city: City, seed: int) -> None:
        self._city = city
        self._sky = Sky(city, seed)
        self._street = Street(city, seed, self._sky)
        self._instruments = Instruments(city.weather.station, seed, self._sky)
        self._radar = lru_cache(maxsize=64)(self._radar_file)

    def answer(self, target: str, now: datetime) -> Answer | None:
        """Return the page of a path with query, or None where there is none.

        Raises
        ------
        ValueError
            If the query is not understood.
        """
        url = urlsplit(target)
        if radar := RADAR.fullmatch(url.path):
            return self._radar_answer(radar[1], radar[2], now)
        if location := LOCATION.fullmatch(url.path):
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            return self._counts(int(location[1]), query, now)
        if url.path.startswith(dwd_station.FOLDER):
            body = self._instruments.archive(url.path.removeprefix(dwd_station.FOLDER), now)
            return None if body is None else ("application/zip", body, now)
        return None

    def _radar_answer(self, product: str, stamp: str | None, now: datetime) -> Answer | None:
        newest = now.replace(minute=now.minute - now.minute % 5, second=0, microsecond=0)
        ends = [newest - timedelta(minutes=5 * n) for n in range(RADAR_HOURS * 12)]
        if stamp is None:
            names = [f"raa01-{product}_10000-{end:%y%m%d%H%M}-dwd---bin.bz2" for end in ends]
            page = index_page(f"/weather/radar/radolan/{product}/", sorted(names))
            return "text/html; charset=utf-8", page, newest
        end = datetime.strptime(stamp, "%y%m%d%H%M").replace(tzinfo=UTC)
        if end not in ends:
            return None
        return "application/x-bzip2", self._radar(product, end), end

    def _radar_file(self, product: str, end: datetime) -> bytes:
        # Level 1: three times as fast on these mostly empty fields, and hardly larger.
        return bz2.compress(write_radolan(self._sky.field(end, product.upper())), 1)

    def _counts(self, location: int, query: dict[str, str], now: datetime) -> Answer | None:
        counter = next((c for c in self._city.counters if c.hystreet_id == location), None)
        if counter is None:
            return None
        if query.get("resolution", "hour") != "hour":
            raise ValueError("resolution must be hour")
        start = datetime.fromisoformat(query["from"]).astimezone(UTC)
        end = min(datetime.fromisoformat(query["to"]).astimezone(UTC), now)
        first, last = (int(t.timestamp() // 86_400) for t in (start, end))
        measurements: list[dict[str, Any]] = []
        for day in range(first, last + 1):
            for hour, count in enumerate(self._street.hours(counter.id, day)):
                moment = datetime.fromtimestamp(day * 86_400 + hour * 3600, UTC)
                if count is None or moment < start or moment + timedelta(hours=1) > end:
                    continue
                measurements.append(
                    {
                        "timestamp": moment.isoformat(),
                        "pedestrians_count": count,
                        "unverified": 0,
                    }
                )
        body = {
            "id": location,
            "name": counter.name,
            "city": self._city.city.short_name,
            "metadata": {
                "measured_from": start.isoformat(),
                "measured_to": end.isoformat(),
                "resolution": "hour",
                "simulated": True,
            },
            "statistics": {"timerange_count": sum(m["pedestrians_count"] for m in measurements)},
            "measurements": measurements,
        }
        return "application/json", json.dumps(body).encode(), now
