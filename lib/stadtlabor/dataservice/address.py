"""Where the data service listens on this machine, and how a kernel is told."""

from __future__ import annotations

from pathlib import Path

from stadtlabor.settings import home

__all__ = ["ADDRESS", "PURPOSE", "local", "socket_path"]

ADDRESS = "STADTLABOR_DATA"
"""Environment: ``unix:/path`` or ``http://host:port`` of the service."""

PURPOSE = "STADTLABOR_PURPOSE"
"""Environment: what a person's questions are for, where they do not say."""


def socket_path() -> Path:
    """Return the socket that kernels connect to."""
    return home() / "run" / "data" / "data.sock"


def local() -> str:
    """Return the address of the service on this machine."""
    return f"unix:{socket_path()}"
