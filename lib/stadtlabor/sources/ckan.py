"""Open data portals: what they offer about the city, and tables taken from them.

Two interfaces: CKAN's action API (docs.ckan.org, "API guide": ``/api/3/action/package_search`` and
``package_show``, ``{"success", "result": {"count", "results": […]}}``) as of GovData and most
cities, and piveau's hub search (open.bydata.de, data.europa.eu: ``/api/hub/search/search`` with
``q`` and ``filter=dataset``, ``/api/hub/search/datasets/<id>``, ``{"result": {"count", "results":
[…]}}`` with texts by language). The offers are kept as they came; the store counts them. A table
that the city file names is fetched from where the portal says it lies, and read like an upload.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pandas as pd

from stadtlabor.feeds import PortalFeed, PortalTable
from stadtlabor.observations import Batch, Datastream, Problem, observations
from stadtlabor.sources.asking import DriftError, expect
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import SourceError, look
from stadtlabor.sources.names import slug

__all__ = ["DATASET", "OFFERS", "Portal", "offers", "parse"]

DATASET = "open-data-portal"
ROWS = 500
OFFERS = {
    "id": "str", "title": "str", "description": "str", "publisher": "str", "licence": "str",
    "modified": "str", "resource": "str", "format": "str", "url": "str",
}  # fmt: skip
"""Columns of a catalogue of offers: one row per resource of a data set."""


class Portal:
    """Asks for the offers, and for the tables that the city file names."""

    def __init__(self, feed: PortalFeed, memory: Memory) -> None:
        self._feed, self._memory = feed, memory

    def __call__(self, now: datetime) -> list[Request]:
        """Return one request per page of offers and per table; raises SourceError."""
        kept = self._memory.kept(f"portal/{self._feed.id}/0")
        count = _count(json.loads(kept[0]), self._feed.name)[0] if kept else 0
        pages = max(1, -(-count // ROWS))
        requests = [
            Request(
                "portal-json", self._page(page), keep=f"portal/{self._feed.id}/{page}", checked=True
            )
            for page in range(pages)
        ]
        return requests + [
            Request(table.kind, self._address(table), checked=True) for table in self._feed.tables
        ]

    def _page(self, page: int) -> str:
        feed = self._feed
        if feed.software == "ckan":
            query = {"q": feed.query, "rows": ROWS, "start": page * ROWS}
            return f"{feed.url.rstrip('/')}/api/3/action/package_search?{urlencode(query)}"
        query = {"q": feed.query, "filter": "dataset", "limit": ROWS, "page": page}
        return f"{feed.url.rstrip('/')}/api/hub/search/search?{urlencode(query)}"

    def _address(self, table: PortalTable) -> str:
        """Ask the portal where a table lies now; addresses change with every edition."""
        feed = self._feed
        base = feed.url.rstrip("/")
        if feed.software == "ckan":
            url = f"{base}/api/3/action/package_show?{urlencode({'id': table.dataset})}"
        else:
            url = f"{base}/api/hub/search/datasets/{quote(table.dataset, safe='')}"
        where = f"{feed.name}, {table.dataset}"
        try:
            result = expect(json.loads(look(url)), ["result"], where)["result"]
        except ValueError as error:
            raise DriftError(f"{where}: Die Antwort ist kein JSON.") from error
        rows = _offer(result, where)
        for row in rows:
            if table.resource in (row["resource"], row["url"]):
                return str(row["url"])
        known = ", ".join(f"„{row['resource']}“ ({row['format']})" for row in rows) or "keine"
        raise SourceError(
            f"{where}: Die Datei „{table.resource}“ gibt es dort nicht. Es gibt: {known}. "
            "Bitte in city.toml ändern."
        )


def offers(memory: Memory, portal: str) -> pd.DataFrame:
    """Return the kept offers of a portal, columns of :data:`OFFERS`; empty before the first answer.

    Raises
    ------
    SourceError
        In German, if the kept file is damaged.
    """
    rows: list[dict[str, str]] = []
    page = 0
    while (kept := memory.kept(f"portal/{portal}/{page}")) is not None:
        _, results = _count(json.loads(kept[0]), portal)
        rows += [row for result in results for row in _offer(result, portal)]
        page += 1
    return pd.DataFrame(rows, columns=list(OFFERS)).astype(OFFERS)


def parse(delivery: Delivery) -> Batch:
    """Count the offers of an answer.

    Raises
    ------
    SourceError
        In German, if it is no answer of a portal.
    """
    host = urlsplit(delivery.name).netloc or "Portal"
    where = f"{host}, Suche"
    try:
        count, results = _count(json.loads(delivery.body), where)
        rows = [row for result in results for row in _offer(result, where)]
    except (ValueError, TypeError, KeyError) as error:
        raise DriftError(f"{where}: Die Antwort hat nicht den Aufbau eines Portals.") from error
    problems = [
        Problem(where, f"„{row['id']}“ nennt keine Datei", "Bitte beim Portal nachsehen")
        for row in rows
        if not row["url"]
    ]
    stream = Datastream(
        id=f"{DATASET}/{slug(host)}/offers",
        name=f"Angebote zur Stadt auf {host}, Anzahl",
        observed_property="datasets",
        unit="1",
        interval_s=0,
        source=host,
        licence="CC0 1.0",
        thing_name=host,
    )
    at = pd.Timestamp(delivery.received_at)
    return Batch(observations(stream.id, [at], [count], result_time=at), [stream], problems)


def _count(answer: Any, where: str) -> tuple[int, list[Any]]:
    """Return how many there are, and those of this page."""
    told = expect(answer, ["result"], where)
    if told.get("success") is False:
        raise SourceError(f"{where}: Das Portal meldet einen Fehler. Bitte die Suche prüfen.")
    result = expect(told["result"], ["count", "results"], where)
    if not isinstance(result["results"], list):
        raise DriftError(f"{where}: Die Treffer sind keine Liste.")
    return int(result["count"]), result["results"]


def _offer(found: Any, where: str) -> list[dict[str, str]]:
    """Return one row per resource; the two forms differ in names and in the languages."""
    record = expect(found, ["id", "title"], where)
    parts = record.get("resources", record.get("distributions")) or [{}]
    about = {
        "id": str(record.get("name") or record["id"]),
        "title": _text(record["title"]),
        "description": _text(record.get("notes", record.get("description"))),
        "publisher": _text(record.get("organization") or record.get("publisher")),
        "licence": _text(record.get("license_title") or record.get("license_id")),
        "modified": _text(record.get("metadata_modified") or record.get("modified")),
    }
    rows = []
    for part in parts:
        address = part.get("url") or part.get("download_url") or part.get("access_url")
        rows.append(
            about
            | {
                "resource": _text(part.get("name") or part.get("title") or part.get("id")),
                "format": _text(part.get("format")).upper(),
                "url": _text(address),
                "licence": about["licence"] or _text(part.get("license")),
            }
        )
    return rows


def _text(value: Any) -> str:
    """Return the German text of whatever a portal writes: text, texts by language, label, list."""
    if isinstance(value, Mapping):
        for key in ("de", "label", "title", "name", "en", "id", "resource"):
            if value.get(key):
                return _text(value[key])
        return ""
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    return "" if value is None else str(value).strip()
