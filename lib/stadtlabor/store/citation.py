"""Name one state of a dataset for good: ``footfall@17 (sha256 …)``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from stadtlabor.store.errors import StoreError

__all__ = ["Citation", "digest", "pinned"]

_NAME = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:@(\d+))?$")


@dataclass(frozen=True)
class Citation:
    """One version of one dataset.

    Attributes
    ----------
    dataset
        Name of the dataset.
    version
        Number of the version; grows with every commit. ``-1`` for a dataset without data.
    sha256
        Hash of the version's sorted list of files. The files' names carry the hash of their
        content, so equal hashes mean equal data.
    """

    dataset: str
    version: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.dataset}@{self.version} (sha256 {self.sha256[:16]}…)"


def digest(names: Iterable[str]) -> str:
    """Return the SHA-256 of a sorted list of names."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def pinned(dataset: str) -> tuple[str, int | None]:
    """Split ``footfall@17`` into name and version; the version is None where none is pinned.

    Raises
    ------
    StoreError
        If this cannot be the name of a dataset.
    """
    found = _NAME.match(dataset)
    if not found:
        raise StoreError(
            f"„{dataset}“ ist kein Name eines Datensatzes. Erlaubt sind Kleinbuchstaben, Ziffern, "
            "„-“, „_“ und „.“, dahinter wahlweise „@“ und eine Versionsnummer."
        )
    return found[1], int(found[2]) if found[2] else None
