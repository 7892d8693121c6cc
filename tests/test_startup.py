"""What importing the library settles for every process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from stadtlabor.startup import without_proxy


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("", "localhost,127.0.0.1,::1"),
        ("stadt.example, localhost", "stadt.example,localhost,127.0.0.1,::1"),
        ("*", "*"),
    ],
)
def test_this_machine_is_never_asked_for_by_a_proxy(stated: str, told: str) -> None:
    assert without_proxy(stated) == told


def test_an_offices_proxy_is_not_asked_for_the_own_services() -> None:
    code = (
        "import stadtlabor, urllib.request as r; "
        "print(r.getproxies()['http'], r.proxy_bypass('127.0.0.1'), r.proxy_bypass('dwd.de'))"
    )
    bare = {name: value for name, value in os.environ.items() if name.lower() != "no_proxy"}
    environment = {**bare, "http_proxy": "http://proxy.example:3128"}
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["http://proxy.example:3128", "True", "False"]
