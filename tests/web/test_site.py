"""Pages without kernel: headers, redirects, words, no cookie."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from stadtlabor.web.site import site
from stadtlabor.web.texts import texts


@pytest.fixture
def client(empty_home: Path) -> Iterator[TestClient]:
    with TestClient(site(), follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/barrierefreiheit", "/datenschutz", "/impressum", "/nix", "/a/b"]
)
def test_every_page_is_german_safe_and_without_cookie(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == (404 if path in ("/nix", "/a/b") else 200)
    assert '<html lang="de"' in answer.text
    assert answer.text.count("<h1") == 1
    assert "set-cookie" not in answer.headers
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r'(src|href)="(https?:)?//', answer.text)
    assert "<script" not in answer.text
    assert "{" not in re.sub(r"<[^>]*>", "", answer.text)


@pytest.mark.parametrize(
    ("path", "goal"),
    [
        ("/hub", "/labor/hub/"),
        ("/hub/login?next=%2Fx", "/labor/hub/login?next=%2Fx"),
        ("/user/biber/lab/tree/a.ipynb", "/labor/user/biber/lab/tree/a.ipynb"),
    ],
)
def test_usual_addresses_of_a_hub_lead_to_ours(client: TestClient, path: str, goal: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 307
    assert answer.headers["location"] == goal


def test_style_sheets_and_fonts_are_there_for_good_and_compressed(client: TestClient) -> None:
    styles = re.findall(r'rel="stylesheet" href="([^"]+)"', client.get("/").text)
    assert len(styles) == 3
    for style in styles:
        answer = client.get(style, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
    fonts = re.findall(r'url\("([^"]+)"\)', client.get(styles[1]).text)
    font = styles[1].rpartition("/")[0] + "/" + fonts[0]
    assert client.get(font).headers["content-type"] == "font/woff2"


def test_pages_themselves_are_asked_for_anew(client: TestClient) -> None:
    assert client.get("/").headers["cache-control"] == "no-cache"


def test_without_data_the_page_says_so(client: TestClient) -> None:
    assert "Noch keine Messung" in client.get("/").text


def test_health_tells_what_the_services_wrote(client: TestClient, empty_home: Path) -> None:
    (empty_home / "status").mkdir()
    (empty_home / "status" / "ingest.json").write_text(json.dumps({"waiting": 3}))
    (empty_home / "status" / "torn.json").write_text("{")
    told = client.get("/health").json()
    assert told["services"] == {"ingest": {"waiting": 3}, "torn": {"state": "unreadable"}}


def test_every_text_page_has_words() -> None:
    for words in [*texts()["pages"].values(), *texts()["errors"].values()]:
        assert words["title"]
        assert all(section["paragraphs"] for section in words["sections"])
