"""Apps as a visitor without login gets them, through the proxy."""

import html
import json
import re

import httpx
import pytest

from running import SECRET, Lab
from visits import leave, visit


def environment(lab: Lab, query: str = "") -> dict[str, str]:
    shown = visit(f"{lab.address}/apps/", "umgebung", query=query)
    leave(f"{lab.address}/apps/", shown.kernel)
    found = re.search(r"UMGEBUNG (\{.*\})", html.unescape(shown.html))
    assert found
    seen: dict[str, str] = json.loads(found[1])
    return seen


def test_a_visitors_kernel_sees_no_secret(lab: Lab) -> None:
    seen = environment(lab)
    told = json.dumps(seen)
    assert SECRET not in told
    assert lab.password not in told
    assert not [n for n in seen if re.search("TOKEN|SECRET|PASSWORD|KEY|JUPYTERHUB", n)]


def test_the_query_reaches_the_notebook(lab: Lab) -> None:
    assert environment(lab, "?ort=kempten&tag=1")["QUERY_STRING"] == "ort=kempten&tag=1"


def test_a_failing_cell_shows_words_and_no_traceback(lab: Lab) -> None:
    text = visit(f"{lab.address}/apps/", "regler").html
    assert "lässt sich gerade nicht anzeigen" in text
    assert "ZeroDivisionError" not in text
    assert "1 / 0" not in text


@pytest.mark.parametrize(
    "path",
    [
        "",
        "nix",
        "lastkurve",
        "umgebung.ipynb",
        "voila/files/innenstadt/umgebung.ipynb",
        "voila/render/innenstadt/umgebung.ipynb",
        "voila/tree/innenstadt",
        "voila/api/contents/innenstadt",
        "api/kernels",
        "login",
    ],
)
def test_everything_but_live_apps_is_unknown(lab: Lab, path: str) -> None:
    answer = httpx.get(f"{lab.address}/apps/{path}")
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers
    assert "Diese App gibt es nicht" in answer.text


def test_no_visitor_starts_or_restarts_kernels(lab: Lab) -> None:
    assert httpx.post(f"{lab.address}/apps/api/kernels").status_code in (404, 405)
    kernel = f"{lab.address}/apps/api/kernels/12345678-1234-1234-1234-123456789abc"
    assert httpx.delete(kernel).status_code == 405
    assert httpx.post(f"{kernel}/restart").status_code == 404
