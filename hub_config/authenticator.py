"""Who may log in during development: any name, one password."""

from __future__ import annotations

import hmac
import os
import re
import secrets
from typing import Any

from jupyterhub.auth import Authenticator

from stadtlabor.settings import home

__all__ = ["DevelopmentAuthenticator", "development_password"]

NAME = re.compile(r"[a-z0-9-]{1,30}")
WITHOUT_LOOKALIKES = "abcdefghjkmnpqrstuvwxyz23456789"


def development_password() -> str:
    """Return the development password; the first call makes one up and keeps it.

    ``$STADTLABOR_DEV_PASSWORD`` overrules the file ``development-password`` in ``home()``.
    """
    stated = os.environ.get("STADTLABOR_DEV_PASSWORD")
    if stated:
        return stated
    path = home() / "development-password"
    path.parent.mkdir(parents=True, exist_ok=True)
    password = "".join(secrets.choice(WITHOUT_LOOKALIKES) for _ in range(10))
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(password)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    return password


class DevelopmentAuthenticator(Authenticator):
    """Any user name of 1 to 30 letters, digits and hyphens, with the development password.

    For one machine and trial only: whoever knows the password can be anyone.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        development_password()  # exists from the first start on, not from the first login

    def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:
        """Return the user name, or None where name or password do not fit."""
        name = data.get("username", "").strip().lower()
        given = data.get("password", "").encode()
        if not hmac.compare_digest(given, development_password().encode()):
            return None
        return name if NAME.fullmatch(name) else None
