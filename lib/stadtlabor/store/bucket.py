"""A place in an object store (S3) that is handled like a :class:`pathlib.Path`.

The store's modules name, list, read and delete files by the methods of ``Path``; this class has
those of them that the store uses, so that one code serves a disk and a bucket. An object appears
whole or not at all, hence nothing here needs to be flushed.

Address and keys come from the environment, by the names that all S3 programs use:
``AWS_ENDPOINT_URL``, ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.fs as pafs

__all__ = ["Bucket", "Facts", "options"]

_WILD = "*?["


def options() -> dict[str, str]:
    """Return what the Delta library needs to know of the object store.

    ``aws_conditional_put``: a commit is written only where none of its number is there, so two
    writers never overwrite each other.
    """
    told = {name: os.environ[name] for name in _TOLD if name in os.environ}
    if told.get("AWS_ENDPOINT_URL", "").startswith("http://"):
        told["AWS_ALLOW_HTTP"] = "true"
    return {"AWS_REGION": "us-east-1", **told, "aws_conditional_put": "etag"}


_TOLD = (
    "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_REGION",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What is known of an object, under the names of :class:`os.stat_result`."""

    st_size: int
    st_mtime: float
    st_mode: int = stat.S_IFREG | 0o600


class Bucket:
    """A bucket, a prefix in it or an object.

    Parameters
    ----------
    path
        Bucket and key, without scheme: ``city-data/stadtlabor/observations``.
    """

    def __init__(self, path: str, facts: Facts | None = None) -> None:
        self._path = path.strip("/")
        self._facts = facts

    @classmethod
    def of(cls, url: str) -> Bucket:
        """Return the place of an address like ``s3://bucket/prefix``."""
        return cls(url.removeprefix("s3://"))

    def __truediv__(self, name: str | Path) -> Bucket:
        return Bucket(f"{self._path}/{name}")

    def __str__(self) -> str:
        return f"s3://{self._path}"

    def __repr__(self) -> str:
        return f"Bucket({self._path!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bucket) and other._path == self._path

    def __lt__(self, other: Bucket) -> bool:
        return self._path < other._path

    def __hash__(self) -> int:
        return hash(self._path)

    @property
    def key(self) -> str:
        """Bucket and key, as Arrow's file system names it."""
        return self._path

    @property
    def name(self) -> str:
        """Last part of the key."""
        return self._path.rpartition("/")[2]

    @property
    def stem(self) -> str:
        """Last part of the key without its last ending."""
        return self.name.rpartition(".")[0] or self.name

    @property
    def parent(self) -> Bucket:
        """The place above."""
        return Bucket(self._path.rpartition("/")[0])

    def with_name(self, name: str) -> Bucket:
        """Return a neighbour."""
        return self.parent / name

    def as_posix(self) -> str:
        """Return the address with its scheme."""
        return str(self)

    def relative_to(self, other: Bucket) -> Path:
        """Return the part of the key below another place."""
        return Path(self._path).relative_to(other._path)

    @property
    def system(self) -> pafs.FileSystem:
        """Arrow's file system of this process."""
        return _system(os.getpid(), *(os.environ.get(name, "") for name in _TOLD))

    def _info(self) -> pafs.FileInfo:
        return self.system.get_file_info(self._path)

    def exists(self) -> bool:
        """Tell whether there is an object, or any below this prefix."""
        return bool(self._info().type != _kind("NotFound"))

    def is_file(self) -> bool:
        """Tell whether this is an object."""
        return self._facts is not None or bool(self._info().is_file)

    def is_dir(self) -> bool:
        """Tell whether there are objects below this prefix."""
        return bool(self._info().type == _kind("Directory"))

    def stat(self) -> Facts:
        """Return size and time of an object; of a listed one, as they were when it was listed.

        Raises
        ------
        FileNotFoundError
            If there is none.
        """
        if self._facts is None:
            info = self._info()
            if not info.is_file:
                raise FileNotFoundError(str(self))
            self._facts = _facts(info)
        return self._facts

    def iterdir(self) -> Iterator[Bucket]:
        """Yield what lies directly below."""
        chosen = _selector(self._path)
        for info in self.system.get_file_info(chosen):
            listed = _facts(info) if info.is_file else None
            yield Bucket(info.path, listed)

    def glob(self, pattern: str) -> Iterator[Bucket]:
        """Yield what lies below and matches, part by part as for :meth:`pathlib.Path.glob`."""
        head, _, rest = pattern.partition("/")
        if any(sign in head for sign in _WILD):
            found = [each for each in self.iterdir() if fnmatchcase(each.name, head)]
        else:
            found = [self / head] if rest or (self / head).exists() else []
        for each in found:
            yield from each.glob(rest) if rest else [each]

    def rglob(self, pattern: str) -> Iterator[Bucket]:
        """Yield all objects at any depth whose name matches."""
        chosen = _selector(self._path, recursive=True)
        for info in self.system.get_file_info(chosen):
            if info.is_file and fnmatchcase(info.base_name, pattern):
                yield Bucket(info.path, _facts(info))

    def source(self) -> pa.NativeFile:
        """Open for reading at any position."""
        return self.system.open_input_file(self._path)

    def read_bytes(self) -> bytes:
        """Return the whole content."""
        with self.system.open_input_stream(self._path) as file:
            return bytes(file.read())

    def read_text(self, encoding: str = "utf-8") -> str:
        """Return the whole content as text."""
        return self.read_bytes().decode(encoding)

    def write_bytes(self, content: bytes) -> int:
        """Put an object in one step, over one that is there."""
        with self.system.open_output_stream(self._path) as file:
            file.write(content)
        self._facts = None
        return len(content)

    def take(self, draft: Path) -> None:
        """Put the content of a file here and delete the file."""
        with draft.open("rb") as source, self.system.open_output_stream(self._path) as target:
            while block := source.read(8 << 20):
                target.write(block)
        draft.unlink()

    def unlink(self, missing_ok: bool = False) -> None:
        """Delete an object."""
        try:
            self.system.delete_file(self._path)
        except FileNotFoundError:
            if not missing_ok:
                raise


def _kind(name: str) -> Any:
    from pyarrow import fs  # on use: a store on the disk needs nothing of it

    return getattr(fs.FileType, name)


def _selector(path: str, recursive: bool = False) -> pafs.FileSelector:
    from pyarrow import fs

    return fs.FileSelector(path, allow_not_found=True, recursive=recursive)


def _facts(info: pafs.FileInfo) -> Facts:
    return Facts(info.size, info.mtime_ns / 1e9)


@lru_cache(maxsize=4)
def _system(process: int, endpoint: str, key: str, secret: str, *more: str) -> pafs.FileSystem:
    """Return a connection; a forked process must not share its parent's."""
    session, region = more
    settings: dict[str, Any] = {"region": region or "us-east-1", "connect_timeout": 5}
    if endpoint:
        scheme, _, host = endpoint.partition("://")
        settings |= {"endpoint_override": host.rstrip("/"), "scheme": scheme}
    if key:
        settings |= {"access_key": key, "secret_key": secret}
    if session:
        settings["session_token"] = session
    from pyarrow import fs

    return fs.S3FileSystem(**settings)
