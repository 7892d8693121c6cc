"""Everyone is the same nameless visitor, and nobody gets a cookie."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.identity import IdentityProvider, User

__all__ = ["Visitors"]


class Visitors(IdentityProvider):
    """Replaces Voilà's provider, which gives each visitor a name in a cookie for 30 days."""

    auth_enabled = False

    def get_user(self, handler: Any) -> User:
        """Return the one visitor."""
        return User(username="besuch")

    def get_handlers(self) -> list[Any]:
        """Return no login and no logout page."""
        return []
