"""The other end of the data service: what a notebook's ``data.read`` talks to.

Only the standard library and Arrow: every kernel loads this.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pandas as pd
import pyarrow as pa

from stadtlabor.kernels.wire import reach
from stadtlabor.observations import COLUMNS, Datastream, Units
from stadtlabor.store.citation import Citation
from stadtlabor.store.errors import StoreError
from stadtlabor.store.frames import framed
from stadtlabor.store.observations import AGGREGATE_COLUMNS

__all__ = ["RemoteStore"]

_TOKEN = "JUPYTERHUB_API_TOKEN"  # noqa: S105 - the variable's name
_PATIENCE_S = 60.0
_FRESH_S = 5.0
Instant = pd.Timestamp | None


class RemoteStore:
    """Reads as :class:`stadtlabor.store.Store` does, as far as the policies allow.

    Parameters
    ----------
    address
        See :data:`stadtlabor.dataservice.address.ADDRESS`.
    purpose
        What the questions are for.
    """

    def __init__(self, address: str, purpose: str) -> None:
        self._address, self._purpose = address, purpose
        self._kept: dict[str, tuple[float, Any]] = {}

    def read(
        self, datastream: str | Sequence[str], start: Instant = None, end: Instant = None,
        at_version: int | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Return observations, see :meth:`stadtlabor.store.Store.read`."""
        return self._ask(datastream, COLUMNS, start=start, end=end, at_version=at_version)

    def aggregate(
        self, datastreams: str | Sequence[str], start: Instant, end: Instant, grain: str,
        at_version: int | None = None, place: str = "sensor",
    ) -> pd.DataFrame:  # fmt: skip
        """Return periods, see :meth:`stadtlabor.store.Store.aggregate`."""
        return self._ask(
            datastreams, AGGREGATE_COLUMNS, start=start, end=end, at_version=at_version,
            grain=grain, place=place,
        )  # fmt: skip

    def latest(
        self, datastreams: str | Sequence[str], at_version: int | None = None
    ) -> pd.DataFrame:
        """Return the last values, see :meth:`stadtlabor.store.Store.latest`."""
        return self._ask(datastreams, COLUMNS, at_version=at_version, latest=True)

    def datasets(self) -> list[str]:
        """Return the names of all data sets."""
        return [str(name) for name in self._get("/datasets")]

    def datastreams(self, dataset: str) -> list[Datastream]:
        """Return the series of a data set that may be read one by one."""
        found = self._get(f"/datastreams/{quote(dataset, safe='')}?purpose={self._purpose}")
        return [Datastream(**each) for each in found]

    def version(self, dataset: str, at_version: int | None = None) -> Citation:
        """Return how to cite a version."""
        wanted = "" if at_version is None else f"?version={at_version}"
        return Citation(**json.loads(self._send(f"/version/{quote(dataset, safe='')}{wanted}")))

    def _ask(
        self, datastreams: str | Sequence[str], types: dict[str, str], **rest: Any
    ) -> pd.DataFrame:
        question = {"purpose": self._purpose, **_scope(datastreams), **_plain(rest)}
        body = self._send("/read", json.dumps(question).encode())
        table = pa.ipc.open_stream(body).read_all()
        label = json.loads(table.schema.metadata[b"stadtlabor"])
        frame = framed(table, types)
        frame.attrs = {**label, "units": Units(label["units"])}
        return frame

    def _get(self, path: str) -> Any:
        """Return a list that changes rarely; a notebook asks for it with each question."""
        until, found = self._kept.get(path, (0.0, None))
        if time.monotonic() < until:
            return found
        found = json.loads(self._send(path))
        self._kept[path] = (time.monotonic() + _FRESH_S, found)
        return found

    def _send(self, path: str, body: bytes | None = None) -> bytes:
        connection = _connection(self._address)
        headers = {"Host": "stadtlabor"}
        if token := os.environ.get(_TOKEN):
            headers["Authorization"] = f"token {token}"
        try:
            connection.request("POST" if body else "GET", path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise StoreError(
                "Der Datendienst antwortet nicht. Bitte gleich noch einmal versuchen."
            ) from error
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise StoreError(_reason(content))
        return content


class _LocalConnection(http.client.HTTPConnection):
    """HTTP over a socket of this machine."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_PATIENCE_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_PATIENCE_S)
        with reach(Path(self._path)) as way:
            self.sock.connect(way)


def _connection(address: str) -> http.client.HTTPConnection:
    if address.startswith("unix:"):
        return _LocalConnection(address.removeprefix("unix:"))
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=_PATIENCE_S)


def _scope(datastreams: str | Sequence[str]) -> dict[str, Any]:
    """Return data set and series of a question; a name without a slash is a whole data set."""
    names = [datastreams] if isinstance(datastreams, str) else list(datastreams)
    datasets = {name.split("/", 1)[0] for name in names}
    if len(datasets) != 1:
        raise StoreError(f"Bitte die Datensätze {', '.join(sorted(datasets))} einzeln abfragen.")
    series = [name for name in names if "/" in name]
    return {"dataset": datasets.pop(), **({"datastreams": series} if series else {})}


def _plain(rest: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, pd.Timestamp) else value
        for name, value in rest.items()
        if value is not None
    }


def _reason(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"])
    except (ValueError, KeyError, TypeError):
        return "Der Datendienst hat unlesbar geantwortet. Bitte gleich noch einmal versuchen."
