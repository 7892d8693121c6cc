"""The weather service's own list of stations: fetched once, kept, and read.

Source: DWD open data, ``KL_Tageswerte_Beschreibung_Stationen.txt``: two head lines, then one line
per station with id, first and last day, elevation, latitude, longitude, name, state and, in newer
lists, who may have the data. Encoding latin-1.
"""

from __future__ import annotations

import re
from pathlib import Path

from stadtlabor.blueprint.facts import Station, states
from stadtlabor.sources.delivery import Request
from stadtlabor.sources.dwd_station import BASE, FOLDER
from stadtlabor.sources.http import Fetcher, SourceError

__all__ = ["FILE", "fetch", "parse"]

FILE = "KL_Tageswerte_Beschreibung_Stationen.txt"
LINE = re.compile(
    r"\s*(\d{1,5})\s+(\d{8})\s+(\d{8})\s+(-?\d+)\s+(-?\d+\.\d+)\s+(-?\d+\.\d+)\s+(.+?)\s*$"
)
LATE_DAYS = 60
"""A station whose last day is this far behind the newest of the list is closed."""


def fetch(keep: Path, base: str = BASE) -> tuple[Station, ...]:
    """Fetch the list, keep it under ``keep`` and return the stations that are in operation.

    Raises
    ------
    SourceError
        In German, if it cannot be fetched or understood.
    """
    with Fetcher(timeout_s=10) as fetcher:
        delivery = fetcher.fetch(Request("dwd-stations", f"{base}{FOLDER}daily/kl/recent/{FILE}"))
    if delivery is None:
        raise SourceError(f"{base} hat keine Stationsliste geliefert.")
    found = parse(delivery.body.decode("latin-1"))
    keep.mkdir(parents=True, exist_ok=True)
    (keep / FILE).write_bytes(delivery.body)
    return found


def parse(text: str) -> tuple[Station, ...]:
    """Return the stations of a list that are in operation.

    Raises
    ------
    SourceError
        In German, if this is no such list.
    """
    signs = {state.name: state.sign for state in states().values()}
    rows: list[tuple[str, Station]] = []
    for line in text.splitlines():
        found = LINE.match(line)
        if not found:
            continue
        number, _, last, elevation, lat, lon, rest = found.groups()
        split = re.match(r"(.+?)\s+(" + "|".join(signs) + r")(\s+\S+)?$", rest)
        if not split:
            continue
        rows.append(
            (last, Station(number.zfill(5), split[1].strip(), signs[split[2]], float(lat),
                           float(lon), float(elevation)))
        )  # fmt: skip
    if not rows:
        raise SourceError(f"{FILE}: Darin steht keine Station. Bitte die Datei ansehen.")
    newest = max(_days(last) for last, _ in rows)
    return tuple(station for last, station in rows if newest - _days(last) <= LATE_DAYS)


def _days(stamp: str) -> int:
    """Return a day number that is good enough to tell months."""
    return int(stamp[:4]) * 365 + int(stamp[4:6]) * 30 + int(stamp[6:])
