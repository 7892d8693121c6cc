"""Operator's settings: ``hub_config/settings.toml`` and where things lie on disk."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from stadtlabor.faults import not_toml, sentences

__all__ = [
    "Settings",
    "SettingsError",
    "built",
    "home",
    "notebooks",
    "read_settings",
    "root",
    "settings",
    "storage",
]


class SettingsError(ValueError):
    """The settings cannot be used; the message says in German which key and why."""


class Part(BaseModel):
    """Base of all sections: unknown keys are an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Serve(Part):
    """Address that people open, and the loopback ports behind it."""

    host: str = "127.0.0.1"
    port: int = 8000
    hub_port: int = 8081
    web_port: int = 8010
    apps_port: int = 8020
    proxy_api_port: int = 8001


class Login(Part):
    """How people log in."""

    mode: Literal["development"] = "development"


class Ingest(Part):
    """Broker and rhythm of the only writer."""

    broker: str = "embedded"
    # not 1883: Debian starts a mosquitto there by itself as soon as one is installed
    broker_port: int = 18830
    commit_every_s: float = 2.0
    seal_every_s: float = 3600.0


class Storage(Part):
    """Where observations and grids lie, and the registers.

    ``url`` is empty for the folder ``store`` of this machine, or ``s3://bucket/prefix``; address
    and keys of the object store come from the environment (``AWS_ENDPOINT_URL``,
    ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``). ``registers`` is the
    SQLAlchemy URL of a server, empty for SQLite in the folder.
    """

    url: str = Field(default="", pattern=r"^(s3://[a-z0-9][a-z0-9.-]{2,62}(/.*)?)?$")
    registers: str = ""

    @model_validator(mode="after")
    def _registers_stated(self) -> Storage:
        if self.url and not self.registers and not os.environ.get("STADTLABOR_REGISTERS"):
            raise ValueError(
                "nennt als „url“ einen Objektspeicher, aber keine „registers“: Bitte die Adresse "
                "einer Datenbank angeben, zum Beispiel postgresql+psycopg://rechner/stadtlabor"
            )
        return self


class Simulation(Part):
    """The simulated city that stands in where no sensor is."""

    enabled: bool = True
    seed: int = 2026
    port: int = 8030


class Sources(Part):
    """Per provider: ask the simulated city or the provider itself.

    The open services from ``mosmix`` on are asked for what ``[feeds]`` of ``city.toml`` names, or
    not at all.
    """

    dwd: Literal["simulated", "live"] = "simulated"
    hystreet: Literal["simulated", "live"] = "simulated"
    tiles: Literal["kept", "live"] = "kept"
    mosmix: Literal["off", "live"] = "off"
    alerts: Literal["off", "live"] = "off"
    smard: Literal["off", "live"] = "off"
    energy_charts: Literal["off", "live"] = "off"
    opensensemap: Literal["off", "live"] = "off"
    overpass: Literal["off", "live"] = "off"
    timetables: Literal["off", "live"] = "off"
    portals: Literal["off", "live"] = "off"
    things_stack: Literal["off", "live"] = "off"
    sensorthings: Literal["off", "live"] = "off"


class Apps(Part):
    """Public apps with a kernel."""

    max_sessions: int = 25
    reserve: int = Field(default=1, ge=0)
    cull_idle_s: int = 300
    kernels: Literal["forked", "launched"] = "forked"


class Labs(Part):
    """JupyterLab of people with a login.

    ``forked`` and ``launched`` are processes on this machine, under one system user per person
    where the hub runs as root; ``systemd`` and ``kubernetes`` leave it to these.
    """

    servers: Literal["forked", "launched", "systemd", "kubernetes"] = "forked"
    # the first number of a block that belongs to no other system user of the machine
    first_uid: int = Field(default=300_000, ge=1000)
    # members of this group of the hub get kernels from the template of the staff
    staff_group: str = "personal"
    # per person; 0 is no limit
    memory_mb: int = Field(default=0, ge=0)
    cpus: float = Field(default=0.0, ge=0)
    # container image of a person's server, for kubernetes only
    image: str = ""


class Render(Part):
    """Pages made from notebooks, which need no kernel."""

    enabled: bool = True
    every_min: float = Field(default=5.0, gt=0)


class Culling(Part):
    """When an idle JupyterLab server is stopped."""

    server_idle_s: int = 2700


class Settings(Part):
    """The whole file."""

    serve: Serve = Serve()
    login: Login = Login()
    ingest: Ingest = Ingest()
    store: Storage = Storage()
    simulation: Simulation = Simulation()
    sources: Sources = Sources()
    apps: Apps = Apps()
    labs: Labs = Labs()
    render: Render = Render()
    culling: Culling = Culling()


def root() -> Path:
    """Return the folder of the checkout (``$STADTLABOR_ROOT`` overrides)."""
    stated = os.environ.get("STADTLABOR_ROOT")
    return Path(stated) if stated else Path(__file__).resolve().parents[2]


def home() -> Path:
    """Return where running leaves its files: ``$STADTLABOR_HOME`` or ``var`` in the root."""
    return Path(os.environ.get("STADTLABOR_HOME") or root() / "var")


def built() -> Path:
    """Return where ``stadtlabor course`` builds: ``kurs`` for all, ``lehrkraft`` for teachers."""
    return root() / "build" / "course"


def notebooks() -> Path:
    """Return the folder of the notebooks as people see them (``$STADTLABOR_NOTEBOOKS`` overrides).

    Built from the sources in ``notebooks``, which hold the solutions of lessons.
    """
    return Path(os.environ.get("STADTLABOR_NOTEBOOKS") or built() / "kurs")


def read_settings(path: Path) -> Settings:
    """Read and check a settings file.

    Raises
    ------
    SettingsError
        In German, naming the key.
    """
    text = path.read_text(encoding="utf-8")
    try:
        return Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(not_toml(path.name, error)) from error
    except ValidationError as error:
        raise SettingsError("\n".join(sentences(path.name, text, error))) from error


@cache
def settings() -> Settings:
    """Return this installation's settings (``$STADTLABOR_SETTINGS`` overrides the file)."""
    stated = os.environ.get("STADTLABOR_SETTINGS")
    return read_settings(Path(stated) if stated else root() / "hub_config" / "settings.toml")


def storage() -> Storage:
    """Return where data lie: ``[store]`` of the settings; on this machine where no file is."""
    try:
        return settings().store
    except FileNotFoundError:
        return Storage()
