"""Walk the pages of a Stadtlabor; as a program, of the city that the environment names."""

from __future__ import annotations

import json
import re
import sys
from typing import Any
from urllib.parse import urljoin, urlsplit

MOST_PAGES = 30


def walk(client: Any, address: str) -> dict[str, str]:
    """Return path → text of the pages that need no kernel, from the start page, two links deep."""
    found: dict[str, str] = {}
    waiting = [("/", 0)]
    while waiting and len(found) < MOST_PAGES:
        path, depth = waiting.pop(0)
        if path in found:
            continue
        answer = client.get(path)
        if "html" not in answer.headers.get("content-type", ""):
            continue
        found[path] = answer.text
        assert answer.status_code < 500, path
        for link in re.findall(r'href="([^"#]+)', answer.text) if depth < 2 else []:
            where = urlsplit(urljoin(address + path, link.replace("&amp;", "&")))
            if address.endswith(where.netloc) and not re.match(
                r"/(apps|labor|static|sta)\b", where.path
            ):
                waiting.append((where.path, depth + 1))
    return found


if __name__ == "__main__":
    from fastapi.testclient import TestClient

    from stadtlabor.web.site import site

    web = TestClient(site())
    told = {
        "pages": walk(web, "http://testserver"),
        "catalogue": web.get("/daten/katalog.ttl").text,
    }
    json.dump(told, sys.stdout)
