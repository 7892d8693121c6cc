"""By which pseudonym somebody stands who has handed a notebook in."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress

from stadtlabor.settings import home

__all__ = ["author"]


def author(uid: int, said_name: str) -> str:
    """Return the pseudonym of an author: by the system user where people have their own.

    Parameters
    ----------
    uid
        Owner of the file that was handed in.
    said_name
        Name that the file states, believed only where all share one system user.
    """
    try:
        name = (home() / "run" / "people" / str(uid)).read_text("utf-8")
    except OSError:
        name = said_name or str(uid)
    # In the folder that the pages alone may look into; named after its first use.
    key = home() / "services" / "publishing-author.key"
    key.parent.mkdir(parents=True, exist_ok=True)
    if not key.exists():
        with (
            suppress(FileExistsError),
            os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        ):
            file.write(secrets.token_bytes(32))
    return "a-" + hmac.new(key.read_bytes(), name.encode(), hashlib.sha256).hexdigest()[:12]
