"""Browser tests: Chromium against a running Stadtlabor.

Fixtures
--------
lab
    The shared Stadtlabor (``tests/running.py``): ``lab.address``, ``lab.password``.
browser
    Chromium, once for all tests.
visit
    ``visit(path_or_url, size)`` opens a page in a fresh profile and returns it. After the test
    every request must have gone to 127.0.0.1 and no script may have thrown; without login there
    must be no cookie either. A test that logs in says so with ``@pytest.mark.logged_in``.
shot
    ``shot(page, name)`` keeps a picture in ``test-artefacts/``.
axe
    ``axe(page)`` returns the serious and critical findings of axe-core, ``[]`` where all is well.

Sizes are ``PHONE`` and ``LAPTOP``. For tests of the real notebooks start a Stadtlabor of your own
with :func:`running.start` and pass full addresses to ``visit``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from running import ROOT, Lab, lab

__all__ = ["lab"]

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1366, "height": 768}
PHONE_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/150.0.0.0 Mobile Safari/537.36"
)
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
Visit = Callable[..., Page]

# A kernel that starts beside all others takes its time; how fast it is, benchmarks say.
expect.set_options(timeout=30_000)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "logged_in: the test logs in, so cookies are expected")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(params=[PHONE, LAPTOP], ids=["phone", "laptop"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    chosen: dict[str, int] = request.param
    return chosen


@pytest.fixture
def visit(browser: Browser, lab: Lab, request: pytest.FixtureRequest) -> Iterator[Visit]:
    hosts: set[str] = set()
    thrown: list[str] = []
    contexts = []
    logged_in = request.node.get_closest_marker("logged_in")

    def note(url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss"):
            hosts.add(urlsplit(url).hostname or "")

    def complain(told: ConsoleMessage) -> None:
        # JupyterLab complains about itself. An address that does not exist is some tests' purpose.
        if told.type == "error" and not (logged_in or told.text.startswith("Failed to load")):
            thrown.append(told.text)

    def open_page(path: str, size: dict[str, int], script: bool = True) -> Page:
        small = size["width"] < 500
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale="de-DE",
            java_script_enabled=script,
            user_agent=PHONE_AGENT if small else None,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda sent: note(sent.url))
        page.on("websocket", lambda socket: note(socket.url))
        page.on("pageerror", lambda error: thrown.append(str(error)))
        page.on("console", complain)
        page.goto(path if "://" in path else lab.address + path)
        return page

    yield open_page
    cookies = [cookie for context in contexts for cookie in context.cookies()]
    for context in contexts:
        context.close()
    assert hosts == {"127.0.0.1"}
    assert thrown == []
    if not logged_in:
        assert cookies == []


@pytest.fixture(scope="session")
def shot() -> Callable[[Page, str], None]:
    folder = ROOT / "test-artefacts"
    folder.mkdir(exist_ok=True)

    def keep(page: Page, name: str) -> None:
        width = (page.viewport_size or LAPTOP)["width"]
        page.screenshot(path=str(folder / f"{name}-{width}.png"), full_page=True)

    return keep


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    script = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def check(page: Page) -> list[str]:
        # Evaluated by the browser's own channel: the pages' policy forbids foreign scripts.
        page.evaluate(script)
        found: dict[str, Any] = page.evaluate("axe.run()")
        return [
            f"{finding['id']}: {[node['html'][:120] for node in finding['nodes']]}"
            for finding in found["violations"]
            if finding["impact"] in ("serious", "critical")
        ]

    return check
