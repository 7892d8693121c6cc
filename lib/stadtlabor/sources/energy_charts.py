"""Electricity prices, load and generation of energy-charts (Fraunhofer ISE), with their revisions.

Documented at api.energy-charts.info (OpenAPI): ``/price?bzn=&start=&end=`` answers
``{"license_info", "unix_seconds": […], "price": […], "unit", "deprecated"}``,
``/public_power?country=&start=&end=`` answers ``{"unix_seconds": […], "production_types":
[{"name", "data": […]}], "deprecated"}``; times are starts of intervals, empty values are null.
No key, a rate limit without a figure (answer 429). Values change for days without notice: each
question reaches back four days, and ``result_time`` is the time of the answer.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pandas as pd

from stadtlabor.feeds import EnergyChartsFeed
from stadtlabor.observations import Batch, Datastream, Problem, observations
from stadtlabor.sources.asking import DriftError, expect, grid_stretch
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.names import slug

__all__ = ["BASE", "DATASET", "Questions", "parse"]

BASE = "https://api.energy-charts.info"
DATASET = "electricity-market"
SOURCE = "Energy-Charts (Fraunhofer ISE), Preise: Bundesnetzagentur | SMARD.de"
LICENCE = "CC BY 4.0"
HISTORY = timedelta(days=90)
STEP = timedelta(days=30)
OVERLAP = timedelta(days=4)
AHEAD = timedelta(days=2)
MOSTLY = 0.9
PRICE_UNIT = re.compile(r"EUR\s*/\s*MWh")


@cache
def _production() -> dict[str, tuple[str, str, str, str]]:
    text = files("stadtlabor.sources").joinpath("energy_charts.toml").read_text("utf-8")
    return {name: tuple(told) for name, told in tomllib.loads(text)["production"].items()}


class Questions:
    """Asks for the days since the last kept answer, at first for 90 days, month by month."""

    def __init__(self, feed: EnergyChartsFeed, memory: Memory, base: str = BASE) -> None:
        self._memory, self._base = memory, base
        zone, country = feed.zone, feed.country
        self._about = [("price", {"bzn": zone})] if zone else []
        self._about += [("public_power", {"country": country})] if country else []

    def __call__(self, now: datetime) -> list[Request]:
        """Return one request per question and month, oldest first."""
        requests = []
        for path, chosen in self._about:
            key = f"energy-charts/{path}/{next(iter(chosen.values()))}"
            told = self._memory.mark(key)
            start = now - HISTORY if told is None else datetime.fromisoformat(told) - OVERLAP
            start = max(start, now - HISTORY)
            # Prices of the next day are known at noon; load and generation only afterwards.
            last = now + AHEAD if path == "price" else now
            while start < last:
                end = min(start + STEP, last)
                period = {"start": f"{start:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}"}
                requests.append(
                    Request(
                        "energy-charts-json",
                        f"{self._base}/{path}?{urlencode(chosen | period)}",
                        {"Accept": "application/json"},
                        # Not beyond now: what is ahead may be incomplete and is asked for again.
                        mark=(key, min(end, now).isoformat(timespec="seconds")),
                        checked=True,
                    )
                )
                start = end
        return requests


def parse(delivery: Delivery) -> Batch:
    """Read an answer of ``/price`` or ``/public_power``; its address says which and of whom.

    Raises
    ------
    SourceError
        In German, if the answer has another form.
    """
    parts = urlsplit(delivery.name)
    asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
    where = f"energy-charts, {parts.path.rsplit('/', 1)[-1] or 'Antwort'}"
    try:
        answer = expect(json.loads(delivery.body), ["unix_seconds"], where)
        times = pd.DatetimeIndex(pd.to_datetime(answer["unix_seconds"], unit="s", utc=True))
        if parts.path.endswith("/price"):
            columns = [_price(answer, where)]
        else:
            columns = _columns(answer, where)
        problems = _problems(answer, [name for name, *_ in columns], where)
        return _batch(times, columns, asked, delivery, problems, where)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise DriftError(f"{where}: Die Antwort hat nicht den erwarteten Aufbau.") from error


_Column = tuple[str, tuple[str, str, str, str] | None, list[Any]]


def _price(answer: Mapping[str, Any], where: str) -> _Column:
    expect(answer, ["price", "unit", "license_info"], where)
    if LICENCE not in str(answer["license_info"]):
        # Prices of some zones belong to the exchange; the provider says so in each answer.
        raise SourceError(
            f"{where}: Diese Preise stehen nicht unter {LICENCE} („{answer['license_info']}“). Sie "
            "werden nicht gespeichert; bitte in city.toml eine andere Gebotszone wählen."
        )
    if not PRICE_UNIT.fullmatch(str(answer["unit"])):
        raise DriftError(f"{where}: Die Einheit ist „{answer['unit']}“ statt „EUR / MWh“.")
    return "price", ("price", "electricity_price", "Börsenpreis", "€/MWh"), list(answer["price"])


def _columns(answer: Mapping[str, Any], where: str) -> list[_Column]:
    found: list[_Column] = []
    for row in expect(answer, ["production_types"], where)["production_types"]:
        name = str(expect(row, ["name", "data"], where)["name"])
        found.append((name, _production().get(name), list(row["data"])))
    if not any(meaning for _, meaning, _ in found):
        raise DriftError(f"{where}: Keine der erwarteten Reihen (Load, Solar …) ist enthalten.")
    return found


def _problems(answer: Mapping[str, Any], names: list[str], where: str) -> list[Problem]:
    problems = [
        Problem(where, f"Die Reihe „{name}“ ist neu", "Sie wird erst gelesen, wenn sie benannt ist")
        for name in names
        if name != "price" and name not in _production()
    ]
    if answer.get("deprecated"):
        problems.append(
            Problem(
                where,
                "Der Anbieter kündigt an, diese Abfrage abzuschalten",
                "Bitte dem Stadtlabor melden",
            )
        )
    return problems


def _batch(
    times: pd.DatetimeIndex,
    columns: list[_Column],
    asked: dict[str, str],
    delivery: Delivery,
    problems: list[Problem],
    where: str,
) -> Batch:
    gaps = np.diff(times.to_numpy()).astype("timedelta64[s]").astype("int64")
    if len(gaps) and gaps.min() <= 0:
        raise DriftError(f"{where}: Die Zeiten sind nicht aufsteigend.")
    interval_s = int(gaps.min()) if len(gaps) else 3600
    if len(gaps) and np.mean(gaps == interval_s) < MOSTLY:
        # Prices went from hours to quarter hours in 2025.
        raise DriftError(f"{where}: Die Antwort mischt Stunden und Viertelstunden.")
    ends = times + pd.Timedelta(seconds=interval_s)
    place = asked.get("bzn") or asked.get("country") or "unbekannt"
    frames, streams, complete = [], [], {}
    for _, meaning, data in columns:
        if meaning is None:
            continue
        if len(data) != len(times):
            raise DriftError(f"{where}: {len(data)} Werte für {len(times)} Zeiten.")
        what, observed, german, unit = meaning
        values = np.array([np.nan if v is None else float(v) for v in data], dtype="float64")
        present = np.isfinite(values)
        stream = Datastream(
            id=f"{DATASET}/energy-charts-{slug(place)}/{what}-{interval_s}",
            name=f"{german}, {place}",
            observed_property=observed,
            unit=unit,
            interval_s=interval_s,
            source=SOURCE,
            licence=LICENCE,
            thing_name=f"Strommarkt {place}",
            area=place,
        )
        streams.append(stream)
        stated = pd.Timestamp(delivery.received_at)
        frames.append(observations(stream.id, times[present], values[present], result_time=stated))
        stretch = grid_stretch(times, ends, present)
        if stretch is not None:
            complete[stream.id] = stretch
    if not frames:
        frames = [observations([], pd.DatetimeIndex([], tz="UTC"), [])]
    return Batch(pd.concat(frames, ignore_index=True), streams, problems, complete)
