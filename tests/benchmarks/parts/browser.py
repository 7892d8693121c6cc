"""A visit in a real browser: when can one read, when does a control answer, what does it weigh.

Chromium opens each page in a fresh profile: ours through hub and proxy, the same content in Panel,
and the same notebook in stock Voilà, in turns. All three read one store that the simulated city
goes on filling, and have their charts drawn by the same process. ``probe.js`` notes the moments
inside the page; visits that are weighed are not timed.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from parts import servers
from parts.rows import Row
from running import ROOT, Lab, start, wait_for

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
PROBE = Path(__file__).with_name("probe.js").read_text(encoding="utf-8")
LAPTOP = {"width": 1366, "height": 768}
SETTLE_MS = 2000
"""How long a page that is there may go on loading until its weight is taken."""
ROWS = 100_000
"""Observations after which the simulated city has filled every chart."""


@dataclass
class Weight:
    """What a visit put on the wire."""

    bytes: float = 0
    requests: int = 0
    hosts: set[str] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        """Count from now on."""
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.requestWillBeSent", lambda told: self._sent(told["request"]["url"]))
        wire.on("Network.webSocketCreated", lambda told: self._sent(told["url"]))
        wire.on("Network.requestServedFromCache", lambda _: self._count(0, -1))
        wire.on("Network.loadingFinished", lambda told: self._count(told["encodedDataLength"]))
        for event in ("Network.webSocketFrameReceived", "Network.webSocketFrameSent"):
            wire.on(event, lambda told: self._count(_length(told["response"])))

    def _sent(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss"):
            self.requests += 1
            self.hosts.add(urlsplit(url).hostname or "")

    def _count(self, size: float, requests: int = 0) -> None:
        self.bytes += size
        self.requests += requests


def _length(frame: dict[str, Any]) -> float:
    """Return the bytes of a websocket's frame; binary ones are told in base64."""
    size = len(frame["payloadData"])
    return size * 3 / 4 if frame["opcode"] == 2 else size


@contextmanager
def profile(browser: Browser, act: bool) -> Iterator[BrowserContext]:
    """Open a fresh profile: no cache, no cookie."""
    context = browser.new_context(viewport=LAPTOP, locale="de-DE")  # type: ignore[arg-type]
    context.add_init_script(f"{{const ACT = {json.dumps(act)};\n{PROBE}}}")
    try:
        yield context
    finally:
        context.close()


def visit(context: BrowserContext, address: str, weight: Weight | None = None) -> dict[str, float]:
    """Open the page; return its moments in seconds from the start of the navigation."""
    page = context.new_page()
    if weight:
        weight.watch(page)
    page.goto(address, wait_until="commit")
    moments: dict[str, float] = page.evaluate("window.visit")
    if weight:
        page.wait_for_timeout(SETTLE_MS)
    page.goto("about:blank")  # tells the server that the page is closed
    page.close()
    return {name: moment / 1000 for name, moment in moments.items()}


def weigh(browser: Browser, address: str) -> tuple[Weight, Weight]:
    """Return the weight of a first visit and of a second one in the same profile."""
    with profile(browser, act=False) as context:
        first, again = Weight(), Weight()
        visit(context, address, first)
        visit(context, address, again)
    return first, again


@contextmanager
def town() -> Iterator[Lab]:
    """Run a Stadtlabor with the simulated city until its pages show data."""
    with tempfile.TemporaryDirectory(prefix="town", ignore_cleanup_errors=True) as made:
        lab = start(Path(made), ROOT / "notebooks", simulation=True)
        try:
            wait_for("data", lambda: _collected(lab) > ROWS, 180)
            page = f"{lab.address}/seiten/passantenfrequenz"
            wait_for("a page with data", lambda: "Menschen an den" in httpx.get(page).text, 180)
            yield lab
        finally:
            lab.stop()


def _collected(lab: Lab) -> int:
    status = lab.home / "status" / "ingest.json"
    return int(json.loads(status.read_text())["rows"]) if status.exists() else 0


def measure(lab: Lab, visits: int) -> list[Row]:
    """Visit each page so many times."""
    with (
        servers.panel(lab.home) as panel,
        servers.stock(lab.home) as stock,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        pages = {
            "ours": f"{lab.address}/apps/passantenfrequenz",
            "Panel": panel.address,
            "stock": stock.address,
        }
        weights = {name: weigh(browser, address) for name, address in pages.items()}
        timed: dict[str, list[dict[str, float]]] = {name: [] for name in pages}
        for _ in range(visits):
            for name, address in pages.items():
                with profile(browser, act=True) as context:
                    timed[name].append(visit(context, address))
        browser.close()
    middle = {
        name: {moment: statistics.median(each[moment] for each in runs) for moment in runs[0]}
        for name, runs in timed.items()
    }
    for name, figures in middle.items():
        told = "  ".join(f"{moment} {value:5.2f}" for moment, value in figures.items())
        first, again = weights[name]
        print(
            f"browser  {name:6} {told}  first {first.bytes / 1000:.0f} kB, {first.requests} requests"
            f"  again {again.bytes / 1000:.0f} kB, {again.requests} requests  {sorted(first.hosts)}",
            flush=True,
        )
    complete = middle["Panel"]["complete"]
    first, again = weights["ours"]
    panel_first, panel_again = weights["Panel"]
    foreign = len((first.hosts | again.hosts) - {"127.0.0.1"})
    return [
        Row("app readable, s / Panel complete", middle["ours"]["readable"], complete, 0.6, "ratio"),
        Row("app live, s / Panel complete", middle["ours"]["live"], complete),
        Row("app answers, s / Panel complete", middle["ours"]["answered"], complete, 1.3, "ratio"),
        Row(
            "app answers, s / Panel answers",
            middle["ours"]["answered"],
            middle["Panel"]["answered"],
        ),
        Row(
            "app complete, s / stock Voilà", middle["ours"]["complete"], middle["stock"]["complete"]
        ),
        Row("first visit, MB", first.bytes / 1e6, panel_first.bytes / 1e6, 1.3, "at most"),
        Row("first visit, requests", first.requests, panel_first.requests, 45, "at most"),
        Row("repeat visit, kB", again.bytes / 1e3, panel_again.bytes / 1e3, 120, "at most"),
        Row("foreign hosts", foreign, None, 0, "at most"),
    ]
