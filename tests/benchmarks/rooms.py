"""A room of 60 phones: ``python tests/benchmarks/rooms.py --phones 60 --seconds 60``.

Starts the web service as a process of its own. Phones load the page with its files, look every
three seconds, contribute and vote; a leader's map looks every second. Printed are the bytes of the
page, the time of a contribution (p50, p95), the time until the leader sees it, the memory of the
service and its ratio to a Voilà kernel per phone (106 MB each, own measurement of a minimal map
page). Then 10,000 hostile submissions must change nothing, and a service that is killed amid
contributions must have kept every one that it accepted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import httpx
import numpy as np
import psutil

VOILA_KERNEL_MB = 106
HOSTILE = (
    "<script>alert(1)</script>", "'; DROP TABLE room; --", '"><img src=x onerror=alert(1)>',
    "\x00" * 50, "A" * 600, "{{7*7}}", "../../etc/passwd", "%s%n%x", "\u202eabc", "🙂" * 501,
    "javascript:alert(1)",
)  # fmt: skip


@dataclass
class Service:
    """The web service as a process."""

    home: Path
    port: int = 0
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start it and wait until it answers."""
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        stated = self.home / "settings.toml"
        stated.write_text(f"[serve]\nweb_port = {self.port}\n")
        command = [sys.executable, "-m", "stadtlabor.web"]
        environment = os.environ | {
            "STADTLABOR_HOME": str(self.home),
            "STADTLABOR_SETTINGS": str(stated),
        }
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                httpx.get(f"{self.base}/health", timeout=2)
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return
        sys.exit("the web service does not answer")

    @property
    def base(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"

    def memory_mb(self) -> float:
        """Return its resident memory, MB."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6

    def kill(self) -> None:
        """Kill it without warning."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def opened(base: str, mode: str) -> tuple[str, str]:
    """Open a room; return code and key."""
    day = date.today() + timedelta(days=2)  # noqa: DTZ011 - a day of a form
    form = {"title": "Probe", "question": "Was fehlt?", "closes": str(day), "mode": mode}
    key = httpx.post(f"{base}/raum", data=form).headers["location"].rsplit("/", 1)[1]
    page = httpx.get(f"{base}/raum/leitung/{key}").text
    found = re.search(r'survey-code">(\w+)<', page)
    assert found
    return found[1], key


def page_bytes(base: str, code: str) -> int:
    """Return the bytes that a phone loads for the page, as gzip."""
    with httpx.Client(headers={"Accept-Encoding": "gzip"}) as phone:
        addresses = [f"/raum/{code}"]
        html = phone.get(base + addresses[0]).text
        addresses += re.findall(r'(?:href|src)="(/static/[^"]+)"', html)
        total = 0
        for address in addresses:
            with phone.stream("GET", base + address) as answer:
                total += sum(len(part) for part in answer.iter_raw())
        return total


@dataclass
class Log:
    """What the phones saw."""

    took: list[float] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


async def phone(base: str, code: str, log: Log, until: float, every: float) -> None:
    """Be one participant."""
    token = secrets.token_hex(16)
    async with httpx.AsyncClient(base_url=base, timeout=30) as web:
        await web.get(f"/raum/{code}")
        tag = ""
        await asyncio.sleep(random.random() * every)
        while time.monotonic() < until:
            text = f"Beitrag {secrets.token_hex(6)}"
            begin = time.monotonic()
            answer = await web.post(
                f"/raum/{code}",
                json={"id": secrets.token_hex(12), "token": token, "kind": "idea", "text": text},
            )
            log.took.append(time.monotonic() - begin)
            if answer.status_code == 200:
                log.sent[text] = begin
            elif "schon 30" not in answer.text:
                log.faults.append(answer.text[:100])
            for _ in range(max(1, int(every / 3))):
                state = await web.get(f"/raum/{code}/stand.json", headers={"If-None-Match": tag})
                if state.status_code == 200:
                    tag = state.headers["etag"]
                    some = random.choice(state.json()["items"])
                    vote = {"token": token, "number": some["id"], "value": random.choice([1, -1])}
                    await web.post(f"/raum/{code}/stimme", json=vote)
                await asyncio.sleep(3)


async def leader(base: str, key: str, log: Log, until: float) -> None:
    """Be the map of the one who leads."""
    async with httpx.AsyncClient(base_url=base, timeout=30) as web:
        while time.monotonic() < until + 2:
            state = (await web.get(f"/raum/leitung/{key}/stand.json")).json()
            now = time.monotonic()
            for item in state["items"]:
                log.seen.setdefault(item["text"], now)
            await asyncio.sleep(1)


async def crowd(service: Service, phones: int, seconds: float) -> Log:
    """Let the phones work."""
    code, key = opened(service.base, "open")
    log, until = Log(), time.monotonic() + seconds
    await asyncio.gather(
        leader(service.base, key, log, until),
        *(phone(service.base, code, log, until, 9) for _ in range(phones)),
    )
    return log


async def hostile(service: Service, number: int) -> int:
    """Send nonsense to a moderated room; return what changed of what people see."""
    code, _ = opened(service.base, "moderated")
    rng = random.Random(1)
    codes: dict[int, int] = {}

    async with httpx.AsyncClient(base_url=service.base, timeout=30) as web:
        before = (await web.get(f"/raum/{code}/stand.json")).json()["items"]

        async def one() -> None:
            body: object = {
                rng.choice(["kind", "text", "token", "id", "number", "value", "lat", "action"]):
                rng.choice([*HOSTILE, 1e308, -1, None, [], {"a": {}}, True])
                for _ in range(rng.randint(0, 6))
            }  # fmt: skip
            if rng.random() < 0.5:
                text, token = rng.choice(HOSTILE), secrets.token_hex(16)
                body = {"kind": "idea", "text": text, "token": token}
            raw = json.dumps(body).encode()
            if rng.random() < 0.3:
                raw = bytes(rng.randrange(256) for _ in range(rng.randint(0, 300)))
            if rng.random() < 0.02:
                raw = b"x" * 200_000
            path = rng.choice(["", "/stimme", "/alter", "/mein"])
            kind = rng.choice(["application/json", "application/x-www-form-urlencoded", "text/x"])
            answer = await web.post(f"/raum/{code}{path}", content=raw,
                                    headers={"Content-Type": kind})  # fmt: skip
            codes[answer.status_code] = codes.get(answer.status_code, 0) + 1
            assert "Traceback" not in answer.text

        for _ in range(number // 20):
            await asyncio.gather(*(one() for _ in range(20)))
        after = (await web.get(f"/raum/{code}/stand.json")).json()["items"]
    print(f"{number} hostile submissions: answers {dict(sorted(codes.items()))}")
    return sum(count for status, count in codes.items() if status >= 500) + (before != after)


async def killed(service: Service) -> tuple[int, int]:
    """Kill the service amid contributions; return how many it accepted and how many it kept."""
    code, key = opened(service.base, "open")
    accepted: set[str] = set()

    async def one(n: int) -> None:
        text = f"Beitrag {n} {secrets.token_hex(4)}"
        body = {"id": f"{n}", "token": secrets.token_hex(16), "kind": "idea", "text": text}
        async with httpx.AsyncClient(base_url=service.base, timeout=10) as web:
            try:
                answer = await web.post(f"/raum/{code}", json=body)
            except httpx.HTTPError:
                return
        if answer.status_code == 200:
            accepted.add(text)

    work = [asyncio.create_task(one(n)) for n in range(400)]
    while len(accepted) < 100:
        await asyncio.sleep(0.005)
    service.kill()
    await asyncio.gather(*work)
    service.start()
    items = httpx.get(f"{service.base}/raum/leitung/{key}/stand.json").json()["items"]
    return len(accepted), len(accepted & {item["text"] for item in items})


def main() -> int:
    """Run and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--phones", type=int, default=60)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--hostile", type=int, default=10_000)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder))
        service.start()
        try:
            code, _ = opened(service.base, "open")
            print(f"page of a participant: {page_bytes(service.base, code) / 1000:.1f} kB (gzip)")
            log = asyncio.run(crowd(service, options.phones, options.seconds))
            p50, p95 = np.quantile(log.took, (0.5, 0.95)) * 1000
            late = [log.seen.get(text, np.inf) - begin for text, begin in log.sent.items()]
            memory = service.memory_mb()
            faults = f"faults: {len(log.faults)} {log.faults[:2]}"
            seconds = f"{options.seconds:.0f} s"
            print(f"{options.phones} phones, {len(log.took)} contributions in {seconds}, {faults}")
            print(f"a contribution takes {p50:.0f} ms, p95 {p95:.0f} ms; "
                  f"the leader sees it after at most {max(late):.2f} s")  # fmt: skip
            print(f"service {memory:.0f} MB; a Voilà kernel per phone would take "
                  f"{options.phones * VOILA_KERNEL_MB} MB, "
                  f"ratio {memory / options.phones / VOILA_KERNEL_MB:.3f}")  # fmt: skip
            changed = asyncio.run(hostile(service, options.hostile))
            print(f"changed or broken by them: {changed}; memory then {service.memory_mb():.0f} MB")
            accepted, kept = asyncio.run(killed(service))
            print(f"killed amid contributions: {accepted} accepted, {kept} kept")
        finally:
            service.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
