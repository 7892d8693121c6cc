"""A city of another state with real weather, made and started as its to-do list says.

``new-city`` and the running Stadtlabor ask the German weather service at its true address; what
answers are its own files, recorded at the station that ``new-city`` finds (``weatherservice.py``).
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
from weatherservice import CLIMATE, PACKED, Provider, provider

STATION = "Stuttgart (Schnarrenberg)"
SERIES = "weather/04928/air-temperature-10min"
DAY = {"reihe": SERIES, "von": "2026-09-14", "bis": "2026-09-15"}


def made(folder: Path, service: Provider) -> str:
    """Make the city by the command, in a process that knows the way to the weather service."""
    program = Path(sys.executable).with_name("stadtlabor")
    said = [program, "new-city", "Stuttgart", "--ags", "08111000", "--lat", "48,776",
            "--lon", "9,183", "--ordner", folder, "--ohne-probe"]  # fmt: skip
    ended = subprocess.run(
        said, env={**os.environ, **service.environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    return ended.stdout


@pytest.mark.timeout(300)
def test_the_first_real_value_comes_with_card_and_rules(tmp_path: Path, empty_home: Path) -> None:
    folder, run, keys = tmp_path / "stuttgart", tmp_path / "run", tmp_path / "keys"
    run.mkdir()
    keys.mkdir()
    with provider(keys) as service:
        said = made(folder, service)
        assert f"Wetterstation: {STATION} (04928), 5,9 km entfernt" in said
        assert "Stationsliste vom Deutschen Wetterdienst geholt" in said
        assert f"das Wetter der Station {STATION} vom Deutschen Wetterdienst" in said
        lab = start(
            run, ROOT / "build" / "course" / "kurs", simulation=True,
            datasets=folder / "datasets", town=folder / "city.toml", live=service.environment,
        )  # fmt: skip
        try:
            with httpx.Client(base_url=lab.address, timeout=60, trust_env=False) as client:
                values(client)
                sheet(client)
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


def sheet(client: httpx.Client) -> None:
    """The data set stands in the catalogue with card, age, licence and rules; none is simulated."""

    # The newest value is the rain of 13:40 to 13:50 UTC.
    def told() -> str:
        text = client.get("/daten/weather").text
        return text if "14.09.2026, 15:40 Uhr" in text else ""

    page = wait_for("the age of the newest value", told, 60)
    assert STATION in page
    assert "CC BY 4.0" in page
    assert "simuliert" not in page.split("<main", 1)[1].split("</main>", 1)[0].casefold()
    assert client.get("/daten/regeln/offen").status_code == 200
    found = client.get("/daten/katalog.ttl").text
    assert "municipalityKey/08111000" in found
    rows = client.get("/sta/v1.1/Datastreams", params={"$filter": f"name eq '{SERIES}'"})
    assert rows.status_code == 200
    assert json.loads(rows.text)


def guarded(client: httpx.Client, card: Path) -> None:
    """The rules hold for real values: a stricter card closes the same file at once."""
    text = card.read_text(encoding="utf-8")
    assert tomllib.loads(text)["policy"] == "offen"
    closed = re.sub(r"^access = .*$", 'access = "RESTRICTED"', text, flags=re.M)
    card.write_text(closed.replace('policy = "offen"', 'policy = "schule"'), encoding="utf-8")

    def refused() -> bool:
        return client.get("/daten/weather/daten.csv", params=DAY).status_code in (403, 404)

    wait_for("the refusal", refused, 60)
