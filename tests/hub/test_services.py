"""Services come back after a crash and see no secret."""

import time
from pathlib import Path

import httpx
import psutil
import pytest

from hub_config.launch import CALM_S, MANY, too_many
from hub_config.services import services
from running import Lab, answers, wait_for
from stadtlabor.settings import Ingest, Render, Settings, Simulation


@pytest.mark.parametrize(
    ("words", "path"),
    [("stadtlabor.web", "/"), ("stadtlabor.apps", "/apps/health")],
)
def test_a_killed_service_comes_back(lab: Lab, words: str, path: str) -> None:
    before = lab.service(words)
    assert before
    before.kill()
    # `answers` alone would be true for a moment: the kernel closes the port after the kill.
    after = wait_for("a new process", lambda: (p := lab.service(words)) != before and p)
    wait_for("its pages", lambda: answers(lab.address + path), 30)
    assert after.pid != before.pid


def test_a_killed_ingest_works_again_within_ten_seconds(lab: Lab) -> None:
    status = lab.home / "status" / "ingest.json"
    before = wait_for("ingest", lambda: status.exists() and lab.service("ingest run"))
    before.kill()
    killed = time.time()
    wait_for("ingest at work", lambda: status.stat().st_mtime > killed, 10)
    assert lab.service("ingest run") != before


def test_a_service_that_ends_again_and_again_is_slowed_down(tmp_path: Path) -> None:
    stamps = tmp_path / "web.starts"
    assert [too_many(stamps) for _ in range(MANY + 1)] == [False] * MANY + [True]
    long_ago = time.time() - CALM_S
    stamps.write_text("\n".join([str(long_ago)] * 20))
    assert not too_many(stamps)


def test_while_pages_are_away_visitors_are_told_in_german(lab: Lab) -> None:
    service = lab.service("stadtlabor.web")
    assert service
    service.suspend()
    service.kill()
    answer = httpx.get(f"{lab.address}/", timeout=30)
    if answer.status_code == 503:  # unless it is back already
        assert "gerade nicht erreichbar" in answer.text
        assert "set-cookie" not in answer.headers
    wait_for("its pages", lambda: answers(f"{lab.address}/"), 30)


def test_the_rain_warning_lives_and_is_watched(lab: Lab) -> None:
    pulse = lab.home / "warning" / "pulse.json"
    before = wait_for("a sign of life", lambda: pulse.exists() and lab.service("warn run"))
    assert wait_for("its guard", lambda: lab.service("warn guard"))
    assert httpx.get(f"{lab.address}/regen", timeout=30).status_code == 200
    before.kill()
    killed = time.time()
    wait_for("a sign of life", lambda: pulse.stat().st_mtime > killed, 30)
    assert lab.service("warn run") != before


@pytest.mark.parametrize(
    "words",
    [
        "stadtlabor.web",
        "stadtlabor.apps",
        "stadtlabor.realrun",
        "ingest",
        "pipelines",
        "warn run",
        "warn guard",
    ],
)
def test_services_see_no_token_and_no_password(lab: Lab, words: str) -> None:
    service = wait_for(words, lambda: lab.service(words))
    names = set(service.environ())
    assert not [name for name in names if name.startswith(("JUPYTERHUB", "JPY_", "CONFIGPROXY"))]
    assert "TEST_SECRET" not in names
    assert "STADTLABOR_DEV_PASSWORD" not in names


def test_only_the_culler_may_call_the_hub(lab: Lab) -> None:
    culler = wait_for("culler", lambda: lab.service("jupyterhub_idle_culler"))
    token = culler.environ()["JUPYTERHUB_API_TOKEN"]
    api = f"{lab.address}/labor/hub/api"
    header = {"Authorization": f"token {token}"}
    assert httpx.get(f"{api}/users", headers=header).status_code == 200
    assert httpx.post(f"{api}/users/fremd", headers=header).status_code == 403
    assert httpx.get(f"{api}/groups", headers=header).status_code == 403


def test_everything_listens_on_loopback_only(lab: Lab) -> None:
    processes = [lab.process.pid, *(c.pid for c in psutil.Process(lab.process.pid).children(True))]
    addresses = {
        link.laddr.ip
        for pid in processes
        if psutil.pid_exists(pid)
        for link in psutil.Process(pid).net_connections("tcp")
        if link.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_what_is_switched_off_is_not_started() -> None:
    chosen = Settings(
        ingest=Ingest(broker="mqtt://127.0.0.1:1883"),
        simulation=Simulation(enabled=False),
        render=Render(enabled=False),
    )
    names = [entry["name"] for entry in services(chosen)]
    always = ["web", "ingest", "drawing", "data", "apps", "pipelines", "warn", "guard", "realrun",
              "culler"]  # fmt: skip
    assert names == always
