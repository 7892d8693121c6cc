"""One Delta table on disk: append, replace, list the files of a version, mend after a power cut.

Data files are written and flushed *before* the commit that names them, the commit is flushed
before the call returns. Layout: partition ``layer=log`` takes every append, partition
``layer=base`` holds sealed months; ``month`` is ``log`` in the first, ``2026-11`` in the second.
"""

from __future__ import annotations

import hashlib
import json
import stat
import threading
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, PostCommitHookProperties, RemoveAction

from stadtlabor.store.errors import StoreError
from stadtlabor.store.files import make_folder, sync
from stadtlabor.store.place import Place, below, delta, draft, keep, unreached
from stadtlabor.store.snapshot import ROWS, File, Snapshot

__all__ = ["Table", "gone_version"]

_SCHEMA = ROWS.append(pa.field("layer", pa.string())).append(pa.field("month", pa.string()))
_PARTITIONS = ["layer", "month"]
# Checkpoints are made, and flushed, when a table is sealed; never behind our back.
_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
# We delete old commits and files ourselves (see vacuum.py); without this every checkpoint would
# list each small file of the last week that a seal has replaced.
_CONFIGURATION = {"delta.deletedFileRetentionDuration": "interval 1 hours"}
# A month of one series has 700 to 9,000 rows. A group begins with a series wherever that makes it
# no smaller than this, so that few series are read without their neighbours; see series.py.
_LEAST, _MOST = 2_048, 8_192


class Table:
    """A Delta table; one instance serves all threads of a process."""

    def __init__(self, folder: Place) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._table: DeltaTable | None = None
        self._snapshot: Snapshot | None = None
        self._old = lru_cache(maxsize=16)(self._load)

    def exists(self) -> bool:
        """Tell whether a first version has been committed."""
        try:
            return (self.folder / "_delta_log" / f"{0:020d}.json").exists() or any(
                self.folder.glob("_delta_log/*.checkpoint.parquet")
            )
        except OSError as error:
            unreached(self.folder, error)
            raise

    def guard(self, *, closed: bool) -> None:
        """Let other system users read the files, or not; before the first of them is written."""
        if not isinstance(self.folder, Path):
            return  # who may read a bucket is decided where its keys are given out
        make_folder(self.folder)
        mode = 0o700 if closed else 0o755
        if stat.S_IMODE(self.folder.stat().st_mode) != mode:
            self.folder.chmod(mode)

    def snapshot(self, version: int | None = None) -> Snapshot:
        """Return the newest version, or an older one by number.

        Raises
        ------
        StoreError
            If that version does not exist (any more).
        """
        if version is not None:
            return self._old(version)
        with self._lock:
            table = self._open()
            if self._snapshot is None or self._snapshot.version != table.version():
                self._snapshot = _list(self.folder, table)
            return self._snapshot

    def watermark(self, stream: str) -> int:
        """Return how far a stream has been committed into this table, ``-1`` at the start."""
        if not self.exists():
            return -1
        with self._lock:
            committed = self._open().transaction_version(stream)
            return -1 if committed is None else int(committed)

    def append(self, rows: pa.Table, stream: str, watermark: int | None) -> None:
        """Commit rows to the log; ``seq`` is set to the number of the commit."""
        with self._lock:
            table = self._prepare()
            commit = table.version() + 1
            rows = rows.set_column(4, "seq", pa.repeat(pa.scalar(commit, pa.int64()), len(rows)))
            added = self.write(rows.select(ROWS.names).to_reader(), "log", "log")
            marks = [Transaction(stream, watermark)] if watermark is not None else None
            self._commit(table, added, [], CommitProperties(app_transactions=marks))

    def replace(self, removed: Iterable[File], added: Iterable[File]) -> None:
        """Exchange files in one atomic commit; what is read must stay the same."""
        with self._lock:
            self._commit(self._prepare(), list(added), list(removed), None)

    def write(self, rows: pa.RecordBatchReader, layer: str, month: str) -> list[File]:
        """Write and flush one data file that no version knows yet; none where no row comes."""
        folder = self.folder / f"layer={layer}" / f"month={month}"
        written = draft(self.folder / "_staging" / f"{layer}-{month}.parquet")
        with pq.ParquetWriter(
            written,
            ROWS,
            compression="zstd",
            use_dictionary=["datastream", "v", "quality"],
            column_encoding=dict.fromkeys(("t", "rt", "seq"), "DELTA_BINARY_PACKED"),
        ) as writer:
            count = 0
            for batch in rows:
                count += len(batch)
                table = pa.Table.from_batches([batch]).cast(ROWS)
                for start, size in _groups(table["datastream"].to_numpy()):
                    writer.write_table(table.slice(start, size), size)
        if not count:
            written.unlink()
            return []
        content = hashlib.sha256()
        with written.open("rb") as file:
            while block := file.read(1 << 20):
                content.update(block)
        # Time first: the name tells the order of appends; hash second: the name tells the content.
        path = folder / f"{time.time_ns():020d}-{content.hexdigest()[:32]}.parquet"
        size = written.stat().st_size
        keep(written, path)
        return [File(below(path, self.folder), layer, month, count, size)]

    def checkpoint(self) -> None:
        """Write the state of the log into one file, so that opening stays fast."""
        with self._lock:
            self._prepare().create_checkpoint()
            log = self.folder / "_delta_log"
            sync([*log.glob("*.checkpoint*.parquet"), log / "_last_checkpoint"])

    def forget(self) -> None:
        """Drop what is known of versions, after files were deleted."""
        with self._lock:
            self._snapshot = None
            self._old.cache_clear()

    def _open(self) -> DeltaTable:
        try:
            if self._table is None:
                self._table = DeltaTable(**delta(self.folder))
            else:
                self._table.update_incremental()
        except (DeltaError, OSError) as error:
            unreached(self.folder, error)
            raise StoreError(
                f"Der Datensatz „{self.folder.name}“ ist gerade nicht lesbar. "
                "Nach einem Stromausfall hilft ein Neustart des Empfangs (stadtlabor ingest run)."
            ) from error
        return self._table

    def _prepare(self) -> DeltaTable:
        """Open for writing; the first write creates the table."""
        if not self.exists():
            make_folder(self.folder)
            DeltaTable.create(
                **delta(self.folder),
                schema=_SCHEMA,
                partition_by=_PARTITIONS,
                configuration=_CONFIGURATION,
            )
            log = self.folder / "_delta_log"
            sync([*log.glob("*.json"), log])
        return self._open()

    def _commit(
        self,
        table: DeltaTable,
        added: list[File],
        removed: list[File],
        properties: CommitProperties | None,
    ) -> None:
        now = int(time.time() * 1000)
        actions: list[AddAction | RemoveAction] = [
            AddAction(f.path, f.size, _partition(f), now, True, json.dumps({"numRecords": f.rows}))
            for f in added
        ]
        actions += [RemoveAction(f.path, True, now, f.size, _partition(f)) for f in removed]
        before = table.version()
        table.create_write_transaction(
            actions,
            "append",
            _SCHEMA,
            _PARTITIONS,
            commit_properties=properties,
            post_commithook_properties=_HOOKS,
        )
        sync([self.folder / "_delta_log" / f"{before + 1:020d}.json"])

    def _load(self, version: int) -> Snapshot:
        try:
            return _list(self.folder, DeltaTable(**delta(self.folder), version=version))
        except (DeltaError, OSError) as error:
            unreached(self.folder, error)
            raise gone_version(self.folder.name, version) from error


def gone_version(dataset: str, version: int) -> StoreError:
    """Return the error that says in German that a version does not exist (any more)."""
    return StoreError(
        f"Von „{dataset}“ gibt es keine Version {version} (mehr). "
        "Bitte eine andere Version angeben oder die neueste lesen."
    )


def _partition(file: File) -> dict[str, str | None]:
    return {"layer": file.layer, "month": file.month}


def _list(folder: Place, table: DeltaTable) -> Snapshot:
    actions = pa.table(table.get_add_actions(flatten=True))
    columns = ("path", "partition.layer", "partition.month", "num_records", "size_bytes")
    rows = zip(*(actions[name].to_pylist() for name in columns), strict=True)
    return Snapshot(folder, table.version(), tuple(File(*row) for row in rows))


def _groups(keys: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield start and size of the row groups of sorted rows."""
    start = 0
    for end in [*(np.flatnonzero(np.diff(keys)) + 1).tolist(), len(keys)]:
        while end - start > _MOST:
            yield start, _MOST
            start += _MOST
        if end - start >= _LEAST or end == len(keys) > start:
            yield start, end - start
            start = end
