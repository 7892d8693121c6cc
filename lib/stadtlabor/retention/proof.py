"""The proof: look for words and numbers in every byte of every file, packed ones included.

A file is searched as it lies there, which finds what free pages of databases still hold. Parquet
is also searched value by value, and what is packed (gzip, zstd, zip) unpacked, a few layers deep.
"""

from __future__ import annotations

import io
import json
import mmap
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Find", "Scan", "scan"]

_DEPTH = 3
_UNPACKED = 256 * 2**20
"""More than so many bytes are not unpacked from one file."""


@dataclass(frozen=True)
class Find:
    """Where something was found: file below the folder, how it lay there, which text."""

    file: str
    how: str
    text: str


@dataclass
class Scan:
    """What a scan has looked at and found; ``unread`` are files that it could not search whole."""

    files: int = 0
    size: int = 0
    finds: list[Find] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def scan(folder: Path, texts: list[str]) -> Scan:
    """Search everything below a folder; links are not followed.

    Parameters
    ----------
    folder
        Where to look.
    texts
        Words; numbers with a point are also looked for as the eight bytes of a float.
    """
    done = Scan()
    sought = {text: _forms(text) for text in texts}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        for text, forms in sought.items():
            if any(form in name.encode() for form in forms):
                done.finds.append(Find(name, "Name der Datei", text))
        try:
            _file(path, name, sought, done)
        except FileNotFoundError:
            continue  # gone while we looked: nothing of it is left
        except (OSError, ValueError) as error:
            done.unread.append(f"{name}: {error}")
    return done


def _forms(text: str) -> set[bytes]:
    """Return the bytes that a text can be written as."""
    forms = {text.encode(), text.encode("utf-16-le"), json.dumps(text)[1:-1].encode()}
    with suppress(UnicodeEncodeError):
        forms.add(text.encode("latin-1"))
    if (number := _number(text)) is not None:
        forms |= {struct.pack("<d", number), struct.pack(">d", number)}
    return forms


def _number(text: str) -> float | None:
    """Return a number that is telling enough to be looked for as bytes."""
    try:
        return float(text) if "." in text else None
    except ValueError:
        return None


def _file(path: Path, name: str, sought: dict[str, set[bytes]], done: Scan) -> None:
    done.files += 1
    size = path.stat().st_size
    done.size += size
    if not size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for text, forms in sought.items():
            if any(content.find(form) >= 0 for form in forms):
                done.finds.append(Find(name, "Bytes", text))
        head = content[:6]
        if head[:4] == b"PAR1":
            _parquet(content, name, sought, done)
        elif _packed(head):
            _inside(content[:], name, sought, done, _DEPTH)


def _parquet(content: Any, name: str, sought: dict[str, set[bytes]], done: Scan) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(pa.BufferReader(content[:])) as opened:
            for batch in opened.iter_batches():
                for column in batch.columns:
                    flat = column.dictionary_decode() if hasattr(column, "dictionary") else column
                    for text in sought:
                        number = _number(text)
                        if pa.types.is_floating(flat.type) and number is not None:
                            hit = pc.any(pc.equal(flat, number)).as_py()
                        elif pa.types.is_string(flat.type) or pa.types.is_large_string(flat.type):
                            hit = pc.any(pc.match_substring(flat, text)).as_py()
                        elif flat.type.num_fields or pa.types.is_binary(flat.type):
                            # Nested: the log's checkpoints. Small, so their words will do.
                            hit = text in str(flat.to_pylist())
                        else:
                            hit = False
                        if hit and (found := Find(name, "Wert", text)) not in done.finds:
                            done.finds.append(found)
    except pa.ArrowInvalid as error:
        done.unread.append(f"{name}: {error}")


def _packed(head: bytes) -> bool:
    return head[:2] == b"\x1f\x8b" or head[:4] in (b"PK\x03\x04", b"\x28\xb5\x2f\xfd")


def _inside(
    content: bytes, name: str, sought: dict[str, set[bytes]], done: Scan, depth: int
) -> None:
    """Search what is packed in something packed."""
    try:
        for part, plain in _members(content):
            for text, forms in sought.items():
                if any(form in plain for form in forms):
                    done.finds.append(Find(f"{name}{part}", "verpackt", text))
            if depth and _packed(plain[:6]):
                _inside(plain, f"{name}{part}", sought, done, depth - 1)
    except (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        done.unread.append(f"{name}: {error}")


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what is packed, with its name."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if member.file_size > _UNPACKED:
                    raise ValueError(f"{member.filename} ist zu groß")
                # The name is searched with the content.
                plain = member.filename.encode() + b"\n" + archive.read(member)
                yield f"!{member.filename}", plain
        return
    import pyarrow as pa

    kind = "gzip" if content[:2] == b"\x1f\x8b" else "zstd"
    with pa.CompressedInputStream(pa.BufferReader(content), kind) as stream:
        plain = stream.read(_UNPACKED)
        if len(plain) == _UNPACKED:
            raise ValueError("zu groß zum Auspacken")
        yield "!", plain
