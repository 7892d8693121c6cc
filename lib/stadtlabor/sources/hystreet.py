"""Pedestrian counts of hystreet: hourly, by JSON interface.

Counts are taken as they come. Hours that the provider marks as not verified carry
``Quality.PRELIMINARY``; zeros that cannot be true are for the analysis to flag.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pandas as pd

from stadtlabor.city import city
from stadtlabor.observations import Batch, Problem, Quality, observations
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import Fetcher, SourceError
from stadtlabor.sources.stations import hourly

__all__ = ["BASE", "locate", "parse", "read"]

BASE = "https://api.hystreet.com"
REMEDY = "Bitte beim Betreiber des Zählers nachfragen"


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


def parse(delivery: Delivery) -> Batch:
    """Read an answer of the JSON interface.

    Raises
    ------
    SourceError
        If the answer does not hold a location with measurements.
    """
    try:
        answer = json.loads(delivery.body)
        name, measurements = answer["name"], answer["measurements"]
        meta = answer.get("metadata") or {}
        stream = hourly(
            city(),
            str(name),
            str(answer.get("city", "")),
            answer.get("id"),
            bool(meta.get("simulated", False)),
        )
        table = pd.DataFrame(measurements, columns=["timestamp", "pedestrians_count", "unverified"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"{delivery.name}: Die Antwort hat nicht den Aufbau von hystreet. "
            "Bitte Adresse und Kennung prüfen."
        ) from error
    times = pd.to_datetime(table["timestamp"], utc=True, errors="coerce", format="ISO8601")
    counts = pd.to_numeric(table["pedestrians_count"], errors="coerce")
    good = times.notna() & (counts >= 0)
    problems = [
        Problem(
            f"{stream.thing_name}, Messung {n + 1}",
            f"Zeit „{table['timestamp'].iloc[n]}“ oder Zahl "
            f"„{table['pedestrians_count'].iloc[n]}“ ist nicht lesbar",
            REMEDY,
        )
        for n in good.index[~good]
    ]
    # hystreet tells by a number how many of an hour's values are not yet verified.
    open_hours = pd.to_numeric(table["unverified"], errors="coerce").fillna(0) > 0
    quality = open_hours.map({True: int(Quality.PRELIMINARY), False: 0})
    quality |= int(Quality.SIMULATED) if stream.simulated else 0
    frame = observations(
        stream.id,
        pd.DatetimeIndex(times[good]),
        counts[good].to_numpy(),
        quality[good].to_numpy(),
        pd.Timestamp(delivery.received_at),
    )
    return Batch(frame, [stream], problems)
