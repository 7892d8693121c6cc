"""Which code a run stands on."""

from __future__ import annotations

import hashlib
import subprocess
from functools import cache
from pathlib import Path

import stadtlabor
from stadtlabor.settings import root

__all__ = ["code_hash", "commit"]


@cache
def code_hash() -> str:
    """Return the SHA-256 over the library and the lock file: what a run's result depends on."""
    digest = hashlib.sha256()
    package = Path(stadtlabor.__file__).parent
    files = sorted(p for p in package.rglob("*") if p.suffix in {".py", ".toml", ".csv"})
    for path in [*files, root() / "requirements.lock", root() / "city.toml"]:
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


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
