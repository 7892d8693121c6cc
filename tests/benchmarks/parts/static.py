"""The static tier: one page without script, weighed in a browser and asked for as often as can be.

The load comes from a client of our own (``load.py``) in a process of its own, on the same cores
as hub, proxy and pages.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from parts.browser import LAPTOP, Weight, chromium
from parts.rows import Row
from parts.wire import wired
from running import Lab

PATH = "/seiten/passantenfrequenz"
READ = "h1:visible, .stadtlabor-answer:visible, figure svg:visible"
CONNECTIONS = 64
LOAD = Path(__file__).with_name("load.py")


def measure(lab: Lab, seconds: float) -> list[Row]:
    """Weigh the page, then ask for it for so long."""
    weight = Weight()
    with chromium() as browser, wired(lab.address + PATH) as (wire, other_end):
        context = browser.new_context(
            viewport=LAPTOP,  # type: ignore[arg-type]
            java_script_enabled=False,
        )
        page = context.new_page()
        weight.watch(page)
        page.goto(other_end, wait_until="networkidle")
        readable = page.locator(
            ".stadtlabor-answer:visible, h1:visible, figure svg:visible"
        ).count()
    host, port = urlsplit(lab.address).hostname, urlsplit(lab.address).port
    command = [sys.executable, str(LOAD), str(host), str(port), PATH, str(CONNECTIONS)]
    ended = subprocess.run([*command, str(seconds)], check=True, capture_output=True, text=True)
    found = json.loads(ended.stdout)
    assert not found["faults"], f"{found['faults']} answers were no page"
    return [
        Row("static page, kB", wire.bytes / 1000, None, 300, "at most"),
        Row("static page, requests", weight.requests, None, 12, "at most"),
        Row("static page without script: parts to read", readable, None, 4, "at least"),
        Row("static page, answers/s at the proxy", found["per_s"], None, 400, "at least"),
        Row("static page, slowest answer, s", found["slowest_s"]),
    ]
