"""Messages between a template and those who want a fork: JSON and file descriptors."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

__all__ = ["connect", "peer", "receive", "send"]

_MOST_BYTES = 1 << 20
_MOST_FDS = 8


def connect(path: str, timeout_s: float) -> socket.socket:
    """Connect to a template; sequenced packets keep each message whole."""
    link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    link.settimeout(timeout_s)
    try:
        link.connect(path)
    except OSError:
        link.close()
        raise
    return link


def send(link: socket.socket, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
    """Send one message and copies of file descriptors."""
    socket.send_fds(link, [json.dumps(message).encode()], list(fds))


def receive(link: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Return one message and the descriptors that came with it, both empty at the end."""
    content, fds, _, _ = socket.recv_fds(link, _MOST_BYTES, _MOST_FDS)
    return (json.loads(content) if content else {}), fds


def peer(link: socket.socket) -> tuple[int, int]:
    """Return process id and user id of the other side, as the kernel of the system tells them."""
    told = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, _ = struct.unpack("3i", told)
    return pid, uid
