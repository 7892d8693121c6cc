"""The environments for make, conda and Binder name the same packages."""

import json
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from ipywidgets import _version
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def locked() -> dict[str, str]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [line.split(" ;")[0].strip().split("==") for line in lines if line.strip()]
    return {canonical(name): version for name, version in pins}


def test_lock_satisfies_the_project(locked: dict[str, str]) -> None:
    extras = PROJECT["optional-dependencies"]
    for text in [*PROJECT["dependencies"], *extras["dev"], *extras["dwd"], *extras["bench"]]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(locked[canonical(wanted.name)]), text


def test_this_environment_is_the_locked_one(locked: dict[str, str]) -> None:
    direct = [canonical(Requirement(text).name) for text in PROJECT["dependencies"]]
    assert {name: metadata.version(name) for name in direct} == {n: locked[n] for n in direct}


def test_conda_installs_the_lock_on_the_same_python() -> None:
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python = PROJECT["requires-python"].removeprefix(">=")
    assert f"python={python}" in wanted["dependencies"]
    assert {"pip": ["-r requirements.lock"]} in wanted["dependencies"]


@pytest.mark.parametrize("name", ["environment.yml", "requirements.lock"])
def test_binder_uses_the_same_files(name: str) -> None:
    assert (ROOT / "binder" / name).resolve() == ROOT / name


def test_binder_scripts_can_run() -> None:
    for name in ("postBuild", "start"):
        assert (ROOT / "binder" / name).stat().st_mode & 0o111


def test_no_file_names_an_index() -> None:
    names = ["requirements.lock", "environment.yml", "Makefile", ".npmrc", "binder/postBuild"]
    for name in names:
        assert "://" not in (ROOT / name).read_text(encoding="utf-8"), name
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert all(package.get("integrity") for name, package in packages.items() if name)


def test_the_browsers_half_of_each_widget_fits_the_kernels_half(locked: dict[str, str]) -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert packages["node_modules/jupyter-leaflet"]["version"] == locked["ipyleaflet"]
    for name, spoken in {
        "base": _version.__jupyter_widgets_base_version__,
        "controls": _version.__jupyter_widgets_controls_version__,
    }.items():
        source = ROOT / "node_modules" / "@jupyter-widgets" / name / "lib" / "version.js"
        found = re.search(r"JUPYTER_\w+_VERSION = '([\d.]+)'", source.read_text(encoding="utf-8"))
        assert found
        assert found[1] == spoken
