"""Messages between a template and those who want a fork: JSON and file descriptors."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Peer", "connect", "peer", "reach", "receive", "send"]

_LONGEST = 107
"""Bytes of the path of a socket (unix(7), ``sun_path``)."""

_MOST_BYTES = 1 << 20
_MOST_FDS = 8


class Peer(NamedTuple):
    """Who is on the other side of a link."""

    pid: int
    uid: int
    gid: int


@contextmanager
def reach(path: Path) -> Iterator[str]:
    """Yield a path by which a socket can be bound or connected to, however deep it lies."""
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def connect(path: str, timeout_s: float) -> socket.socket:
    """Connect to a template; sequenced packets keep each message whole."""
    link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    link.settimeout(timeout_s)
    try:
        with reach(Path(path)) as way:
            link.connect(way)
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


def peer(link: socket.socket) -> Peer:
    """Return the other side as the kernel of the system tells it, whatever its messages say."""
    told = link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return Peer(*struct.unpack("3i", told))
