"""Every way to start people's servers that can be set, as far as it goes without its system."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jupyterhub.app import JupyterHub
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from hub_config import spawners
from running import ROOT
from stadtlabor import labs
from stadtlabor.settings import Labs, Settings

USER = SimpleNamespace(name="docker", escaped_name="docker", id=1, url="/", admin=False, groups=[])
CHOSEN = {
    "forked": Labs(servers="forked"),
    "launched": Labs(servers="launched"),
    "systemd": Labs(servers="systemd", memory_mb=2000, cpus=1.5),
    "kubernetes": Labs(servers="kubernetes", image="example.org/lab:1", memory_mb=2000, cpus=1.5),
}


@pytest.fixture
def possible(monkeypatch: pytest.MonkeyPatch, empty_home: Path) -> None:
    """Let nothing stand in the way, and no template start."""
    monkeypatch.setattr(labs, "servers_fault", lambda _: None)
    monkeypatch.setattr(spawners, "_start_templates", lambda: None)


@pytest.mark.parametrize("servers", CHOSEN)
def test_the_class_loads_and_knows_all_that_it_is_told(
    servers: str, possible: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = spawners.configuration(Settings(labs=CHOSEN[servers]))
    named: Any = told.JupyterHub.spawner_class
    spawner = import_item(named) if isinstance(named, str) else named
    assert set(told.JupyterHub) <= set(JupyterHub.class_trait_names(config=True))
    known = {cls.__name__: cls for cls in spawner.mro() if hasattr(cls, "class_trait_names")}
    for name, traits in told.items():
        if name == "JupyterHub":
            continue
        assert set(traits) <= set(known[name].class_trait_names(config=True)), name
    # Pods are asked for at the interface of the cluster, and here is none.
    monkeypatch.setattr("kubespawner.spawner.load_config", lambda **_: None)
    monkeypatch.setattr("kubespawner.spawner.shared_client", lambda _: None)
    made = spawner(config=Config(told), user=USER)  # wrong types would be refused here
    assert made.default_url == "/lab/tree/Kurs"
    if CHOSEN[servers].memory_mb:
        assert made.mem_limit == 2000 * 2**20
        assert made.cpu_limit == 1.5


def test_units_and_their_folders_meet_nobody_elses(possible: None) -> None:
    told = spawners.configuration(Settings(labs=CHOSEN["systemd"]))
    made = told.JupyterHub.spawner_class(config=Config(told), user=USER)
    assert made.unit_name == "jupyter-stadtlabor-docker-singleuser"
    assert made._expand_user_vars("/var/lib/{USERNAME}") == "/var/lib/stadtlabor-docker"


@pytest.mark.parametrize("servers", ["systemd", "kubernetes"])
def test_a_missing_extra_is_told_with_its_remedy(
    servers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labs, "find_spec", lambda _: None)
    with pytest.raises(SystemExit) as ended:
        spawners.configuration(Settings(labs=CHOSEN[servers]))
    assert f'pip install "stadtlabor[{servers}]"' in str(ended.value)


def test_what_cannot_work_here_is_told() -> None:
    fault = labs.servers_fault(Labs(servers="kubernetes"))
    assert fault
    assert "image" in fault.remedy
    if not Path("/run/systemd/system").is_dir():
        fault = labs.servers_fault(CHOSEN["systemd"])
        assert fault
        assert "systemd" in fault.text
    assert labs.servers_fault(Labs()) is None


def test_the_hub_ends_with_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('[labs]\nservers = "kubernetes"\n')
    config = ROOT / "hub_config" / "jupyterhub_config.py"
    ended = subprocess.run(
        [sys.executable, "-m", "jupyterhub", "-f", str(config)],
        env={"STADTLABOR_SETTINGS": str(settings), "STADTLABOR_HOME": str(tmp_path / "home")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0
    assert "braucht ein Container-Abbild" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_extras_are_here() -> None:
    assert importlib.util.find_spec("systemdspawner")
    assert importlib.util.find_spec("kubespawner")
