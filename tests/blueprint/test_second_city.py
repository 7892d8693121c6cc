"""Two cities of other states, made as a person would: their name on every page, no other.

One is made, tried and started as its to-do list says, with real weather: ``new-city`` and the
running Stadtlabor ask the German weather service at its true address, and what answers are its own
files, recorded at the station that ``new-city`` finds (``weatherservice.py``). Of the other the
pages are asked in a process of its own: a name that slips in does so where a page is written, not
where processes are started.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pandas as pd
import pytest

from running import ROOT, start, wait_for
from walking import walk
from weatherservice import CLIMATE, PACKED, provider

PROGRAM = str(Path(sys.executable).with_name("stadtlabor"))
STATION = "Stuttgart (Schnarrenberg)"
SERIES = "weather/04928/air-temperature-10min"
DAY = {"reihe": SERIES, "von": "2026-09-14", "bis": "2026-09-15"}
# These lessons quote what one real school has published; see test_one_city.py.
QUOTED = re.compile(r"kompensation|ehrliche-differenz")


def new_city(folder: Path, *said: str, environment: dict[str, str] | None = None) -> str:
    """Make a city by the command and return what it said."""
    ended = subprocess.run(
        [PROGRAM, "new-city", *said, "--ordner", str(folder)],
        env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    return ended.stdout


def under_its_own_name(name: str, ags: str, found: dict[str, str], catalogue: str) -> None:
    assert f"municipalityKey/{ags}" in catalogue
    assert len(found) > 20
    assert name in found["/"]
    assert name in found["/daten"]
    strangers = {
        path: [line.strip()[:160] for line in text.splitlines() if "kempten" in line.lower()]
        for path, text in found.items()
        if not QUOTED.search(path)
    }
    assert {path: lines for path, lines in strangers.items() if lines} == {}


@pytest.mark.timeout(400)
def test_from_nothing_to_the_first_real_value(tmp_path: Path, empty_home: Path) -> None:
    folder, run, keys = tmp_path / "stuttgart", tmp_path / "run", tmp_path / "keys"
    run.mkdir()
    keys.mkdir()
    with provider(keys) as service:
        said = new_city(
            folder, "Stuttgart", "--ags", "08111000", "--lat", "48,776", "--lon", "9,183",
            environment=service.environment,
        )  # fmt: skip
        assert f"Wetterstation: {STATION} (04928), 5,9 km entfernt" in said
        assert "Stationsliste vom Deutschen Wetterdienst geholt" in said
        assert "Probe bestanden" in said
        assert f"das Wetter der Station {STATION} vom Deutschen Wetterdienst" in said
        lab = start(
            run, ROOT / "build" / "course" / "kurs", simulation=True,
            datasets=folder / "datasets", town=folder / "city.toml", live=service.environment,
        )  # fmt: skip
        try:
            with httpx.Client(
                base_url=lab.address, timeout=60, trust_env=False, follow_redirects=True
            ) as client:
                values(client)
                sheet(client)
                catalogue = client.get("/daten/katalog.ttl").text
                under_its_own_name("Stuttgart", "08111000", walk(client, lab.address), catalogue)
                guarded(client, folder / "datasets" / "weather.toml")
        finally:
            lab.stop()
    assert {f"200 {CLIMATE}{path}" for path in PACKED} <= set(service.asked)
    # An office's proxy is not asked for this machine's own services, nor for anybody else.
    assert {line for line in service.asked if not line.startswith(("200 /", "404 /"))} == set()


def values(client: httpx.Client) -> None:
    """What a visitor downloads are the recorded values."""

    def came() -> str:
        answer = client.get("/daten/weather/daten.csv", params=DAY)
        return answer.text if SERIES in answer.text and answer.status_code == 200 else ""

    table = pd.read_csv(io.StringIO(wait_for("the first real value", came, 120)))
    assert len(table) == 27
    last = table.sort_values("time").iloc[-1]
    assert last["time"] == "2026-09-14T13:20:00Z"
    assert last["value"] == 23.9
    assert newest(client) == 23.9


def newest(client: httpx.Client) -> float | None:
    """Return the newest value that the twin's interface gives, if it gives any."""
    asked = {"$filter": f"properties/datastream eq '{SERIES}'"}
    streams = client.get("/sta/v1.1/Datastreams", params=asked).json()
    for stream in streams.get("value", []):
        link = stream["Observations@iot.navigationLink"]
        rows = client.get(link, params={"$top": 1, "$orderby": "phenomenonTime desc"}).json()
        for row in rows.get("value", []):
            return float(row["result"])
    return None


def sheet(client: httpx.Client) -> None:
    """The data set stands in the catalogue with card, age, licence and rules; none is simulated."""

    # The newest value is the rain of 13:40 to 13:50 UTC.
    def told() -> str:
        text = client.get("/daten/weather").text
        return text if "14.09.2026, 15:40 Uhr" in text else ""

    page = wait_for("the age of the newest value", told, 60)
    assert STATION in page
    assert "CC BY 4.0" in page
    assert "kam nichts Neues" in page
    assert "simuliert" not in page.split("<main", 1)[1].split("</main>", 1)[0].casefold()
    assert client.get("/daten/regeln/offen").status_code == 200


def guarded(client: httpx.Client, card: Path) -> None:
    """The rules hold for real values: a stricter card takes single ones away from visitors."""
    text = card.read_text(encoding="utf-8")
    assert tomllib.loads(text)["policy"] == "offen"
    closed = re.sub(r"^access = .*$", 'access = "RESTRICTED"', text, flags=re.M)
    card.write_text(closed.replace('policy = "offen"', 'policy = "schule"'), encoding="utf-8")

    def refused() -> bool:
        answer = client.get("/daten/weather/daten.csv", params=DAY)
        return answer.status_code in (403, 404) and newest(client) != 23.9

    wait_for("the refusal", refused, 60)


def test_pages_of_another_city_bear_its_own_name(tmp_path: Path, empty_home: Path) -> None:
    folder, name, ags = tmp_path / "stadt", "Beispielstadt in Sachsen", "14612000"
    said = new_city(
        folder, name, "--ags", ags, "--lat", "51.05", "--lon", "13.74", "--ohne-netz",
        "--ohne-probe",
    )  # fmt: skip
    assert "Probe bestanden" not in said
    assert "Dresden-Strehlen" in (folder / "city.toml").read_text(encoding="utf-8")
    environment = {
        **os.environ,
        "STADTLABOR_CITY": str(folder / "city.toml"),
        "STADTLABOR_DATASETS": str(folder / "datasets"),
        "STADTLABOR_NOTEBOOKS": str(ROOT / "build" / "course" / "kurs"),
    }
    ended = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "walking.py")],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    told = json.loads(ended.stdout)
    under_its_own_name(name, ags, told["pages"], told["catalogue"])
