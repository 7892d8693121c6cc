"""What a power cut leaves, and what is left after tidying."""

from __future__ import annotations

import os
import time

import pytest

from stadtlabor.store import Store, StoreError, StoreLockedError
from stadtlabor.store.files import claim, release
from stadtlabor.store.place import Place

ID = "footfall/markt/live"


def _log(store: Store) -> Place:
    return store.place / "observations/footfall/_delta_log"


def _reopened(store: Store) -> Store:
    return Store(store.folder)


@pytest.mark.parametrize("left", [b"", b'{"commitInfo":{}}\n{"add":{"path":"lay'])
def test_a_half_written_commit_is_taken_away_and_its_stretch_written_again(store, batch, left):
    store.write(batch([1]), watermark=1)
    store.write(batch([2]), watermark=2)
    (_log(store) / f"{2:020d}.json").write_bytes(left)
    opened = _reopened(store)
    opened.write(batch([2]), watermark=2)
    assert opened.read(ID)["value"].tolist() == [2]
    assert opened.version("footfall").version == 2


@pytest.mark.parametrize("hint", [b"", b"{}", None])
def test_a_checkpoint_without_content_is_not_trusted(store, batch, hint):
    store.write(batch([1]))
    store.seal("footfall")
    next(_log(store).glob("*.checkpoint.parquet")).write_bytes(b"")
    if hint is not None:
        (_log(store) / "_last_checkpoint").write_bytes(hint)
    opened = _reopened(store)
    opened.write(batch([2]))
    assert opened.read(ID)["value"].tolist() == [2]
    opened.seal("footfall")
    assert _reopened(store).read(ID)["value"].tolist() == [2]


@pytest.mark.disk("in an object store a draft never lies in the table")
def test_half_written_data_files_are_cleared(store, batch):
    store.write(batch([1]))
    draft = store.folder / "observations/footfall/_staging/log-log.parquet"
    draft.write_bytes(b"half")
    _reopened(store).write(batch([2]))
    assert not draft.exists()


@pytest.mark.disk("makes files older by the clock of the disk")
def test_vacuum_keeps_sealed_versions_longer_than_others(store, batch):
    store.write(batch([1]))
    plain = store.version("footfall").version
    store.write(batch([2]))
    store.seal("footfall")
    sealed = store.version("footfall")
    _age(store, days=3)
    store.write(batch([3]))
    store.seal("footfall")
    newest = store.version("footfall")
    _age(store, days=3)
    store.write(batch([4]))
    assert store.vacuum("footfall") > 0
    reader = _reopened(store)
    assert reader.read(ID)["value"].tolist() == [4]
    assert reader.version("footfall", newest.version) == newest
    assert reader.read(ID, at_version=newest.version)["value"].tolist() == [3]
    assert reader.version("footfall", sealed.version) == sealed
    assert reader.read(ID, at_version=sealed.version)["value"].tolist() == [2]
    with pytest.raises(StoreError, match="keine Version"):
        reader.read(ID, at_version=plain)
    store.vacuum("footfall", all_days=1, sealed_days=1)
    with pytest.raises(StoreError, match="keine Version"):
        _reopened(store).read(ID, at_version=sealed.version)
    assert _reopened(store).read(ID)["value"].tolist() == [4]
    store.write(batch([5]))
    assert store.read(ID)["value"].tolist() == [5]


def _age(store: Store, days: float) -> None:
    """Make every file of the table as many days older."""
    for path in (store.folder / "observations").rglob("*"):
        if path.is_file():
            then = path.stat().st_mtime - days * 86_400
            os.utime(path, (then, then))
    assert time.time() - then >= days * 86_400


def test_a_second_writer_is_told_in_german(store, batch, tmp_path):
    claim(tmp_path / "other")
    child = os.fork()
    if child == 0:
        try:
            claim(tmp_path / "other")
        except StoreLockedError as error:
            os._exit(0 if "schon ein anderer Prozess" in str(error) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    release(tmp_path / "other")
