"""A visitor of an app without a browser: loads the page, chooses another counter, sees the charts.

Speaks with the kernel as the page's scripts do, over the websocket of its server.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from parts.servers import Served

READY = "Wie voll ist die Innenstadt"
CONTROL = "Zählstelle"
FIGURE = "stadtlabor-figure"
PATIENCE_S = 120


@dataclass(frozen=True)
class Visit:
    """What one visitor saw.

    Attributes
    ----------
    kernel
        Id of the own kernel.
    page_s, answer_s
        Seconds from the request until the page was complete, and until the charts of the counter
        that was chosen then were there.
    """

    kernel: str
    page_s: float
    answer_s: float


async def visit(client: httpx.AsyncClient, served: Served) -> Visit:
    """Load the page and operate it once."""
    begin = time.perf_counter()
    kernel = await enter(client, served)
    complete = time.perf_counter() - begin
    url = f"{served.root.replace('http', 'ws', 1)}api/kernels/{kernel}/channels"
    async with asyncio.timeout(PATIENCE_S), connect(url, max_size=None) as line:
        await choose(line)
    return Visit(kernel, complete, time.perf_counter() - begin)


async def enter(client: httpx.AsyncClient, served: Served) -> str:
    """Load the page until its last byte; return the kernel behind it."""
    page = (await client.get(served.address)).text
    assert READY in page, page[:500]
    if not served.ours:
        return page.split('"kernelId": "')[1].split('"')[0]
    told, _, live = (await client.post(f"{served.address}/start")).text.partition("\n")
    assert READY in live, told
    kernel: str = json.loads(told)["kernel"]
    return kernel


async def leave(client: httpx.AsyncClient, served: Served, kernel: str) -> None:
    """Tell what a browser tells when the page is closed."""
    if served.ours:
        answer = await client.post(f"{served.root}api/kernels/{kernel}/end")
    else:
        # Its guard against forged requests compares these two; a browser would have been given one.
        token = {"X-XSRFToken": "ab" * 16, "Cookie": f"_xsrf={'ab' * 16}"}
        answer = await client.post(f"{served.root}voila/api/shutdown/{kernel}", headers=token)
    answer.raise_for_status()


async def choose(line: ClientConnection) -> None:
    """Choose another counter and wait until the charts show it."""
    comm = uuid.uuid4().hex
    opening = {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}
    await _send(line, "comm_open", opening, {"version": "1.0.0"})
    await _send(line, "comm_msg", {"comm_id": comm, "data": {"method": "request_states"}})
    states: dict[str, dict[str, Any]] = (await _heard(line, comm, "states"))["states"]
    model, now = next(
        (name, each["state"])
        for name, each in states.items()
        if each["model_name"] == "DropdownModel" and each["state"]["description"] == CONTROL
    )
    charts = next(
        name for name, each in states.items() if FIGURE in str(each["state"].get("value", ""))
    )
    names = now["_options_labels"]
    index = (now["index"] + 1) % len(names)
    update = {"method": "update", "state": {"index": index}, "buffer_paths": []}
    await _send(line, "comm_msg", {"comm_id": model, "data": update})
    shown = ""
    while names[index] not in shown:
        shown = (await _heard(line, charts, "state"))["state"].get("value", "")


async def _send(
    line: ClientConnection,
    kind: str,
    content: dict[str, Any],
    metadata: dict[str, str] | None = None,
) -> None:
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": kind,
        "session": "visit",
        "username": "",
        "version": "5.3",
        "date": "2026-01-01T00:00:00Z",
    }
    message = {"header": header, "parent_header": {}, "metadata": metadata or {}}
    told = {**message, "content": content, "channel": "shell", "buffers": []}
    await line.send(json.dumps(told))


async def _heard(line: ClientConnection, comm: str, part: str) -> dict[str, Any]:
    """Return the data of the next message of a comm that has this part."""
    while True:
        message = json.loads(await line.recv())
        content = message.get("content", {})
        if content.get("comm_id") == comm and part in content.get("data", {}):
            data: dict[str, Any] = content["data"]
            return data
