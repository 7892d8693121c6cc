"""Style sheets, scripts and pages go out packed: once packed, sent to all."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from httpx import Response
from starlette.testclient import TestClient

from running import wait_for
from stadtlabor.render import Page
from stadtlabor.web import assets
from stadtlabor.web.files import PackedFiles
from stadtlabor.web.packed import Press
from stadtlabor.web.site import site

ADDRESS = "/seiten/passantenfrequenz"
SCRIPT = "export const städte = ['Kempten'];\n" * 2000
BROTLI = {"Accept-Encoding": "gzip, deflate, br, zstd"}
"""What browsers send."""


@pytest.fixture
def client(empty_home: Path) -> Iterator[TestClient]:
    with TestClient(site()) as client:
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[TestClient]:
    """A folder with one script in a folder of its own, by itself."""
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "app.js").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "small.css").write_text("p{}")
    (tmp_path / "secret.pem").write_text("key")
    press = Press()
    yield TestClient(PackedFiles(press, tmp_path))
    press.close()


def made(count: int) -> None:
    body = f"<h1>Wie voll?</h1><p>{count}</p>"
    Page("passantenfrequenz", "Wie voll?", body, datetime.now(UTC)).save()


def by_brotli(client: TestClient, address: str) -> Response:
    """Ask as a browser does until the press has done its work."""

    def asked() -> Response | None:
        answer = client.get(address, headers=BROTLI)
        return answer if answer.headers.get("content-encoding") == "br" else None

    answer: Response = wait_for("brotli", asked, 20)
    return answer


def raw(client: TestClient, address: str, accepts: str) -> tuple[bytes, Response]:
    """Return the body as it is on the wire."""
    with client.stream("GET", address, headers={"Accept-Encoding": accepts}) as answer:
        return b"".join(answer.iter_raw()), answer


def test_every_encoding_has_the_same_content_and_its_own_etag(folder: TestClient) -> None:
    by_brotli(folder, "/built/app.js")
    tags = set()
    unpacked = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}
    for accepts, unpack in unpacked.items():
        body, answer = raw(folder, "/built/app.js", accepts)
        assert unpack(body).decode() == SCRIPT
        assert answer.headers["content-length"] == str(len(body))
        assert answer.headers.get("content-encoding", "identity") == accepts
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        tags.add(answer.headers["etag"])
    assert len(tags) == 3


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [("br;q=0, gzip", "gzip"), ("br; q=0.000,gzip;q=0", None), ("GZIP", "gzip"), ("", None)],
)
def test_a_browser_gets_what_it_can_read(
    folder: TestClient, accepts: str, encoding: str | None
) -> None:
    by_brotli(folder, "/built/app.js")
    assert raw(folder, "/built/app.js", accepts)[1].headers.get("content-encoding") == encoding


def test_nobody_waits_for_brotli(folder: TestClient) -> None:
    assert folder.get("/built/app.js", headers=BROTLI).headers["content-encoding"] in ("gzip", "br")


def test_what_a_browser_has_in_any_encoding_is_not_sent_again(folder: TestClient) -> None:
    first = folder.get("/built/app.js", headers={"Accept-Encoding": "gzip"})
    by_brotli(folder, "/built/app.js")
    known = {"If-None-Match": f'"other", W/{first.headers["etag"]}', **BROTLI}
    again = folder.get("/built/app.js", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in again.headers


def test_small_files_go_as_they_are(folder: TestClient) -> None:
    answer = folder.get("/small.css", headers=BROTLI)
    assert (answer.text, "content-encoding" in answer.headers) == ("p{}", False)


@pytest.mark.parametrize(
    "path", ["/none.js", "/..%2fx.js", "/a%00.js", f"/{'x' * 300}.js", "/built", "/"]
)
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(assets.prefix() + path).status_code == 404


def test_only_reading_is_allowed(client: TestClient) -> None:
    assert client.post(assets.url("site.css")).status_code == 405


@pytest.mark.parametrize("style", assets.STYLES)
def test_style_sheets_are_kept_for_good(client: TestClient, style: str) -> None:
    answer = by_brotli(client, assets.url(style))
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    known = {"If-None-Match": answer.headers["etag"], **BROTLI}
    again = client.get(assets.url(style), headers=known)
    assert again.status_code == 304
    assert "immutable" in again.headers["cache-control"]


def test_fonts_are_packed_already(client: TestClient) -> None:
    name = next(assets.font_folder().glob("*.woff2")).name
    answer = client.get(assets.url(f"{assets.FONTS}/{name}"), headers=BROTLI)
    assert "content-encoding" not in answer.headers


def test_pages_made_from_notebooks_are_packed(client: TestClient) -> None:
    made(31)
    answer = by_brotli(client, ADDRESS)
    assert "<h1>Wie voll?</h1>" in answer.text
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src" not in answer.headers["content-security-policy"]
    head = client.head(ADDRESS, headers=BROTLI)
    assert head.headers["content-length"] == answer.headers["content-length"]
    plain = client.get(ADDRESS, headers={"Accept-Encoding": "identity"})
    assert plain.headers["vary"] == "Accept-Encoding"


def test_a_newer_page_is_sent_at_once(client: TestClient) -> None:
    made(31)
    old = by_brotli(client, ADDRESS)
    made(32)
    known = {"If-None-Match": old.headers["etag"], **BROTLI}
    assert "32" in client.get(ADDRESS, headers=known).text
