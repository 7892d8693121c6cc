"""A word as a word: how names are recognised in lines and rows."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

__all__ = ["blank", "lines", "word"]


def word(name: str) -> re.Pattern[bytes]:
    """Return what finds a name that is not part of a longer one.

    Examples
    --------
    >>> [bool(word("biber-07").search(t)) for t in (b"/user/biber-07/lab", b"biber-071")]
    [True, False]
    """
    return re.compile(rb"(?<![A-Za-z0-9-])" + re.escape(name.encode()) + rb"(?![A-Za-z0-9-])")


def lines(path: Path, hit: Callable[[bytes], object]) -> int:
    """Return how many lines of a file are hit."""
    return sum(bool(hit(line)) for line in path.read_bytes().splitlines())


def blank(path: Path, hit: Callable[[bytes], object]) -> int:
    """Overwrite lines that are hit with spaces, in place; return how many.

    The file stays the same and as long as it was: a service that has it open to append goes on.
    """
    gone = offset = 0
    with path.open("r+b") as file:
        for line in file.read().splitlines(keepends=True):
            if hit(line):
                os.pwrite(file.fileno(), b" " * len(line.rstrip(b"\r\n")), offset)
                gone += 1
            offset += len(line)
        os.fsync(file.fileno())
    return gone
