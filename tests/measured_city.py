"""A real store behind a real server: a year of quarter hours, gauges, a bed without a place."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import uvicorn
from fastapi import FastAPI

from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.sensorthings import places, sensorthings
from stadtlabor.store import Store
from stadtlabor.web.origin import origin

YEAR = pd.date_range("2025-01-01", "2026-01-01", freq="15min", inclusive="left", tz="UTC")
HOURS = pd.date_range("2026-11-01", periods=240, freq="h", tz="UTC")
SIMULATED = {"source": "Simulierte Stadt, kein echter Sensor", "licence": "dl-de/by-2-0"}
STATION = Datastream(
    "weather/02559/temperature",
    "Lufttemperatur, Kempten",
    "air_temperature",
    "°C",
    900,
    "Deutscher Wetterdienst",
    "GeoNutzV",
    thing_name="Wetterstation Kempten",
    area="Kempten",
    lat=47.7233,
    lon=10.3348,
)
GAUGES = [
    Datastream(
        f"rain-gauge/{thing}/rain",
        f"Niederschlag, {name}",
        "precipitation",
        "mm",
        3600,
        simulated=True,
        thing_name=name,
        area="Kempten",
        lat=lat,
        lon=lon,
        **SIMULATED,
    )
    for thing, name, lat, lon in (
        ("regenschreiber-mitte", "Regenschreiber Mitte (erfunden)", 47.7252, 10.3158),
        ("regenschreiber-ost", "Regenschreiber Ost (erfunden)", 47.7284, 10.3137),
    )
]
COUNTER = Datastream(
    "footfall/fischerstrasse/live",
    "Passanten, Fischerstraße",
    "pedestrians",
    "1",
    900,
    simulated=True,
    thing_name="Fischerstraße (erfundener Zähler)",
    area="Kempten",
    lat=47.70,
    lon=10.30,
    **SIMULATED,
)
SCHOOL = Datastream(
    "school-energy/beispiel-gymnasium/electricity",
    "Strom, Beispiel-Gymnasium",
    "electricity",
    "kWh",
    900,
    "Schule",
    "nicht veröffentlicht",
    thing_name="Beispiel-Gymnasium (erfunden)",
    lat=47.7225,
    lon=10.3085,
)
HIDDEN = dataclasses.replace(STATION, id="geheim/keller/temperature", thing_name="Geheimkeller")
BED = Datastream(
    "soil/hochbeet/moisture",
    "Bodenfeuchte, Hochbeet",
    "soil_moisture",
    "%",
    0,
    thing_name="Hochbeet",
    simulated=True,
    **SIMULATED,
)


def fill(home: Path) -> None:
    """Write the store."""
    store = Store(home / "store")
    store.write(
        Batch(
            observations(
                STATION.id,
                YEAR,
                np.round(8 + 10 * np.sin(np.arange(len(YEAR)) / 96 / 58), 1),
                result_time=YEAR + pd.Timedelta(minutes=20),
            ),
            [STATION],
        )
    )
    store.seal("weather")
    for shift, gauge in enumerate(GAUGES):
        values = np.arange(len(HOURS)) % 24 * 10 + shift
        quality = np.where(np.arange(len(HOURS)) % 50 == 7, Quality.SUSPECT, 0) | Quality.SIMULATED
        store.write(Batch(observations(gauge.id, HOURS, values, quality), [gauge]))
    quarters = pd.date_range(HOURS[0], periods=4 * len(HOURS), freq="15min")
    counts = np.arange(len(quarters)) // 4 % 24  # four times the hour, in each hour
    store.write(Batch(observations(COUNTER.id, quarters, counts, 1), [COUNTER]))
    autumn = pd.date_range("2026-10-22T22:00Z", periods=4 * 24 * 4 + 4, freq="15min")
    store.write(Batch(observations(SCHOOL.id, autumn, 0.25), [SCHOOL]))
    store.write(Batch(observations(HIDDEN.id, HOURS[:5], 4711.0), [HIDDEN]))
    store.write(Batch(observations(BED.id, HOURS[:5], [31.5, 31, 30.5, 30, 29.5], 1), [BED]))
    store.close()


@contextmanager
def serving() -> Iterator[str]:
    """Serve the interfaces on a free port; yields scheme and host."""
    app = FastAPI()
    app.include_router(sensorthings(origin))
    app.include_router(places(origin))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
