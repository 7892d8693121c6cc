"""The service over a real socket, asked by the client that notebooks use."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pandas as pd
import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desks import counter, rule
from stadtlabor import data
from stadtlabor.catalogue.policy import Person
from stadtlabor.dataservice.answer import Desk
from stadtlabor.dataservice.client import RemoteStore
from stadtlabor.dataservice.refusal import RefusedError
from stadtlabor.dataservice.server import application
from stadtlabor.dataservice.sockets import LocalProtocol, listen
from stadtlabor.store import Store, StoreError

PUPIL = Person("biber-07", purposes=frozenset({"sl:teaching", "sl:participation"}))


class Door:
    """Who came in: the service's view."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int | None]] = []

    def __call__(self, token: str, uid: int | None) -> Person:
        self.seen.append((token, uid))
        if token != "right":  # noqa: S105 - made up
            raise RefusedError("Ihr Zugang ist nicht gültig.")
        return PUPIL


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def serve(tmp_path: Path, door: Door) -> Iterator[Callable[[Desk], str]]:
    running = []

    def start(desk: Desk) -> str:
        path = tmp_path / "data.sock"
        server = uvicorn.Server(
            uvicorn.Config(application(desk, door), http=LocalProtocol, lifespan="off")
        )
        thread = threading.Thread(target=server.run, args=([listen(path)],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        running.append((server, thread))
        return f"unix:{path}"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], RemoteStore]:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "right")
    return lambda address: RemoteStore(address, "teaching")


def test_the_client_reads_what_the_files_hold(desk, serve, remote, store: Store, door: Door):
    there = remote(serve(desk(rule())))
    ids = [d.id for d in store.datastreams("count")]
    pd.testing.assert_frame_equal(there.read(ids), store.read(ids))
    pd.testing.assert_frame_equal(there.read("count"), store.read(ids))
    span = (pd.Timestamp("2026-11-29", tz="UTC"), pd.Timestamp("2026-11-29 06:00", tz="UTC"))
    pd.testing.assert_frame_equal(there.read(ids[:2], *span), store.read(ids[:2], *span))
    pd.testing.assert_frame_equal(
        there.aggregate(ids, *span, "hour"), store.aggregate(ids, *span, "hour")
    )
    pd.testing.assert_frame_equal(there.latest(ids), store.latest(ids))
    assert there.datasets() == store.datasets()
    assert there.datastreams("count") == store.datastreams("count")
    assert there.version("count") == store.version("count")
    assert {uid for _, uid in door.seen} == {os.getuid()}


def test_the_one_door_leads_to_the_service(desk, serve, monkeypatch, store: Store, empty_home):
    monkeypatch.setenv("STADTLABOR_DATA", serve(desk(rule())))
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "right")
    found = data.read("count", counter("a").id, start="2026-11-29")
    assert found.attrs["citation"] == str(store.version("count"))
    assert found.attrs["units"] == {counter("a").id: "1"}
    assert found.attrs["policy"] == "probe"
    assert not found.attrs["simulated"]
    assert data.datasets() == ["count"]
    daily = data.aggregate("count", "day")
    assert str(daily["time"].dt.tz) == "Europe/Berlin"
    with pytest.raises(data.DataError, match="keine Datenreihe"):
        data.read("count", "count/x/y")
    with pytest.raises(data.DataError, match="kein Zweck"):
        data.read("count", purpose="fun")
    with pytest.raises(data.DataError, match="für Ihren Zugang nicht freigegeben"):
        data.read("count", purpose="administration")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "wrong")
    with pytest.raises(data.DataError, match="nicht gültig"):
        data.read("count")


def test_common_values_through_the_one_door(desk, serve, monkeypatch, store: Store, empty_home):
    monkeypatch.setenv("STADTLABOR_DATA", serve(desk(rule(grain="hour", place="city"))))
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "right")
    found = data.aggregate("count", "day", place="city")
    assert set(found["datastream"]) == {"count/alle/pedestrians-1-900"}
    with pytest.raises(data.DataError, match="place=„city“"):
        data.aggregate("count", "day")


def test_headers_name_version_and_policy(desk, serve, store: Store):
    address = serve(desk(rule()))
    with httpx.Client(transport=httpx.HTTPTransport(uds=address.removeprefix("unix:"))) as client:
        answer = client.post(
            "http://x/read", json={"dataset": "count", "purpose": "teaching"},
            headers={"Authorization": "token right"},
        )  # fmt: skip
    version = store.version("count")
    assert answer.headers["x-dataset-version"] == f"count@{version.version}"
    assert answer.headers["x-dataset-sha256"] == version.sha256
    assert answer.headers["x-policy-hash"] == "0" * 64


def test_a_service_that_is_away_is_told(remote, tmp_path):
    with pytest.raises(StoreError, match="Der Datendienst antwortet nicht"):
        remote(f"unix:{tmp_path}/nobody.sock").datasets()


HOSTILE = [
    b"",
    b"{}",
    b"[]",
    b"null",
    b'{"dataset": "count"}',
    b'{"dataset": "count", "purpose": "teaching", "sql": "SELECT 1"}',
    b'{"dataset": "../../etc", "purpose": "teaching"}',
    b'{"dataset": "count", "purpose": "teaching", "datastreams": ["count/a/quarter\' OR 1=1 --"]}',
    b'{"dataset": "count", "purpose": "teaching", "datastreams": ["weather/a/b", "count/a/b"]}',
    b'{"dataset": "count", "purpose": "teaching", "grain": "minute"}',
    b'{"dataset": "count", "purpose": "teaching", "start": "2026-11-29T00:00:00"}',
    b'{"dataset": "count", "purpose": "teaching", "start": "9999-12-31T23:59:59+00:00"}',
    b'{"dataset": "count", "purpose": "teaching", "start": "0001-01-01T00:00:00+14:00"}',
    b'{"dataset": "count", "purpose": "teaching", "at_version": -1}',
    b'{"dataset": "count", "purpose": "teaching", "at_version": 1e300}',
    b'{"dataset": "count", "purpose": "teaching", "grain": "hour", "place": "planet"}',
    b"\xff\xfe" * 100,
    b"x" * 1_500_000,
]


def _post(path: str, body: bytes) -> tuple[int, bytes]:
    with httpx.Client(transport=httpx.HTTPTransport(uds=path)) as client:
        answer = client.post(
            "http://x/read", content=body, headers={"Authorization": "token right"}
        )
        return answer.status_code, answer.content


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_a_question_that_is_none_ends_in_a_sentence(desk, serve, body):
    status, content = _post(serve(desk(rule())).removeprefix("unix:"), body)
    assert status in (403, 404, 422) or (status == 200 and b"9999" in body + b"0001")
    if status != 200:
        assert json.loads(content)["error"].endswith((".", "?"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.dictionaries(
    st.sampled_from(["dataset", "purpose", "datastreams", "start", "end", "grain", "place",
                     "at_version", "latest", "x"]),
    st.none() | st.booleans() | st.integers() | st.text(max_size=20)
    | st.lists(st.text(max_size=10), max_size=3)
    | st.sampled_from(["count", "teaching", "hour", "area", "2026-11-29T00:00:00+01:00",
                       "-9999-01-01T00:00:00Z", "count/a/quarter"]),
    max_size=6,
))  # fmt: skip
def test_no_question_breaks_the_service(question):
    status, _ = _post(_shared(), json.dumps(question).encode())
    assert status in (200, 403, 404, 422), question


_RUNNING: list[str] = []


def _shared() -> str:
    return _RUNNING[0]


@pytest.fixture(autouse=True)
def _one_for_all(request, desk, serve):
    if request.node.name.startswith("test_no_question"):
        _RUNNING[:] = [serve(desk(rule())).removeprefix("unix:")]


def test_a_torn_request_does_not_hold_others_up(desk, serve, remote):
    address = serve(desk(rule()))
    with socket.socket(socket.AF_UNIX) as torn:
        torn.connect(address.removeprefix("unix:"))
        torn.sendall(b"POST /read HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        assert remote(address).datasets() == ["count"]
