"""What the web service tells an app: public data by address."""

from __future__ import annotations

from typing import Any

import httpx

from stadtlabor.settings import settings
from stadtlabor.ui.texts import text

__all__ = ["ServiceError", "told"]

PATIENCE_S = 20


class ServiceError(RuntimeError):
    """The web service did not answer; the message says in German what to do."""


def told(
    path: str, away: str = "vacancy.offline", unknown: str = "vacancy.offline"
) -> dict[str, Any]:
    """Return the JSON at a path of the web service.

    Parameters
    ----------
    path
        For example ``/leerstand/daten.geojson``.
    away, unknown
        Texts for a service that does not answer, and for a path that it does not know.

    Raises
    ------
    ServiceError
        In German.
    """
    address = f"http://127.0.0.1:{settings().serve.web_port}{path}"
    try:
        answer = httpx.get(address, timeout=PATIENCE_S).raise_for_status()
    except httpx.HTTPStatusError as error:
        raise ServiceError(text(unknown)) from error
    except httpx.HTTPError as error:
        raise ServiceError(text(away)) from error
    found: dict[str, Any] = answer.json()
    return found
