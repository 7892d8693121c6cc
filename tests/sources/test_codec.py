"""Codecs of makers, locked away: they decode, and whatever else they try ends in a sentence."""

from __future__ import annotations

import json
import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from stadtlabor.settings import root
from stadtlabor.sources.codec import CodecError, Sandbox, decode_payload

NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)
FOLDER = root() / "datasets" / "codecs"
VECTORS = json.loads((FOLDER / "vectors.json").read_text("utf-8"))


@pytest.fixture
def cage():
    found = Sandbox()
    yield found
    found.close()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['codec']}-{v['hex']}")
def test_the_city_s_codecs_meet_their_vectors(vector):
    payload = bytes.fromhex(vector["hex"])
    assert decode_payload(FOLDER / vector["codec"], payload, vector["port"], NOW) == vector["data"]


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("function decodeUplink(i) { return {data: {n: i.bytes.length, p: i.fPort}}; }", (3, 7)),
        ("const decodeUplink = (i) => ({data: {n: i.bytes.length, p: i.fPort}});", (3, 7)),
        (
            "function Decode(fPort, bytes, variables) { return {n: bytes.length, p: fPort}; }",
            (3, 7),
        ),
        ("function Decoder(bytes, port) { return {n: bytes.length, p: port}; }", (3, 7)),
        (
            "function decodeUplink(i) { return {data: {n: 3, p: i.recvTime.getUTCHours()}}; }",
            (3, 11),
        ),
    ],
)
def test_every_form_of_a_decoder(tmp_path: Path, code, data):
    path = tmp_path / "x.js"
    path.write_text(code)
    assert decode_payload(path, b"abc", 7, NOW) == dict(zip("np", data, strict=True))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("while (true) {}", "rechnet zu lange"),
        ("function decodeUplink() { while (true) {} }", "rechnet zu lange"),
        ("function decodeUplink() { for (;;) { try { while (1) {} } catch (e) {} } }", "zu lange"),
        ("function decodeUplink() { /(a+)+$/.test('a'.repeat(40) + 'b'); return {}; }", "zu lange"),
        ("function decodeUplink() { let a = []; for (;;) a.push('x'.repeat(1e6)); }", "Speicher"),
        ("function decodeUplink() { let s = 'x'; for (;;) s += s; }", "Speicher"),
        ("function decodeUplink() { return {data: new Uint8Array(1e9)}; }", "Speicher"),
        ("function decodeUplink() { return decodeUplink(); }", "endlos"),
        ("function decodeUplink() { throw new Error('leer'); }", "leer"),
        ("function decodeUplink() { return undefined; }", "keine der Funktionen|kein brauchbares"),
        ("function decodeUplink() { return {}; }", "keine Felder"),
        ("function decodeUplink() { return 5; }", "kein Objekt"),
        ("function decodeUplink() { return {errors: ['falscher Port']}; }", "falscher Port"),
        ("function decodeUplink() { return {data: {a: 'x'.repeat(300000)}}; }", "kein brauchbares"),
        ("function decodeUplink(", "Fehler"),
        ("var x = 1;", "keine der Funktionen"),
        ("function decodeUplink() { return {data: require('fs').readdirSync('/')}; }", "require"),
        ("function decodeUplink() { return {data: std.open('/etc/passwd', 'r')}; }", "std"),
        ("function decodeUplink() { return {data: os.exec(['ls'])}; }", "os"),
        ("function decodeUplink() { return {data: fetch('http://127.0.0.1')}; }", "fetch"),
        ("function decodeUplink() { return {data: new XMLHttpRequest()}; }", "XMLHttpRequest"),
        ("function decodeUplink() { return import('fs'); }", "."),
    ],
)
def test_what_a_codec_must_not_do(tmp_path: Path, code, said):
    path = tmp_path / "boese.js"
    path.write_text(code)
    began = time.monotonic()
    with pytest.raises(CodecError, match=rf"(?s)boese\.js: .*({said})"):
        decode_payload(path, b"abc", 1, NOW)
    assert time.monotonic() - began < 4


def test_after_each_attack_the_next_payload_is_decoded(cage):
    good = "function decodeUplink(i) { return {data: {n: i.bytes[0]}}; }"
    for bad in (
        "while (true) {}",
        "let s = 'x'; for (;;) s += s;",
        "function decodeUplink() { /(a+)+$/.test('a'.repeat(40) + 'b'); }",
    ):
        with pytest.raises(CodecError):
            cage.run(bad, b"", 1, NOW)
        assert cage.run(good, b"\x07", 1, NOW) == {"data": {"n": 7}}


def test_nothing_stays_from_one_payload_to_the_next(cage):
    code = "var n = (globalThis.n || 0) + 1; function decodeUplink() { return {data: {n: n}}; }"
    assert [cage.run(code, b"", 1, NOW)["data"]["n"] for _ in range(3)] == [1, 1, 1]


def test_the_process_holds_nothing_worth_stealing(cage, monkeypatch):
    monkeypatch.setenv("STADTLABOR_GEHEIM", "nicht-verraten")
    cage.run("function decodeUplink() { return {data: {}}; }", b"", 1, NOW)
    child = psutil.Process(cage._child.pid)
    assert child.environ() == {"LANG": "C.UTF-8"} | {
        n: v for n, v in child.environ().items() if n.startswith("LC_")
    }
    assert not [c for c in child.net_connections() if c.status == "LISTEN"]
    limits = {n: child.rlimit(n) for n in (psutil.RLIMIT_AS, psutil.RLIMIT_FSIZE)}
    assert limits[psutil.RLIMIT_AS][1] == 512 * 2**20
    assert limits[psutil.RLIMIT_FSIZE][1] == 0


def test_a_killed_process_is_replaced(cage):
    code = "function decodeUplink() { return {data: {n: 1}}; }"
    cage.run(code, b"", 1, NOW)
    os.kill(cage._child.pid, 9)
    cage._child.wait()
    assert cage.run(code, b"", 1, NOW) == {"data": {"n": 1}}


def test_many_threads_share_it(cage):
    code = "function decodeUplink(i) { return {data: {n: i.bytes[0]}}; }"
    found = {}

    def ask(n: int) -> None:
        found[n] = cage.run(code, bytes([n]), 1, NOW)["data"]["n"]

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: n for n in range(30)}


def test_a_missing_file_is_told(tmp_path: Path):
    with pytest.raises(CodecError, match=r"weg\.js: .*nicht lesbar"):
        decode_payload(tmp_path / "weg.js", b"", 1, NOW)
    (tmp_path / "lang.js").write_text(" " * 600_000)
    with pytest.raises(CodecError, match=r"lang\.js: .*länger"):
        decode_payload(tmp_path / "lang.js", b"", 1, NOW)
