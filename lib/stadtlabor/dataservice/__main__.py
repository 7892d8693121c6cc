"""Run the data service: ``python -m stadtlabor.dataservice``."""

from __future__ import annotations

import contextlib
import ctypes
import os

# Arrow's own pool keeps what an answer has needed; the system's gets it back.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
# As for the pages: few pools of memory, before the first thread starts.
with contextlib.suppress(OSError, AttributeError):
    ctypes.CDLL(None).mallopt(-8, 2)

import argparse
from pathlib import Path

import uvicorn

from stadtlabor.dataservice.address import socket_path
from stadtlabor.dataservice.identity import Identity
from stadtlabor.dataservice.opening import desk
from stadtlabor.dataservice.server import application
from stadtlabor.dataservice.sockets import LocalProtocol, listen

parser = argparse.ArgumentParser(description="Datendienst")
parser.add_argument("--hub", default="", help="address of the hub's API")
parser.add_argument("--people", type=Path, help="folder that tells whose system user is whose")
parser.add_argument(
    "--service", action="append", default=[], metavar="NAME=UID", help="a service's system user"
)
stated = parser.parse_args()

pairs = (entry.partition("=") for entry in stated.service)
# Where all share one system user it tells nothing about who asks.
own = os.getuid() if stated.people else None
who = Identity(stated.hub, {int(uid): name for name, _, uid in pairs}, stated.people, own)
server = uvicorn.Server(
    uvicorn.Config(
        application(desk("people"), who),
        http=LocalProtocol,
        lifespan="off",
        access_log=False,  # decisions are logged, see journal.py
        server_header=False,
        proxy_headers=False,
    )
)
server.run([listen(socket_path())])
