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
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from parts import servers
from parts.rows import Row
from parts.wire import wired
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
    """What a visit put on the wire, and how many requests to which hosts it took."""

    bytes: int = 0
    requests: int = 0
    hosts: set[str] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        """Count requests from now on."""
        events = page.context.new_cdp_session(page)
        events.send("Network.enable")
        events.on("Network.requestWillBeSent", lambda told: self._sent(told["request"]["url"]))
        events.on("Network.webSocketCreated", lambda told: self._sent(told["url"]))

    def _sent(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss"):
            self.requests += 1
            self.hosts.add(urlsplit(url).hostname or "")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


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
    first, again = Weight(), Weight()
    with profile(browser, act=False) as context, wired(address) as (wire, other_end):
        visit(context, other_end, first)
        first.bytes = wire.bytes
        visit(context, other_end, again)
        again.bytes = wire.bytes - first.bytes
    return first, again


@contextmanager
def town() -> Iterator[Lab]:
    """Run a Stadtlabor with the simulated city until its pages show data."""
    with tempfile.TemporaryDirectory(prefix="town", ignore_cleanup_errors=True) as made:
        lab = start(Path(made), ROOT / "build" / "course" / "kurs", simulation=True)
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
    """Visit each page so many times; medians."""
    with (
        servers.panel(lab.home) as panel,
        servers.stock(lab.home) as stock,
        chromium() as browser,
    ):
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
    middle = {
        name: {moment: statistics.median(each[moment] for each in runs) for moment in runs[0]}
        for name, runs in timed.items()
    }
    for name, figures in middle.items():
        told = ", ".join(f"{moment} {value:.2f} s" for moment, value in figures.items())
        print(f"{name}: {told}; hosts {sorted(weights[name][0].hosts)}", flush=True)
    return [
        *_times(middle["ours"], middle["Panel"], middle["stock"]),
        *_weights(weights["ours"], weights["Panel"]),
    ]


def _times(ours: dict[str, float], panel: dict[str, float], stock: dict[str, float]) -> list[Row]:
    complete = panel["complete"]
    return [
        Row("app readable, s / Panel complete", ours["readable"], complete, 0.6, "ratio"),
        Row("app with live controls, s / Panel complete", ours["live"], complete),
        Row("app answers, s / Panel complete", ours["answered"], complete, 1.3, "ratio"),
        Row("app answers, s / Panel answers", ours["answered"], panel["answered"]),
        Row("app complete, s / stock Voilà", ours["complete"], stock["complete"]),
    ]


def _weights(ours: tuple[Weight, Weight], other: tuple[Weight, Weight]) -> list[Row]:
    first, again = ours
    foreign = (first.hosts | again.hosts) - {"127.0.0.1"}
    return [
        Row("first visit, MB / Panel", first.bytes / 1e6, other[0].bytes / 1e6, 1.3, "at most"),
        Row("first visit, requests / Panel", first.requests, other[0].requests, 45, "at most"),
        Row("repeat visit, kB / Panel", again.bytes / 1e3, other[1].bytes / 1e3, 120, "at most"),
        Row("third-party hosts", len(foreign), None, 0, "at most"),
    ]
