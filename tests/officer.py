"""Somebody of the office at a browser of her own, without script."""

from __future__ import annotations

import re

import httpx
from fastapi.testclient import TestClient

from stadtlabor.innenstadt.access import Keys
from stadtlabor.web.site import site

AMT = "/leerstand/amt"


class Officer:
    """Somebody with a key, at one desk.

    Parameters
    ----------
    desk
        Address of the desk below the office.
    role
        What the key allows.
    """

    def __init__(self, desk: str, role: str) -> None:
        self._desk = f"{AMT}/{desk}"
        self.staff, key = Keys().invite(role, f"Probe {role}")
        self.web = TestClient(site(), follow_redirects=False)
        self.web.post(f"{AMT}/oeffnen", data={"key": key})

    def get(self, path: str = "") -> str:
        return self.web.get(self._desk + path).text

    def post(self, path: str = "", **fields: str) -> httpx.Response:
        token = re.search(r'name="token" value="(\w+)"', self.web.get(AMT).text)
        assert token
        return self.web.post(self._desk + path, data={"token": token[1], **fields})
