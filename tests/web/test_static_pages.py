"""Pages made from notebooks: framed, cached, without script."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from stadtlabor.render import Page
from stadtlabor.web.site import site
from stadtlabor.web.static_pages import FRESH_MIN

ADDRESS = "/seiten/passantenfrequenz"


@pytest.fixture
def client(empty_home: Path) -> Iterator[TestClient]:
    with TestClient(site()) as client:
        yield client


def made(home: Path, body: str = "<h1>Wie voll?</h1><p>31</p>", minutes: int = 0) -> None:
    when = datetime.now(UTC) - timedelta(minutes=minutes)
    Page("passantenfrequenz", "Wie voll?", body, when).save()
    path = home / "pages" / "passantenfrequenz.json"
    os.utime(path, (when.timestamp(), when.timestamp()))


def test_a_page_is_framed_and_needs_no_script(client: TestClient, empty_home: Path) -> None:
    assert client.get(ADDRESS).status_code == 404
    assert ADDRESS not in client.get("/").text
    made(empty_home)
    answer = client.get(ADDRESS)
    assert "<h1>Wie voll?</h1>" in answer.text
    assert "Stand:" in answer.text
    assert 'href="/apps/passantenfrequenz"' in answer.text
    assert "veraltet" not in answer.text
    assert "<script" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    assert f'href="{ADDRESS}"' in client.get("/").text


def test_a_browser_that_has_the_page_gets_nothing_twice(
    client: TestClient, empty_home: Path
) -> None:
    made(empty_home)
    first = client.get(ADDRESS, headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert client.get(ADDRESS, headers={"Accept-Encoding": "identity"}).text == first.text
    again = client.get(ADDRESS, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    made(empty_home, "<h1>Wie voll?</h1><p>32</p>")
    newer = client.get(ADDRESS, headers={"If-None-Match": first.headers["etag"]})
    assert "32" in newer.text


def test_an_old_page_says_so(client: TestClient, empty_home: Path) -> None:
    made(empty_home, minutes=FRESH_MIN + 1)
    assert "Diese Seite ist veraltet." in client.get(ADDRESS).text


def test_a_torn_page_is_no_page(client: TestClient, empty_home: Path) -> None:
    made(empty_home)
    (empty_home / "pages" / "passantenfrequenz.json").write_text('{"name": "pass')
    answer = client.get(ADDRESS)
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.text


def test_a_watchdog_may_ask_for_the_head_only(client: TestClient, empty_home: Path) -> None:
    made(empty_home)
    assert client.head(ADDRESS).status_code == client.head("/").status_code == 200
