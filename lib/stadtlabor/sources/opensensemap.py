"""Sensor boxes of citizens and schools on openSenseMap, those that stand outdoors and stay there.

Documented in the interface's own description (docs.opensensemap.org, "getDataMulti"):
``/boxes/data?bbox=&phenomenon=&exposure=&from-date=&to-date=&columns=&format=csv`` gives a
phenomenon of all boxes in a window, at most a month at a time, with unit, position and exposure in
each row, so an answer can be read without another one. A single sensor's interface gives at most
10,000 rows; an answer of that length is taken to be cut off.

Boxes that people carry (``mobile``) trace where they live and go, those in flats (``indoor``) when
they are at home: neither is asked for, and rows that come nevertheless are refused with the reason.
Names of boxes often hold the owner's, so they are not asked for either, and positions are rounded
to about 100 m: a balcony need not be found.
Owners upload late, now and then for days, and nobody promises completeness: each question reaches
back two days, and no watermark is stated.
"""

from __future__ import annotations

import io
import tomllib
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pandas as pd

from stadtlabor.city import BoundingBox
from stadtlabor.feeds import OpenSenseMapFeed
from stadtlabor.observations import Batch, Datastream, Problem, Quality, observations
from stadtlabor.sources.asking import DriftError
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import SourceError

__all__ = ["BASE", "DATASET", "Boxes", "parse", "phenomena"]

BASE = "https://api.opensensemap.org"
DATASET = "citizen-sensors"
SOURCE = "openSenseMap, Messwerte von Bürgerinnen und Bürgern, ungeprüft"
LICENCE = "PDDL 1.0"
COLUMNS = (
    "sensorId", "createdAt", "value", "lat", "lon", "boxId", "exposure", "phenomenon", "unit",
)  # fmt: skip
HISTORY = timedelta(days=28)
OVERLAP = timedelta(days=2)
STEP = timedelta(days=7)
MOST_ROWS = 10_000
STILL = 0.002
"""A box that moves further than this (degrees, about 200 m) within an answer is carried."""
REASONS = {
    "mobile": "Die Box wird getragen. Ihr Weg zeigt, wo ein Mensch wohnt und geht",
    "indoor": "Die Box steht in einem Raum. Ihre Werte zeigen, wann jemand da ist",
}


@cache
def phenomena() -> dict[str, dict[str, Any]]:
    """Return what each title means (``opensensemap.toml``)."""
    text = files("stadtlabor.sources").joinpath("opensensemap.toml").read_text("utf-8")
    return {row["title"]: row for row in tomllib.loads(text)["phenomenon"]}


class Boxes:
    """Asks for each phenomenon since the last kept answer, at first for four weeks."""

    def __init__(
        self, feed: OpenSenseMapFeed, window: BoundingBox, memory: Memory, base: str = BASE
    ) -> None:
        self._feed, self._window, self._memory, self._base = feed, window, memory, base

    def __call__(self, now: datetime) -> list[Request]:
        """Return one request per phenomenon and week, oldest first; raises SourceError."""
        box = self._window
        requests = []
        for title in self._feed.phenomena:
            if title not in phenomena():
                raise SourceError(
                    f"openSenseMap: „{title}“ ist nicht bekannt. Bekannt sind "
                    f"{', '.join(phenomena())} (sources/opensensemap.toml)."
                )
            key = f"opensensemap/{title}"
            told = self._memory.mark(key)
            start = now - HISTORY if told is None else datetime.fromisoformat(told) - OVERLAP
            start = max(start, now - HISTORY)
            while start < now:
                end = min(start + STEP, now)
                query = {
                    "bbox": f"{box.west},{box.south},{box.east},{box.north}",
                    "phenomenon": title,
                    "exposure": "outdoor",
                    "from-date": f"{start:%Y-%m-%dT%H:%M:%SZ}",
                    "to-date": f"{end:%Y-%m-%dT%H:%M:%SZ}",
                    "columns": ",".join(COLUMNS),
                    "format": "csv",
                    "download": "false",
                }
                requests.append(
                    Request(
                        "opensensemap-csv",
                        f"{self._base}/boxes/data?{urlencode(query)}",
                        mark=(key, end.isoformat(timespec="seconds")),
                        checked=True,
                    )
                )
                start = end
        return requests


def parse(delivery: Delivery) -> Batch:
    """Read an answer of ``/boxes/data``.

    Raises
    ------
    SourceError
        In German, if it is not such a table.
    """
    where = f"openSenseMap, {_title(delivery.name)}"
    if not delivery.body.strip():
        raise DriftError(f"{where}: Die Antwort ist leer, auch ohne Kopfzeile.")
    try:
        table = pd.read_csv(io.BytesIO(delivery.body), dtype="str", keep_default_na=False)
    except (ValueError, UnicodeDecodeError) as error:
        raise DriftError(f"{where}: Die Antwort ist keine Tabelle.") from error
    if lacking := [c for c in COLUMNS if c not in table.columns]:
        raise DriftError(
            f"{where}: Die Spalten {', '.join(lacking)} fehlen. Der Anbieter hat die Form seiner "
            "Daten wohl geändert. Die letzten guten Daten bleiben stehen."
        )
    problems: list[Problem] = []
    if len(table) >= MOST_ROWS:
        problems.append(
            Problem(
                where,
                f"Die Antwort hat {len(table)} Zeilen und ist wohl abgeschnitten",
                "Bitte weniger Messgrößen oder ein kleineres Gebiet wählen",
            )
        )
    table = _stationary(table, where, problems)
    frames, streams = [], []
    for (box, sensor), rows in table.groupby(["boxId", "sensorId"], sort=False):
        found = _sensor(str(box), str(sensor), rows, delivery, where, problems)
        if found is not None:
            streams.append(found[0])
            frames.append(found[1])
    if not frames:
        frames = [observations([], pd.DatetimeIndex([], tz="UTC"), [])]
    return Batch(pd.concat(frames, ignore_index=True), streams, problems)


def _title(url: str) -> str:
    return parse_qs(urlsplit(url).query).get("phenomenon", ["Antwort"])[0]


def _stationary(table: pd.DataFrame, where: str, problems: list[Problem]) -> pd.DataFrame:
    """Leave out traces of persons; the problem names no box, for that would be one too."""
    for exposure, rows in table.groupby("exposure"):
        if exposure != "outdoor":
            reason = REASONS.get(str(exposure), "Es ist nicht bekannt, wo die Box steht")
            problems.append(
                Problem(
                    where,
                    f"{reason}. {len(rows)} Werte wurden nicht gespeichert",
                    "Es ist nichts zu tun",
                )
            )
    kept = table[table["exposure"] == "outdoor"]
    # A box that stands still has one position; one that moves is a trace whatever it says it is.
    degrees = kept[["lat", "lon"]].apply(pd.to_numeric, errors="coerce").astype("float64")
    spots = degrees.groupby(kept["boxId"])
    moved = ((spots.max() - spots.min()) > STILL).any(axis=1)
    moving = moved.index[moved]
    if len(moving):
        count = int(kept["boxId"].isin(moving).sum())
        problems.append(
            Problem(
                where,
                f"Boxen haben den Ort gewechselt. {count} Werte wurden nicht gespeichert",
                "Es ist nichts zu tun",
            )
        )
    return kept[~kept["boxId"].isin(moving)]


def _sensor(
    box: str,
    sensor: str,
    rows: pd.DataFrame,
    delivery: Delivery,
    where: str,
    problems: list[Problem],
) -> tuple[Datastream, pd.DataFrame] | None:
    first = rows.iloc[0]
    name = f"Bürgerstation {box[-4:].lower()}"
    spot = f"{where}, {name}"
    meaning = phenomena().get(first["phenomenon"])
    if meaning is None or first["unit"].strip() not in meaning["units"]:
        problems.append(
            Problem(
                spot,
                f"„{first['phenomenon']}“ in „{first['unit']}“ ist nicht bekannt",
                "Die Werte wurden ausgelassen",
            )
        )
        return None
    times = pd.to_datetime(rows["createdAt"], utc=True, errors="coerce", format="ISO8601")
    values = pd.to_numeric(rows["value"], errors="coerce").to_numpy(dtype="float64")
    if meaning["what"] == "pressure" and first["unit"].strip() == "Pa":
        values = values / 100.0
    good = np.isfinite(values) & times.notna().to_numpy()
    good &= (times <= pd.Timestamp(delivery.received_at) + pd.Timedelta(hours=1)).to_numpy()
    if bad := int((~good).sum()):
        problems.append(
            Problem(spot, f"{bad} Werte oder Zeiten sind nicht lesbar", "Sie wurden ausgelassen")
        )
    if not good.any():
        return None
    suspect = (values < meaning["low"]) | (values > meaning["high"])
    stream = Datastream(
        id=f"{DATASET}/{box.lower()}/{meaning['what']}-{sensor.lower()[-8:]}",
        name=f"{meaning['title']}, {name}",
        observed_property=meaning["property"],
        unit=meaning["unit"],
        interval_s=0,
        source=SOURCE,
        licence=LICENCE,
        thing_name=name,
        lat=_degrees(first["lat"]),
        lon=_degrees(first["lon"]),
    )
    frame = observations(
        stream.id,
        pd.DatetimeIndex(times[good]),
        values[good],
        # Nobody checks these; what is impossible is marked, all else is preliminary for ever.
        (int(Quality.PRELIMINARY) | suspect * int(Quality.SUSPECT))[good],
        pd.Timestamp(delivery.received_at),
    )
    return stream, frame


def _degrees(text: str) -> float | None:
    number = pd.to_numeric(text, errors="coerce")
    return None if pd.isna(number) else round(float(number), 3)
