"""The apps' server by itself: places, state of a kernel, end of a visit."""

import html
import re

import httpx

from visits import kernel_of

ADDRESS = re.compile('data-address="([^"]+)"')


def test_a_full_house_has_a_queue_and_a_closed_page_makes_room(apps: str) -> None:
    first = httpx.get(f"{apps}umgebung", timeout=60)
    assert first.status_code == 200
    kernel = kernel_of(first.text)
    second = httpx.get(f"{apps}umgebung?ort=kempten", timeout=60)
    assert second.status_code == 200
    assert "Sie sind Nummer 1 in der Warteschlange" in second.text
    assert "set-cookie" not in second.headers
    third = httpx.get(f"{apps}umgebung", timeout=60)
    assert "Sie sind Nummer 2 in der Warteschlange" in third.text
    place, last = (ADDRESS.search(html.unescape(page.text))[1] for page in (second, third))
    assert "ort=kempten" in place
    root = apps.removesuffix("/apps/")

    def number(address: str) -> int:
        answer = httpx.get(root + address, headers={"Accept": "application/json"})
        return int(answer.json()["number"])

    assert (number(place), number(last)) == (1, 2)
    assert httpx.get(f"{apps}api/kernels/{kernel}").status_code == 200
    assert httpx.post(f"{apps}voila/api/shutdown/{kernel}").status_code == 204
    gone = httpx.get(f"{apps}api/kernels/{kernel}")
    assert gone.status_code == 404
    assert (number(place), number(last)) == (0, 1)
    assert "in der Warteschlange" in httpx.get(f"{apps}umgebung", timeout=60).text
    entered = httpx.get(root + place, timeout=60).text
    assert "UMGEBUNG" in entered
    assert number(last) == 1
    assert httpx.post(f"{apps}voila/api/shutdown/{kernel_of(entered)}").status_code == 204


def test_pages_are_compressed(apps: str) -> None:
    answer = httpx.get(f"{apps}nix", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
