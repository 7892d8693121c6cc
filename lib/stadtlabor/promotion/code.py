"""Which code a run stands on."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

import stadtlabor
from stadtlabor.settings import root

__all__ = ["code_hash", "commit", "environment", "library", "packages"]


def code_hash() -> str:
    """Return the SHA-256 over library, lock file and city: what a run's result depends on.

    Of the library as it lay on the disk when this process first asked.
    """
    digest = hashlib.sha256(library().encode())
    stated = os.environ.get("STADTLABOR_CITY")
    for path in (root() / "requirements.lock", Path(stated) if stated else root() / "city.toml"):
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


@cache
def library() -> str:
    """Return the SHA-256 over all files of the library."""
    digest = hashlib.sha256()
    package = Path(stadtlabor.__file__).parent
    for path in sorted(p for p in package.rglob("*") if p.suffix in {".py", ".toml", ".csv"}):
        inner = path.relative_to(package).as_posix()
        digest.update(inner.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def packages() -> str:
    """Return the SHA-256 over names and versions of all installed packages."""
    there = sorted(f"{d.metadata['Name']}=={d.version}" for d in metadata.distributions())
    return hashlib.sha256("\n".join(there).encode()).hexdigest()


@cache
def commit() -> str:
    """Return the git commit of the checkout, marked ``+`` where files differ; empty without git."""
    try:
        return subprocess.run(
            ["git", "-C", str(root()), "describe", "--always", "--abbrev=12", "--dirty=+"],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def environment() -> dict[str, str]:
    """Return ``python``, and the SHA-256 of the ``lock`` file and of all installed ``packages``."""
    lock = root() / "requirements.lock"
    return {
        "python": platform.python_version(),
        "lock": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else "",
        "packages": packages(),
    }
