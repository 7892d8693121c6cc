"""Ask for one page again and again over kept connections: ``load.py HOST PORT PATH N SECONDS``.

A program of its own, so that the client's work is no part of the server's process. Prints JSON:
answers per second, the slowest one in seconds, the bytes of one body, answers that were no page.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import uvloop


class Visitor(asyncio.Protocol):
    """One kept connection; asks as soon as the last answer is complete."""

    def __init__(self, request: bytes, until: float) -> None:
        self.request, self.until = request, until
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answers = self.faults = self.wanted = self.size = 0
        self.slowest = 0.0
        self.heard = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.begin = time.perf_counter()
        self.transport.write(self.request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.heard += data
        if not self.wanted:
            head, found, _ = self.heard.partition(b"\r\n\r\n")
            if not found:
                return
            fields = dict(line.lower().split(b": ", 1) for line in bytes(head).split(b"\r\n")[1:])
            self.size = int(fields[b"content-length"])
            self.wanted = len(head) + 4 + self.size
            self.faults += not head.startswith(b"HTTP/1.1 200")
        if len(self.heard) < self.wanted:
            return
        self.heard.clear()
        self.wanted = 0
        self.answers += 1
        now = time.perf_counter()
        self.slowest = max(self.slowest, now - self.begin)
        if now < self.until:
            self.ask()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.faults += error is not None or bool(self.heard)
        self.done.set_result(None)


async def load(
    host: str, port: int, path: str, connections: int, seconds: float
) -> dict[str, float]:
    """Keep so many connections busy for so long."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n"
        "Accept-Encoding: gzip, deflate, br\r\nAccept: text/html\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    begin = time.perf_counter()
    until = begin + seconds
    visitors = [
        (await loop.create_connection(lambda: Visitor(request, until), host, port))[1]
        for _ in range(connections)
    ]
    await asyncio.wait_for(asyncio.gather(*(v.done for v in visitors)), seconds + 30)
    taken = time.perf_counter() - begin
    return {
        "per_s": sum(visitor.answers for visitor in visitors) / taken,
        "slowest_s": max(visitor.slowest for visitor in visitors),
        "bytes": visitors[0].size,
        "faults": sum(visitor.faults for visitor in visitors),
    }


if __name__ == "__main__":
    host, port, path, connections, seconds = sys.argv[1:]
    found = uvloop.run(load(host, int(port), path, int(connections), float(seconds)))
    print(json.dumps(found))
