"""The file list of one version of a table, and what stands in the files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from stadtlabor.store.citation import digest
from stadtlabor.store.place import Place

__all__ = ["ROWS", "File", "Snapshot"]

ROWS = pa.schema(
    [
        ("datastream", pa.int32()),
        ("t", pa.timestamp("us", "UTC")),
        ("v", pa.float64()),
        ("rt", pa.timestamp("us", "UTC")),
        ("seq", pa.int64()),
        ("quality", pa.int8()),
    ]
)
"""Columns of a data file: ``datastream`` is the key of the dictionary, ``t`` the time of the value,
``v`` the value, ``rt`` the result time, ``seq`` the number of the commit that brought the row."""


@dataclass(frozen=True)
class File:
    """One data file of a version: path below the table, partition, rows and bytes."""

    path: str
    layer: str
    month: str
    rows: int
    size: int


@dataclass(frozen=True)
class Snapshot:
    """The file list of one version; it never changes, so any thread may read it."""

    folder: Place
    version: int
    files: tuple[File, ...]

    @cached_property
    def sha256(self) -> str:
        """Hash of the sorted file list; the names carry the hashes of the contents."""
        return digest(f.path for f in self.files)

    def base(self, months: tuple[str, str] | None = None) -> list[File]:
        """Return the sealed files, of the months from … to … (both included) where stated."""
        found = [f for f in self.files if f.layer == "base"]
        if months:
            found = [f for f in found if months[0] <= f.month <= months[1]]
        return sorted(found, key=lambda f: f.month)

    def log(self) -> list[File]:
        """Return the files that were appended since the last seal, oldest first."""
        return sorted((f for f in self.files if f.layer == "log"), key=lambda f: f.path)
