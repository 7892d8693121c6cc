"""Fill gaps from the Storage Integration of The Things Stack.

Its MQTT knows QoS 0 only: what is sent while nobody listens is lost there. The Storage Integration
keeps uplinks for a day (Sandbox) or thirty (Cloud), and gives them back as lines of JSON, each with
a ``result`` that has the form of an MQTT message (thethingsindustries.com/docs, "Storage
Integration, Retrieve Messages"). An uplink that came by both ways is the same value twice, which
the store resolves.

Only the fields that are read are asked for: what gateways say of themselves never comes here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from stadtlabor.observations import Batch, Problem
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.uplink import READERS, Values, batch, without_gateways

__all__ = ["KEY", "StoredUplinks", "locate", "parse"]

KEY = "STADTLABOR_TTS_KEY"
"""Variable that holds an API key with the right to read application traffic."""
FIELDS = (
    "up.uplink_message.frm_payload",
    "up.uplink_message.f_port",
    "up.uplink_message.decoded_payload",
    "up.uplink_message.received_at",
)
SPAN = timedelta(hours=6)
# The server writes its storage in stretches, so the newest uplinks may come a while later.
OVERLAP = timedelta(hours=1)


def locate(server: str, application: str, start: datetime, end: datetime, key: str) -> Request:
    """Return the address of the uplinks of a span.

    Parameters
    ----------
    server
        Address of the cluster (``https://eu1.cloud.thethings.network``).
    application
        Identifier of the application there.
    start, end
        Span of the server's reception, with time zone.
    key
        API key.
    """
    asked = {
        "after": start.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "before": end.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "order": "received_at",
        "field_mask": ",".join(FIELDS),
    }
    path = f"/api/v3/as/applications/{quote(application, safe='')}/packages/storage/uplink_message"
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {key}"}
    return Request("tts-storage", f"{server.rstrip('/')}{path}?{urlencode(asked)}", headers)


class StoredUplinks:
    """Asks for what has been stored since the last question, at first as far back as it is kept.

    Parameters
    ----------
    server, application, key
        As in :func:`locate`.
    kept_h
        Hours that the server keeps uplinks.
    """

    def __init__(self, server: str, application: str, key: str, kept_h: int = 24) -> None:
        self._where = (server, application)
        self._key, self._kept = key, timedelta(hours=kept_h)
        self._asked: datetime | None = None

    def __call__(self, now: datetime) -> list[Request]:
        """Return one request per stretch of some hours, oldest first."""
        now = now.replace(microsecond=0)
        oldest = now - self._kept
        start = oldest if self._asked is None else max(oldest, self._asked - OVERLAP)
        self._asked = now
        found = []
        while start < now:
            end = min(start + SPAN, now)
            found.append(locate(*self._where, start, end, self._key))
            start = end
        return found


def parse(delivery: Delivery) -> Batch:
    """Read the lines of an answer.

    A device that is not in ``city.toml`` or a payload that cannot be decoded is told as a problem;
    it never stops the others.

    Raises
    ------
    SourceError
        If the server reports an error or the lines are no results.
    """
    found: list[Values] = []
    for number, line in enumerate(_lines(delivery), 1):
        where = f"The Things Stack, gespeicherte Nachricht {number}"
        try:
            record = json.loads(line)
        except ValueError as error:
            raise SourceError(f"{where}: Die Zeile ist kein gültiges JSON.") from error
        if not isinstance(record, dict) or not isinstance(record.get("result"), dict):
            raise SourceError(f"{where}: {_told(record)}")
        body = without_gateways("tts", json.dumps(record["result"]).encode())
        one = Delivery("tts", where, body, delivery.received_at)
        try:
            found.append(READERS["tts"](one))
        except SourceError as error:
            found.append(Values([], {}, [_problem(where, str(error))]))
    return batch(found)


def _problem(where: str, said: str) -> Problem:
    what = said.removeprefix(f"{where}: ").rstrip(".")
    return Problem(where, what, "Bitte Gerät, city.toml und Dekodierfunktion prüfen")


def _told(record: object) -> str:
    error = record.get("error") if isinstance(record, dict) else None
    if isinstance(error, dict):
        said = str(error.get("message", "ohne Angabe"))[:200]
        return f"Der Server meldet einen Fehler ({said}). Der nächste Versuch folgt von selbst."
    return "Die Zeile enthält kein Ergebnis. Bitte Adresse und Anwendung prüfen."


def _lines(delivery: Delivery) -> Iterable[str]:
    """Return the lines that hold something; a server of events may write ``data:`` before each."""
    for line in delivery.body.decode("utf-8", "replace").splitlines():
        text = line.strip().removeprefix("data:").strip()
        if text and not text.startswith(("event:", ":", "id:", "retry:")):
            yield text
