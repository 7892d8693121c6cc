"""Which template fits: a name made from everything that its content depends on."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["stamp", "template_key"]


def template_key(
    trust: str, preload: Sequence[str], watched: Sequence[Path], environment: Mapping[str, str]
) -> str:
    """Return the name of a template, 16 hexadecimal digits.

    Parameters
    ----------
    trust
        Trust level. Forks share address layout and hash seed with their siblings, so each level
        has templates of its own.
    preload
        Modules that the template imports.
    watched
        Files that tell which packages are installed, such as a lock file.
    environment
        Variables with which it imports.
    """
    contents = [
        hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "" for path in watched
    ]
    parts = [
        sys.executable,
        sys.version,
        trust,
        list(preload),
        contents,
        sorted(environment.items()),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def stamp(watched: Sequence[Path]) -> list[tuple[int, int] | None]:
    """Return modification time and size of each file: cheap to compare once a second."""
    found: list[tuple[int, int] | None] = []
    for path in watched:
        try:
            state = path.stat()
            found.append((state.st_mtime_ns, state.st_size))
        except OSError:
            found.append(None)
    return found
