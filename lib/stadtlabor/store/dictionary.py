"""The dictionary of datastreams: what each series means, and the small number that stands for it.

A description is committed before any value refers to it, so a value never lacks its unit.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Engine,
    Float,
    Integer,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy import update as change
from sqlalchemy.exc import OperationalError

from stadtlabor.observations import Datastream
from stadtlabor.store.registers import METADATA, create, only_reads

__all__ = ["Dictionary"]

_DATASTREAMS = Table(
    "datastreams",
    METADATA,
    Column("key", Integer, primary_key=True, autoincrement=True),
    Column("revision", Integer, nullable=False, index=True),
    Column("dataset", String, nullable=False, index=True),
    Column("id", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("observed_property", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("interval_s", Integer, nullable=False),
    Column("source", String, nullable=False),
    Column("licence", String, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("thing_name", String, nullable=False),
    Column("area", String, nullable=False),
    Column("lat", Float),
    Column("lon", Float),
)
_ERASED = "erased-"  # no id of a datastream: these have two slashes
_FIELDS = [f.name for f in fields(Datastream)]


class Dictionary:
    """Datastreams by id and by key, kept in memory and asked anew when the register changed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._revision = -1
        self._known: dict[str, tuple[int, Datastream]] = {}
        create(engine, METADATA)

    def keys(self, datastreams: Iterable[Datastream]) -> dict[str, int]:
        """Return the key of each datastream; new and changed descriptions are committed first."""
        wanted = {d.id: d for d in datastreams}
        self._refresh()
        changed = [d for d in wanted.values() if self._known.get(d.id, (0, None))[1] != d]
        if changed:
            with self._engine.begin() as connection:
                revision = self._newest(connection) + 1
                for d in changed:
                    row = {**asdict(d), "dataset": d.dataset, "revision": revision}
                    known = _DATASTREAMS.c.id == d.id
                    if connection.execute(select(_DATASTREAMS.c.key).where(known)).first():
                        connection.execute(change(_DATASTREAMS).where(known).values(row))
                    else:
                        connection.execute(insert(_DATASTREAMS).values(row))
            self._refresh()
        return {name: self._known[name][0] for name in wanted}

    def forget(self, keys: Iterable[int]) -> None:
        """Erase what is said of datastreams; their keys are never given to others."""
        empty = {name: "" for name in _FIELDS if isinstance(_DATASTREAMS.c[name].type, String)}
        with self._engine.begin() as connection:
            revision = self._newest(connection) + 1
            for key in keys:
                row = {**empty, "id": f"{_ERASED}{key}", "dataset": "", "lat": None, "lon": None}
                same = _DATASTREAMS.c.key == key
                connection.execute(
                    change(_DATASTREAMS).where(same).values(revision=revision, **row)
                )
        self._refresh()

    def of(self, dataset: str) -> dict[str, tuple[int, Datastream]]:
        """Return key and description of every datastream of a dataset, sorted by id."""
        self._refresh()
        found = {n: entry for n, entry in self._known.items() if entry[1].dataset == dataset}
        return dict(sorted(found.items()))

    def datasets(self) -> set[str]:
        """Return the datasets that any datastream belongs to."""
        self._refresh()
        return {d.dataset for _, d in self._known.values()}

    def _refresh(self) -> None:
        if not self._known and self._too_early():
            return
        with self._lock, self._engine.connect() as connection:
            revision = self._newest(connection)
            if revision == self._revision:
                return
            rows = connection.execute(
                select(_DATASTREAMS).where(_DATASTREAMS.c.revision > self._revision)
            )
            known = dict(self._known)
            for row in rows.mappings():
                if row["id"].startswith(_ERASED):
                    known = {name: entry for name, entry in known.items() if entry[0] != row["key"]}
                    continue
                known[row["id"]] = (row["key"], Datastream(**{n: row[n] for n in _FIELDS}))
            self._known, self._revision = known, revision

    def _too_early(self) -> bool:
        """Tell whether we may only read and there is nothing yet."""
        if not only_reads(self._engine):
            return False
        try:
            return not inspect(self._engine).has_table(_DATASTREAMS.name)
        except OperationalError:
            return True

    def _newest(self, connection: Any) -> int:
        found = connection.execute(select(func.max(_DATASTREAMS.c.revision))).scalar()
        return -1 if found is None else int(found)
