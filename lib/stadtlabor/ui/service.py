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


def told(path: str) -> dict[str, Any]:
    """Return the JSON at a path of the web service.

    Parameters
    ----------
    path
        For example ``/leerstand/daten.geojson``.

    Raises
    ------
    ServiceError
        In German, if the service is away or does not know the path.
    """
    try:
        answer = httpx.get(
            f"http://127.0.0.1:{settings().serve.web_port}{path}", timeout=PATIENCE_S
        ).raise_for_status()
    except httpx.HTTPError as error:
        raise ServiceError(text("vacancy.offline")) from error
    found: dict[str, Any] = answer.json()
    return found
