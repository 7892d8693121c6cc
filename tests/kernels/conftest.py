"""Real templates and real kernels."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from traitlets.config import Config

from forks import templates
from stadtlabor.kernels import Fork, Template

Start = Callable[..., AsyncIterator[tuple[AsyncKernelManager, AsyncKernelClient]]]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Folder of sockets; templates that a test leaves behind are ended."""
    place = tmp_path / "forks"
    yield place
    for process in templates(place):
        process.kill()


@pytest.fixture
def template(folder: Path) -> Template:
    return Template("test", [], folder=folder)


@pytest.fixture
def fork(folder: Path) -> Callable[..., tuple[Fork, str]]:
    """Have Python code run in a fork; returns it, ended, and what it printed."""

    def run(template: Template, code: str, **further: object) -> tuple[Fork, str]:
        reading, writing = os.pipe()
        nowhere = os.open(os.devnull, os.O_RDWR)
        stated = {"env": {"PATH": os.environ["PATH"]}, "cwd": "/", **further}
        made = template.fork("code", ["code", code], stdio=(nowhere, writing, writing), **stated)
        os.close(writing)
        os.close(nowhere)
        with os.fdopen(reading) as told:
            printed = told.read()
        made.wait(20)
        return made, printed

    return run


@pytest.fixture
def kernel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Start a kernel the forked way: ``async with kernel() as (manager, client)``."""
    factory = KernelProvisionerFactory.instance()
    monkeypatch.setattr(factory, "default_provisioner_name", "forked-provisioner")

    @asynccontextmanager
    async def start(
        name: str = "python3", env: dict[str, str] | None = None, **traits: object
    ) -> AsyncIterator[tuple[AsyncKernelManager, AsyncKernelClient]]:
        config = Config(ForkedProvisioner={"folder": str(folder), "trust": "test", **traits})
        files = folder.parent / "ipc"
        files.mkdir(mode=0o700, exist_ok=True)
        manager = AsyncKernelManager(
            kernel_name=name,
            transport="ipc",
            config=config,
            connection_file=str(files / f"{os.urandom(4).hex()}.json"),
        )
        more = {} if env is None else {"env": env}
        await manager.start_kernel(stderr=subprocess.DEVNULL, **more)
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=40)
            yield manager, client
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    return start
