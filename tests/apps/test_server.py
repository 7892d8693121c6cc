"""The apps' server by itself: places, state of a kernel, end of a visit."""

import httpx

from visits import kernel_of


def test_a_full_house_says_so_and_a_closed_page_makes_room(apps: str) -> None:
    first = httpx.get(f"{apps}umgebung", timeout=60)
    assert first.status_code == 200
    kernel = kernel_of(first.text)
    second = httpx.get(f"{apps}umgebung", timeout=60)
    assert second.status_code == 503
    assert "Gerade sind alle Plätze besetzt" in second.text
    assert second.headers["retry-after"] == "30"
    assert "set-cookie" not in second.headers
    assert httpx.get(f"{apps}api/kernels/{kernel}").status_code == 200
    assert httpx.post(f"{apps}voila/api/shutdown/{kernel}").status_code == 204
    gone = httpx.get(f"{apps}api/kernels/{kernel}")
    assert gone.status_code == 404
    assert httpx.get(f"{apps}umgebung", timeout=60).status_code == 200


def test_pages_are_compressed(apps: str) -> None:
    answer = httpx.get(f"{apps}nix", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
