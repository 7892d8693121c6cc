"""The part of the disk that a real run sees: what it needs, read-only, and its own folder.

Everybody may leave a pipe or a socket in ``/tmp`` or in a letterbox of the house, and a notebook
that found it there could speak through it to the outside. So these places are covered.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from stadtlabor.dataservice.address import socket_path
from stadtlabor.settings import home, root

__all__ = ["close"]

_BIND, _REC, _PRIVATE, _NOSUID, _NODEV = 0x1000, 0x4000, 0x40000, 2, 4
_SETATTR, _FROM_HERE, _RECURSIVE, _RDONLY = 442, -100, 0x8000, 1  # mount_setattr(2)
_LIBC = ctypes.CDLL(None, use_errno=True)

SCRATCH = ("/tmp", "/dev/shm", "/var/tmp")  # noqa: S108  # covered, not used
"""Covered by an empty place of the run's own that ends with it."""

COVERED = (*SCRATCH, "/run")
"""In ``/run`` lie sockets of the system; one of them asks name servers."""

SPACE = "size=256m,mode=1777"
FILES = ("STADTLABOR_SETTINGS", "STADTLABOR_CITY")


class _Attributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "user")]


def close(folder: Path) -> None:
    """Cover and write-protect the disk for this process and all that it starts.

    Parameters
    ----------
    folder
        Of the run; stays as it is.

    Raises
    ------
    OSError
        If the system refuses.
    """
    here = folder.resolve()
    _mount("none", Path("/"), "", _REC | _PRIVATE)
    places = [Path(place) for place in COVERED] + [home().resolve()]
    places = [place for place in places if place.is_dir() and not place.is_symlink()]
    needed = {path: os.open(path, os.O_PATH) for path in _needed(here)}
    for place in places:
        _mount("tmpfs", place, "tmpfs", _NOSUID | _NODEV, SPACE)
        for path, handle in needed.items():
            if path.is_relative_to(place):
                _bring_back(path, handle)
    for handle in needed.values():
        os.close(handle)
    # A mount of its own, so that it alone can stay writable.
    _mount(str(here), here, "", _BIND)
    _protect(Path("/"), _RECURSIVE, _RDONLY, 0)
    for path in (here, *(place for place in places if str(place) in SCRATCH)):
        _protect(path, 0, 0, _RDONLY)
    os.chdir(here)


def _needed(folder: Path) -> list[Path]:
    """Return what a run reads, outer places first."""
    # What policies open lies open in the store, the rest in folders that are closed to this user.
    stated = [Path(sys.prefix), Path(sys.base_prefix), root(), home() / "store",
              socket_path().parent, folder]  # fmt: skip
    stated += [Path(os.environ[name]) for name in FILES if name in os.environ]
    found = {path.resolve() for path in stated if path.exists()}
    return sorted(found, key=lambda path: len(path.parts))


def _bring_back(path: Path, handle: int) -> None:
    source = f"/proc/self/fd/{handle}"
    if Path(source).is_dir():
        path.mkdir(parents=True, exist_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    _mount(source, path, "", _BIND | _REC)


def _mount(source: str, target: Path, kind: str, flags: int, options: str = "") -> None:
    given = (source.encode(), os.fsencode(target), kind.encode(), flags, options.encode())
    if _LIBC.mount(*given):
        number = ctypes.get_errno()
        raise OSError(number, f"mount {target}: {os.strerror(number)}")


def _protect(path: Path, how: int, add: int, take: int) -> None:
    """Change whether a mount can be written to."""
    wanted = _Attributes(add, take, 0, 0)
    size = ctypes.c_size_t(ctypes.sizeof(wanted))
    given = (_FROM_HERE, os.fsencode(path), how, ctypes.byref(wanted), size)
    if _LIBC.syscall(_SETATTR, *given):
        number = ctypes.get_errno()
        raise OSError(number, f"mount_setattr {path}: {os.strerror(number)}")
