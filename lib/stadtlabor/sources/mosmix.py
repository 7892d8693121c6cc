"""MOSMIX point forecasts of the German weather service, every run kept with its time of issue.

One KMZ file per station and run lies below ``weather/local_forecasts/mos/MOSMIX_L`` on
opendata.dwd.de: a KML with ``IssueTime``, ``ForecastTimeSteps`` (247 hours) and, per element, a row
of values with ``-`` for none. Form: DWD, "Erklärungen zu MOSMIX-KML" and ``mosmix_elemente.pdf``.

A series of the store holds one value per time, so the runs of one hour of the day and one day of
lead make a series of their own: ``weather-forecast/10946/temperature-l03-d0`` is what the runs of
03 UTC said about their first 24 hours. No run ever overwrites another, and ``result_time`` is its
issue. :mod:`stadtlabor.sources.mosmix_archive` puts together what was known when.

MOSMIX_S comes every hour, but only as one file of all stations (36 MB), so it is not asked for.
``wetterdienst`` reads these files too, but only those that it fetches itself; a test compares.
"""

from __future__ import annotations

import io
import re
import tomllib
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import IO, Any

import numpy as np
import pandas as pd
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from stadtlabor.observations import Batch, Datastream, Problem, observations
from stadtlabor.sources.asking import DriftError
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import Fetcher, SourceError, look
from stadtlabor.sources.table import plain_name

__all__ = ["BASE", "DATASET", "Runs", "folder", "parse", "read", "rules"]

BASE = "https://opendata.dwd.de"
DATASET = "weather-forecast"
SOURCE = "Deutscher Wetterdienst, MOSMIX"
LICENCE = "CC BY 4.0"
DWD = "{https://opendata.dwd.de/weather/lib/pointforecast_dwd_extension_V1_0.xsd}"
KML = "{http://www.opengis.net/kml/2.2}"
RUN = re.compile(r'href="(MOSMIX_L_(\d{10})_\w+\.kmz)"')
MOST_BYTES = 64 * 2**20
HOUR = pd.Timedelta(hours=1)
DAY = pd.Timedelta(days=1)


@cache
def rules() -> dict[str, Any]:
    """Return the elements and the usual delay of a run (``mosmix.toml``)."""
    text = files("stadtlabor.sources").joinpath("mosmix.toml").read_text("utf-8")
    return tomllib.loads(text)


def folder(station: str, base: str = BASE) -> str:
    """Return the address of the directory with the runs of the last two days."""
    return f"{base}/weather/local_forecasts/mos/MOSMIX_L/single_stations/{station}/kml/"


class Runs:
    """Asks for every run of a station that is not here yet, also for those missed meanwhile."""

    def __init__(self, station: str, memory: Memory, base: str = BASE) -> None:
        self._url, self._station, self._memory = folder(station, base), station, memory

    def __call__(self, now: datetime) -> list[Request]:
        """Return one request per new run, oldest first; raises SourceError."""
        page = look(self._url).decode("utf-8", "replace")
        runs = sorted({(stamp, name) for name, stamp in RUN.findall(page)})
        if not runs:
            raise DriftError(
                f"{self._url}: Das Verzeichnis nennt keinen Lauf von MOSMIX. "
                "Bitte die Kennung der Station prüfen."
            )
        return [
            Request("dwd-mosmix", self._url + name, mark=(self._mark(stamp), name), checked=True)
            for stamp, name in runs
            if self._memory.mark(self._mark(stamp)) is None
        ]

    def _mark(self, stamp: str) -> str:
        return f"mosmix/{self._station}/{stamp}"


def read(station: str, base: str = BASE) -> Batch:
    """Fetch and parse the newest run of a station.

    Raises
    ------
    SourceError
        In German, if it cannot be fetched or understood.
    """
    with Fetcher() as fetcher:
        newest = Runs(station, Memory(None), base)(datetime.now().astimezone())[-1]
        delivery = fetcher.fetch(newest)
    if delivery is None:  # cannot happen on a fresh connection, but the type allows it
        raise SourceError(f"{base} hat keine Daten geliefert.")
    return parse(delivery)


def parse(delivery: Delivery) -> Batch:
    """Read one run; all its stations if there are several.

    Raises
    ------
    SourceError
        If the archive is damaged or is no MOSMIX run.
    """
    name = plain_name(delivery.name)
    try:
        with zipfile.ZipFile(io.BytesIO(delivery.body)) as archive:
            member = next((m for m in archive.infolist() if m.filename.endswith(".kml")), None)
            if member is None or member.file_size > MOST_BYTES:
                raise DriftError(f"{name}: Das Archiv enthält keine Vorhersage für einzelne Orte.")
            with archive.open(member) as file:
                run = _run(file, name)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
        raise SourceError(f"{name}: Das Archiv ist beschädigt. Bitte neu laden.") from error
    except (ET.ParseError, DefusedXmlException) as error:
        raise SourceError(f"{name}: Die Vorhersage ist kein gültiges XML.") from error
    return _batch(run, delivery, name)


@dataclass
class _Place:
    id: str
    name: str = ""
    lat: float | None = None
    lon: float | None = None
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class _Run:
    issue: pd.Timestamp
    steps: pd.DatetimeIndex
    none: str
    places: list[_Place]


def _run(file: IO[bytes], name: str) -> _Run:
    issue, none = "", "-"
    steps: list[str] = []
    places: list[_Place] = []
    for _, node in iterparse(file):
        if node.tag == f"{DWD}ProductDefinition":
            issue = node.findtext(f"{DWD}IssueTime") or ""
            steps = [step.text or "" for step in node.iter(f"{DWD}TimeStep")]
            none = node.findtext(f"{DWD}FormatCfg/{DWD}DefaultUndefSign") or none
        elif node.tag == f"{KML}Placemark":
            places.append(_place(node))
            node.clear()
    try:
        issued = pd.Timestamp(issue)
        times = pd.DatetimeIndex(pd.to_datetime(steps, utc=True))
    except ValueError as error:
        raise DriftError(f"{name}: Die Zeiten der Vorhersage sind nicht lesbar.") from error
    if pd.isna(issued) or issued.tzinfo is None or times.empty or not places:
        raise DriftError(
            f"{name}: Ausgabezeit, Zeitschritte oder Ort fehlen. Das ist keine Vorhersage von "
            "MOSMIX, wie sie hier gelesen wird."
        )
    return _Run(issued.tz_convert("UTC"), times, none, places)


def _place(node: ET.Element) -> _Place:
    place = _Place(
        (node.findtext(f"{KML}name") or "").strip(),
        (node.findtext(f"{KML}description") or "").strip(),
    )
    told = (node.findtext(f"{KML}Point/{KML}coordinates") or "").split(",")
    if len(told) >= 2:
        place.lon, place.lat = float(told[0]), float(told[1])
    for forecast in node.iter(f"{DWD}Forecast"):
        element = forecast.get(f"{DWD}elementName") or ""
        place.values[element] = forecast.findtext(f"{DWD}value") or ""
    return place


def _batch(run: _Run, delivery: Delivery, name: str) -> Batch:
    frames: list[pd.DataFrame] = []
    streams: list[Datastream] = []
    problems: list[Problem] = []
    found = 0
    for place in run.places:
        if not re.fullmatch(r"[A-Z0-9]{4,5}", place.id):
            raise DriftError(f"{name}: „{place.id}“ ist keine Kennung einer MOSMIX-Station.")
        for element in rules()["element"]:
            if element["name"] not in place.values:
                where = f"{name}, Element {element['name']}"
                problems.append(Problem(where, "Das Element fehlt", "Die anderen bleiben"))
                continue
            values = _numbers(place.values[element["name"]], run, f"{name}, {element['name']}")
            found += 1
            for stream, times, numbers in _series(run, place, element, values):
                frames.append(observations(stream.id, times, numbers, result_time=run.issue))
                streams.append(stream)
        frames.append(_delay(run, place, delivery, streams))
    if not found:
        raise DriftError(f"{name}: Keines der erwarteten Elemente (TTT, RR1c …) ist enthalten.")
    return Batch(pd.concat(frames, ignore_index=True), streams, problems)


def _numbers(text: str, run: _Run, where: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    words = text.split()
    if len(words) != len(run.steps):
        raise DriftError(f"{where}: {len(words)} Werte für {len(run.steps)} Zeitschritte.")
    try:
        return np.array([np.nan if word == run.none else float(word) for word in words])
    except ValueError as error:
        raise DriftError(f"{where}: Ein Wert ist keine Zahl.") from error


def _series(
    run: _Run, place: _Place, element: dict[str, Any], values: np.ndarray[Any, Any]
) -> Iterator[tuple[Datastream, pd.DatetimeIndex, np.ndarray[Any, Any]]]:
    """Yield a run's values of one element, a series per day of lead."""
    interval = pd.Timedelta(seconds=element["interval_s"])
    lead = np.asarray((run.steps - run.issue) // DAY)
    good = np.isfinite(values)
    for day in np.unique(lead[good]):
        chosen = good & (lead == day)
        stream = Datastream(
            id=f"{DATASET}/{place.id.lower()}/{element['what']}-l{run.issue:%H}-d{day}",
            name=f"{element['german']}, Vorhersage von {run.issue:%H} Uhr UTC, Tag {day + 1}, "
            f"{place.name.title()}",
            observed_property=f"{element['property']}_forecast",
            unit=element["unit"],
            interval_s=element["interval_s"],
            source=SOURCE,
            licence=LICENCE,
            thing_name=f"Vorhersage {place.name.title()}",
            area=place.name.title(),
            lat=place.lat,
            lon=place.lon,
        )
        # The file states the end of an interval, an observation its start.
        yield (
            stream,
            run.steps[chosen] - interval,
            values[chosen] * element["scale"] + element["offset"],
        )


def _delay(run: _Run, place: _Place, delivery: Delivery, streams: list[Datastream]) -> pd.DataFrame:
    """Note when this run could first be read, so that no backtest sees it earlier."""
    stream = Datastream(
        id=f"{DATASET}/{place.id.lower()}/delay-l{run.issue:%H}",
        name=f"Zeit von der Ausgabe bis zum Eingang, Läufe von {run.issue:%H} Uhr UTC, "
        f"{place.name.title()}",
        observed_property="forecast_delay",
        unit="min",
        interval_s=0,
        source="Stadtlabor",
        licence=LICENCE,
        thing_name=f"Vorhersage {place.name.title()}",
        area=place.name.title(),
        lat=place.lat,
        lon=place.lon,
    )
    streams.append(stream)
    received = pd.Timestamp(delivery.received_at)
    minutes = (received - run.issue) / pd.Timedelta(minutes=1)
    return observations(stream.id, [run.issue], [minutes], result_time=received)
