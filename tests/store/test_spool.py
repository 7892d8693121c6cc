from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stadtlabor.sources.delivery import Delivery
from stadtlabor.store import Spool

NOW = datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool.db")


def _delivery(body: bytes, name: str = "v3/a/devices/b/up", at: datetime = NOW) -> Delivery:
    return Delivery("tts", name, body, at)


def test_deliveries_wait_in_order_until_done_and_survive_reopening(spool, tmp_path):
    ids = spool.put([_delivery(b"eins"), _delivery(b"zwei")])
    again = Spool(tmp_path / "spool.db")
    assert again.pending() == [(ids[0], _delivery(b"eins")), (ids[1], _delivery(b"zwei"))]
    again.done(ids[0])
    assert [number for number, _ in spool.pending()] == [ids[1]]
    assert spool.backlog == 1
    assert spool.counts() == {"received": 2, "waiting": 1, "dead": 0}


def test_done_never_goes_back(spool):
    spool.put([_delivery(b"x")] * 3)
    spool.done(3)
    spool.done(1)
    assert spool.watermark == 3


def test_an_unchanged_page_is_left_out_but_a_changed_one_is_not(spool):
    pages = [b"a", b"a", b"b", b"a"]
    kept = [spool.put([_delivery(p, "http://x/1")], changed_only=True) for p in pages]
    assert [len(ids) for ids in kept] == [1, 0, 1, 1]
    assert spool.put([_delivery(b"a", "http://x/2")], changed_only=True)


def test_the_dead_are_kept_with_a_reason_when_the_rest_is_pruned(spool):
    old = NOW - timedelta(days=30)
    ids = spool.put([_delivery(b"kaputt", at=old), _delivery(b"gut", at=old)])
    waiting = spool.put([_delivery(b"wartet", at=old)])
    spool.bury([(ids[0], "Die Nachricht ist kein gültiges JSON.")])
    spool.done(ids[1])
    assert spool.prune(days=7) == 2
    assert spool.pending() == [(waiting[0], _delivery(b"wartet", at=old))]
    number, delivery, reason = spool.dead()[0]
    assert (number, delivery.body) == (ids[0], b"kaputt")
    assert reason == "Die Nachricht ist kein gültiges JSON."


def test_ids_are_never_given_twice(spool, tmp_path):
    ids = spool.put([_delivery(b"x", at=NOW - timedelta(days=30))])
    spool.done(ids[0])
    spool.prune(days=1)
    assert spool.put([_delivery(b"y")])[0] > ids[0]


def test_a_new_spool_beside_an_old_store_starts_behind_it(spool):
    spool.start_after(500)
    assert spool.put([_delivery(b"x")]) == [501]
    assert spool.watermark == 500
    spool.start_after(100)
    assert spool.put([_delivery(b"y")]) == [502]
