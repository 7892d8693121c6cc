"""Ask hystreet for hourly pedestrian counts; :mod:`stadtlabor.sources.footfall` reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from stadtlabor.observations import Batch
from stadtlabor.sources.delivery import Request
from stadtlabor.sources.footfall import parse
from stadtlabor.sources.http import Fetcher, SourceError

__all__ = ["BASE", "locate", "read"]

BASE = "https://api.hystreet.com"


def locate(
    location: int, start: datetime, end: datetime, token: str = "", base: str = BASE
) -> Request:
    """Return the address of a location's hourly counts.

    Parameters
    ----------
    location
        Number of the location at hystreet.
    start, end
        Period, with time zone.
    token
        Access key, sent as ``X-API-Token``.
    base
        Address of the service.
    """
    period = {
        "from": start.astimezone(UTC).isoformat(),
        "to": end.astimezone(UTC).isoformat(),
        "resolution": "hour",
    }
    headers = {"Accept": "application/json", **({"X-API-Token": token} if token else {})}
    return Request("hystreet-json", f"{base}/v2/locations/{location}?{urlencode(period)}", headers)


def read(location: int, start: datetime, end: datetime, token: str = "", base: str = BASE) -> Batch:
    """Fetch and parse a location's hourly counts (see :func:`locate`).

    Raises
    ------
    SourceError
        In German, if the service fails or the answer is not understood.
    """
    with Fetcher() as fetcher:
        delivery = fetcher.fetch(locate(location, start, end, token, base))
    if delivery is None:  # cannot happen on a fresh connection, but the type allows it
        raise SourceError(f"{base} hat keine Daten geliefert.")
    return parse(delivery)
