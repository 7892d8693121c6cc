"""The apps' server by itself: places, state of a kernel, end of a visit."""

from __future__ import annotations

import httpx
import pytest

from forks import told
from running import wait_for
from stadtlabor.apps.session import END
from visits import Visit, ask, leave, visit


def number(address: str, ticket: str) -> int:
    """Return the place of someone who asks again."""
    answer = ask(address, "umgebung", ticket)
    assert answer.status_code == 202
    return int(answer.json()["number"])


def taken(address: str) -> int:
    return int(httpx.get(f"{address}health").json()["taken"])


def test_a_full_house_has_a_queue_and_a_closed_page_makes_room(apps: str) -> None:
    first = visit(apps, "umgebung")
    assert 'data-widget="' in first.html
    assert first.html.endswith(END)
    waits = [ask(apps, "umgebung") for _ in range(2)]
    assert [answer.status_code for answer in waits] == [202, 202]
    assert [answer.json()["number"] for answer in waits] == [1, 2]
    assert not [answer for answer in waits if "set-cookie" in answer.headers]
    place, last = (answer.json()["ticket"] for answer in waits)
    assert httpx.get(f"{apps}health").json() == {"taken": 1, "places": 1, "waiting": 2}
    assert httpx.get(f"{apps}api/kernels/{first.kernel}").status_code == 200
    leave(apps, first.kernel)
    assert httpx.get(f"{apps}api/kernels/{first.kernel}").status_code == 404
    assert number(apps, last) == 1  # not before his turn
    entered = visit(apps, "umgebung", place)
    assert "UMGEBUNG" in entered.html
    assert number(apps, last) == 1
    leave(apps, entered.kernel)
    leave(apps, visit(apps, "umgebung", last).kernel)


def test_without_widgets_no_kernel_stays(apps: str) -> None:
    shown = visit(apps, "worte")
    assert "<pre>42" in shown.html
    assert httpx.get(f"{apps}api/kernels/{shown.kernel}").status_code == 404
    assert taken(apps) == 0


def test_who_leaves_before_the_page_is_ready_keeps_no_place(apps: str) -> None:
    async def hurry() -> None:
        async with (
            httpx.AsyncClient(timeout=60) as client,
            client.stream("POST", f"{apps}umgebung/start") as answer,
        ):
            await anext(answer.aiter_lines())  # the kernel is named, nothing has run

    told(hurry())
    wait_for("an empty house", lambda: taken(apps) == 0, 30)


def test_a_reserve_takes_no_place_and_serves_the_next(apps: str) -> None:
    before = visit(apps, "umgebung")
    assert taken(apps) == 1
    leave(apps, before.kernel)
    after: Visit = visit(apps, "umgebung", query="?ort=kempten&tag=1")
    assert "&quot;QUERY_STRING&quot;: &quot;ort=kempten&amp;tag=1&quot;" in after.html
    leave(apps, after.kernel)


def test_a_query_is_never_code(apps: str) -> None:
    shown = visit(apps, "umgebung", query="?x='+str(6*7000021)+'%0Aprint(1)\\")
    leave(apps, shown.kernel)
    assert "str(6*7000021)" in shown.html
    assert "42000126" not in shown.html


def test_the_page_itself_starts_no_kernel(apps: str) -> None:
    page = httpx.get(f"{apps}umgebung")
    assert page.status_code == 200
    assert "<h1>Was zeigt umgebung?</h1>" in page.text
    assert taken(apps) == 0
    again = httpx.get(f"{apps}umgebung", headers={"If-None-Match": page.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "told",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://example.org"}, {"Origin": "null"}],
)
def test_another_site_cannot_fill_the_places(apps: str, told: dict[str, str]) -> None:
    assert httpx.post(f"{apps}umgebung/start", headers=told).status_code == 403
    assert taken(apps) == 0


def test_our_own_page_may_ask(apps: str) -> None:
    told = {"Sec-Fetch-Site": "same-origin", "Origin": apps.removesuffix("/apps/")}
    assert httpx.post(f"{apps}worte/start", headers=told, timeout=60).status_code == 200


def test_pages_are_compressed_and_allow_no_text_to_become_code(apps: str) -> None:
    answer = httpx.get(f"{apps}umgebung", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "unsafe-eval" not in answer.headers["content-security-policy"]
    script = answer.headers["content-security-policy"].split("script-src")[1].split(";")[0]
    assert script.strip() == "'self'"
