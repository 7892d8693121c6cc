"""Two cities of other states, made as a person would: their name on every page, no other.

One is tried and started as a whole, of the other the pages are asked in a process of its own: a
name that slips in does so where a page is written, not where processes are started.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from running import ROOT, start, wait_for
from stadtlabor.cli import main
from walking import walk

CITIES = {
    "SH": ("Beispielstadt an der Förde", "01002000", "54.32", "10.13", "Kiel-Holtenau"),
    "SN": ("Beispielstadt in Sachsen", "14612000", "51.05", "13.74", "Dresden-Strehlen"),
}
# These lessons quote what one real school has published; see test_one_city.py.
QUOTED = re.compile(r"kompensation|ehrliche-differenz")


def made(state: str, folder: Path, *further: str) -> str:
    """Make a city and return what the command said."""
    name, ags, lat, lon, station = CITIES[state]
    said = ["new-city", name, "--ags", ags, "--lat", lat, "--lon", lon, "--ordner", str(folder),
            "--ohne-netz", *further]  # fmt: skip
    result = CliRunner().invoke(main, said)
    assert result.exit_code == 0, result.output
    assert station in (folder / "city.toml").read_text(encoding="utf-8")
    return result.output


def under_its_own_name(state: str, found: dict[str, str], catalogue: str) -> None:
    name, ags, *_ = CITIES[state]
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


@pytest.mark.timeout(300)
def test_it_is_tried_and_runs_under_its_own_name(tmp_path: Path, empty_home: Path) -> None:
    folder = tmp_path / "stadt"
    assert "Probe bestanden" in made("SH", folder)
    run = tmp_path / "run"
    run.mkdir()
    lab = start(
        run, ROOT / "build" / "course" / "kurs", simulation=True,
        datasets=folder / "datasets", town=folder / "city.toml",
    )  # fmt: skip
    try:
        with httpx.Client(base_url=lab.address, timeout=60, follow_redirects=True) as client:
            wait_for(
                "weather of the new city",
                lambda: CITIES["SH"][-1] in client.get("/daten/weather").text,
                seconds=120,
            )
            catalogue = client.get("/daten/katalog.ttl").text
            found = walk(client, lab.address)
    finally:
        lab.stop()
    under_its_own_name("SH", found, catalogue)


def test_pages_of_another_city_bear_its_own_name(tmp_path: Path, empty_home: Path) -> None:
    folder = tmp_path / "stadt"
    assert "Probe bestanden" not in made("SN", folder, "--ohne-probe")
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
    under_its_own_name("SN", told["pages"], told["catalogue"])
