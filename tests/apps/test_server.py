"""The apps' server by itself: places, state of a kernel, end of a visit."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from running import answers, free_ports, small_course, wait_for


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("apps")
    (port,) = free_ports(1)
    settings = folder / "settings.toml"
    settings.write_text(f"[serve]\napps_port = {port}\n[apps]\nmax_sessions = 1\n")
    environment = {
        "PATH": os.environ["PATH"],
        "STADTLABOR_HOME": str(folder / "home"),
        "STADTLABOR_SETTINGS": str(settings),
        "STADTLABOR_NOTEBOOKS": str(small_course(folder / "notebooks")),
    }
    server = subprocess.Popen([sys.executable, "-m", "stadtlabor.apps"], env=environment)
    address = f"http://127.0.0.1:{port}/apps/"
    wait_for("apps", lambda: answers(f"{address}voila/static/voila.js"))
    yield address
    server.terminate()
    server.wait(30)


def kernel_of(page: str) -> str:
    return page.split('"kernelId": "')[1].split('"')[0]


def test_a_full_house_says_so_and_a_closed_page_makes_room(apps: str) -> None:
    first = httpx.get(f"{apps}umgebung", timeout=60)
    assert first.status_code == 200
    kernel = kernel_of(first.text)
    second = httpx.get(f"{apps}umgebung", timeout=60)
    assert second.status_code == 503
    assert "Gerade sind alle Plätze besetzt" in second.text
    assert second.headers["retry-after"] == "30"
    assert "set-cookie" not in second.headers
    assert httpx.get(f"{apps}api/kernels/{kernel}").status_code == 200
    assert httpx.post(f"{apps}voila/api/shutdown/{kernel}").status_code == 204
    gone = httpx.get(f"{apps}api/kernels/{kernel}")
    assert gone.status_code == 404
    assert httpx.get(f"{apps}umgebung", timeout=60).status_code == 200


def test_pages_are_compressed(apps: str) -> None:
    answer = httpx.get(f"{apps}nix", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
