"""What a stranger with a websocket client of their own can do: nothing."""

from __future__ import annotations

import json
import struct
import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from visits import visit

WAIT_S = 10.0
V1 = "v1.kernel.websocket.jupyter.org"


@pytest.fixture(scope="module")
def kernel(apps: str) -> str:
    """A visit's kernel, whose id the stranger got to know somehow."""
    return visit(apps, "umgebung").kernel


@pytest.fixture(params=["json", V1])
def line(request, apps, kernel) -> Iterator[ClientConnection]:
    spoken = None if request.param == "json" else [V1]
    url = f"{apps.replace('http', 'ws', 1)}api/kernels/{kernel}/channels"
    with connect(url, subprotocols=spoken) as connected:
        yield connected


def send(line: ClientConnection, channel: str, kind: str, content: dict[str, Any]) -> None:
    """Send a message in the way that the connection speaks."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": kind,
        "session": "x",
        "username": "",
        "version": "5.3",
        "date": "2026-01-01T00:00:00Z",
    }
    if line.subprotocol != V1:
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        line.send(json.dumps({**message, "channel": channel, "buffers": []}))
        return
    parts = [channel.encode(), *(json.dumps(p).encode() for p in (header, {}, {}, content))]
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    line.send(struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(parts))


def heard(line: ClientConnection) -> str:
    """Return all that comes back until the kernel answers a question that it may be asked."""
    send(line, "shell", "kernel_info_request", {})
    told = ""
    with suppress(TimeoutError, WebSocketException):
        while "kernel_info_reply" not in told:
            came = line.recv(timeout=WAIT_S)
            told += came if isinstance(came, str) else came.decode("utf-8", "replace")
        while True:  # and what comes late
            came = line.recv(timeout=0.5)
            told += came if isinstance(came, str) else came.decode("utf-8", "replace")
    return told


FORBIDDEN: dict[str, dict[str, Any]] = {
    "execute_request": {"code": "open('MARK', 'w')\nprint('do' + 'ne')", "silent": False},
    "complete_request": {"code": "os.environ['", "cursor_pos": 12},
    "inspect_request": {"code": "print", "cursor_pos": 3, "detail_level": 1},
    "history_request": {"hist_access_type": "tail", "n": 9, "output": True, "raw": True},
    "debug_request": {"type": "request", "seq": 1, "command": "debugInfo"},
    "input_reply": {"value": "1"},
    "interrupt_request": {},
    "create_subshell_request": {},
}


def test_messages_that_run_or_read_are_dropped(line, tmp_path) -> None:
    mark = tmp_path / "mark"
    for kind, content in FORBIDDEN.items():
        aimed = json.loads(json.dumps(content).replace("MARK", str(mark)))
        for channel in ("shell", "control", "stdin", "iopub"):
            send(line, channel, kind, aimed)
    told = heard(line)
    assert "kernel_info_reply" in told
    assert "done" not in told
    for kind in FORBIDDEN:
        assert kind.replace("request", "reply") not in told
    assert not mark.exists()


def test_strange_comms_open_nothing(line, kernel, apps) -> None:
    for target in ("os", "builtins", "ipykernel.zmqshell", "jupyter.widget.nothing"):
        told = {
            "comm_id": uuid.uuid4().hex,
            "target_name": target,
            "target_module": "os",
            "data": {},
        }
        send(line, "shell", "comm_open", told)
    answer = heard(line)
    assert "geheim" not in answer
    assert httpx.get(f"{apps}api/kernels/{kernel}").status_code == 200


def test_nonsense_ends_neither_kernel_nor_server(line, kernel, apps) -> None:
    for sent in (
        "",
        "{}",
        "[1]",
        "null",
        '{"header": 3}',
        b"",
        b"\xff" * 9,
        struct.pack("<Q", 2**40),
    ):
        try:
            line.send(sent)
        except WebSocketException:
            break  # hung up on: also an answer
    assert httpx.get(f"{apps}api/kernels/{kernel}").status_code == 200


def test_other_sites_cannot_connect(apps, kernel) -> None:
    url = f"{apps.replace('http', 'ws', 1)}api/kernels/{kernel}/channels"
    with pytest.raises(WebSocketException):
        connect(url, origin="https://example.org")


@pytest.mark.parametrize(
    "path",
    [
        "api/kernels",
        "api/sessions",
        "api/contents",
        "api/terminals",
        "api/status",
        "api/spec.yaml",
        "voila/files/../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "umgebung.ipynb",
    ],
)
def test_nothing_lists_or_leaks(apps, path) -> None:
    answer = httpx.get(f"{apps}{path}")
    assert answer.status_code in (403, 404)
    assert "root:" not in answer.text


def test_ids_cannot_be_guessed(apps) -> None:
    missing = f"{apps}api/kernels/{uuid.uuid4()}"
    assert httpx.get(missing).status_code == 404
    with pytest.raises(WebSocketException):
        connect(f"{missing.replace('http', 'ws', 1)}/channels")
