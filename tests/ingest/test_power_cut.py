"""Cut the power at any flush: only what had been flushed is left, and nothing acknowledged is lost.

The recorder keeps, beside the live folder, what a disk would hold: a file's content as of its last
``fsync``, under its name once the folder was flushed. SQLite flushes by itself (synchronous=FULL)
and is copied as it stands.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stadtlabor.ingest.committer import Committer
from stadtlabor.sources.delivery import Delivery
from stadtlabor.store import GridStore, Spool, Store, files

ROUNDS, PER_ROUND = 6, 3


class PowerCutError(BaseException):
    """Nothing after this flush has happened."""


class Disk:
    """Stands in for ``os.fsync`` and remembers what each flush has made durable."""

    def __init__(self, live: Path, cut_at: int | None) -> None:
        self.live, self.flushes = live.resolve(), 0
        self._cut_at = cut_at
        self._contents: dict[int, bytes] = {}
        self.names: dict[Path, dict[str, int]] = {}
        self._real = os.fsync

    def fsync(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if not path.is_relative_to(self.live):
            self._real(descriptor)
            return
        self.flushes += 1
        if self.flushes == self._cut_at:
            raise PowerCutError
        if path.is_dir():
            self.names[path] = {p.name: p.stat().st_ino for p in path.iterdir()}
        else:
            self._contents[path.stat().st_ino] = path.read_bytes()

    def image(self, target: Path, *, torn: bool) -> None:
        """Write what is left; ``torn``: names without flushed content are there, but empty."""
        for folder, names in self.names.items():
            for name, inode in names.items():
                place = target / folder.relative_to(self.live) / name
                if inode in self._contents:
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(self._contents[inode])
        for path in self.live.rglob("*") if torn else ():
            place = target / path.relative_to(self.live)
            if path.is_file() and not place.exists() and path.suffix != ".lock":
                place.parent.mkdir(parents=True, exist_ok=True)
                place.touch()
        for path in self.live.rglob("*.db"):
            place = target / path.relative_to(self.live)
            place.parent.mkdir(parents=True, exist_ok=True)
            for side in ("", "-wal", "-shm"):
                place.with_name(place.name + side).unlink(missing_ok=True)
            with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(place)) as new:
                old.backup(new)


def _work(home: Path, uplinks, acknowledged: list[int]) -> None:
    spool, store = Spool(home / "spool.db"), Store(home / "store")
    committer = Committer(spool, store, GridStore(home / "store"), 3600)
    for step in range(ROUNDS):
        numbers = range(step * PER_ROUND, (step + 1) * PER_ROUND)
        now = datetime.now(UTC)
        spool.put(
            Delivery(kind, *uplinks[name](number), now)
            for number in numbers
            for kind, name in (("tts", "count"), ("chirpstack", "rain"))
        )
        acknowledged.extend(numbers)
        committer.step()
        if step % 2:
            for dataset in store.datasets():
                store.seal(dataset)
        elif step:
            store.gather("footfall")


def _recover(home: Path) -> dict[str, list[int]]:
    spool, store = Spool(home / "spool.db"), Store(home / "store")
    committer = Committer(spool, store, GridStore(home / "store"), 3600)
    while committer.step():
        pass
    for dataset in store.datasets():
        store.seal(dataset)
    found = {d: store.read([s.id for s in store.datastreams(d)]) for d in store.datasets()}
    store.close()
    assert spool.dead() == []
    return {name: frame["value"].astype(int).tolist() for name, frame in found.items()}


def _cut(folder: Path, uplinks, cut_at: int | None, torn: bool, monkeypatch) -> int:
    live, left = folder / "live", folder / "left"
    for each in (live, left):
        shutil.rmtree(each, ignore_errors=True)
        each.mkdir()
    disk, acknowledged = Disk(live, cut_at), []
    monkeypatch.setattr(os, "fsync", disk.fsync)
    try:
        _work(live, uplinks, acknowledged)
    except PowerCutError:
        pass
    finally:
        files.release(live / "store")
        monkeypatch.undo()
    disk.image(left, torn=torn)
    found = _recover(left)
    assert found.get("footfall", []) == acknowledged
    assert found.get("rain-gauge", []) == acknowledged
    return disk.flushes


@pytest.mark.parametrize("torn", [False, True], ids=["lost", "torn"])
def test_no_acknowledged_message_is_lost_at_any_flush(tmp_path, uplinks, torn, monkeypatch):
    flushes = _cut(tmp_path, uplinks, None, torn, monkeypatch)
    assert flushes > 100
    cuts = random.Random(torn).sample(range(1, flushes + 1), 12)
    for cut_at in cuts:
        _cut(tmp_path, uplinks, cut_at, torn, monkeypatch)
