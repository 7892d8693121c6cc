"""Two cities of other states, started as a person would: their name on every page, no other."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from click.testing import CliRunner

from running import ROOT, Lab, start, wait_for
from stadtlabor.cli import main

CITIES = {
    "SH": ("Beispielstadt an der Förde", "01002000", "54.32", "10.13", "Kiel-Holtenau"),
    "SN": ("Beispielstadt in Sachsen", "14612000", "51.05", "13.74", "Dresden-Strehlen"),
}
# These lessons quote what one real school has published; see test_one_city.py.
QUOTED = re.compile(r"kompensation|ehrliche-differenz")
MOST_PAGES = 40


def pages(lab: Lab) -> dict[str, str]:
    """Walk the pages that need no kernel, from the start page, two links deep."""
    found: dict[str, str] = {}
    waiting = [("/", 0)]
    with httpx.Client(base_url=lab.address, timeout=60, follow_redirects=True) as client:
        while waiting and len(found) < MOST_PAGES:
            path, depth = waiting.pop(0)
            answer = client.get(path)
            if path in found or "html" not in answer.headers.get("content-type", ""):
                continue
            found[path] = answer.text
            assert answer.status_code < 500, path
            for link in re.findall(r'href="([^"#]+)', answer.text) if depth < 2 else []:
                where = urlsplit(urljoin(lab.address + path, link.replace("&amp;", "&")))
                if lab.address.endswith(where.netloc) and not re.match(
                    r"/(apps|labor|static|sta)\b", where.path
                ):
                    waiting.append((where.path, depth + 1))
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("state", CITIES)
def test_it_runs_under_its_own_name(state: str, tmp_path: Path, empty_home: Path) -> None:
    name, ags, lat, lon, station = CITIES[state]
    folder = tmp_path / "stadt"
    said = ["new-city", name, "--ags", ags, "--lat", lat, "--lon", lon, "--ordner", str(folder),
            "--ohne-netz"]  # fmt: skip
    if state == "SN":
        said.append("--ohne-probe")  # one of the two is tried, see below
    result = CliRunner().invoke(main, said)
    assert result.exit_code == 0, result.output
    assert ("Probe bestanden" in result.output) == (state == "SH")

    run = tmp_path / "run"
    run.mkdir()
    lab = start(
        run, ROOT / "build" / "course" / "kurs", simulation=True,
        datasets=folder / "datasets", town=folder / "city.toml",
    )  # fmt: skip
    try:
        with httpx.Client(base_url=lab.address, timeout=60) as client:
            wait_for(
                "weather of the new city",
                lambda: station in client.get("/daten/weather").text,
                seconds=120,
            )
            catalogue = client.get("/daten/katalog.ttl").text
        assert f"municipalityKey/{ags}" in catalogue
        found = pages(lab)
    finally:
        lab.stop()
    assert len(found) > 20
    assert name in found["/"]
    assert name in found["/daten"]
    strangers = {
        path: [line.strip()[:160] for line in text.splitlines() if "kempten" in line.lower()]
        for path, text in found.items()
        if not QUOTED.search(path)
    }
    assert {path: lines for path, lines in strangers.items() if lines} == {}
