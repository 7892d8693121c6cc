"""What someone with a kernel may try; runs inside of it, as text, and tells what was possible.

``TARGETS`` is put before it: for each way of trying a list of places.
"""

import json
import os
import signal
import socket


def read(path):
    with open(path, "rb") as file:  # noqa: PTH123
        file.read(1)


def write(path):
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND))
    os.unlink(path)  # noqa: PTH108


def call(path, kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_UNIX, kind) as link:
        link.connect(path)


WAYS = {
    "read": read,
    "list": os.listdir,
    "write": write,
    "call": call,
    "ask": lambda path: call(path, socket.SOCK_SEQPACKET),
    "end": lambda pid: os.kill(int(pid), signal.SIGTERM),
}


def tried(way, target):
    try:
        WAYS[way](target)
    except OSError as error:
        return type(error).__name__
    return "open"


told = {f"{way} {t}": tried(way, t) for way, targets in TARGETS.items() for t in targets}  # noqa: F821
print("VERSUCHE", json.dumps(told), "ENDE")
