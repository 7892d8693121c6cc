"""Values: single observations, common values of periods, and a twin that is invented."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from stadtlabor.city import city
from stadtlabor.data.asking import (
    DataError,
    Instant,
    Names,
    asked_for,
    german,
    labelled,
    moment,
    opened,
    resolve,
)
from stadtlabor.dataservice.client import RemoteStore
from stadtlabor.observations import Datastream
from stadtlabor.store import GRAINS, Store, StoreError

__all__ = ["aggregate", "latest", "read", "twin"]

Place = Literal["sensor", "area", "city"]


@german
def read(
    dataset: str,
    datastream: Names = None,
    start: Instant = None,
    end: Instant = None,
    at_version: int | None = None,
    purpose: str | None = None,
) -> pd.DataFrame:
    """Return single observations, sorted by datastream and time.

    Parameters
    ----------
    dataset
        Name, or name and version (``footfall@17``).
    datastream
        Id or ids; without it all of the dataset.
    start, end
        From ``start`` up to, not including, ``end``.
    at_version
        Number of the version; without it the newest.
    purpose
        What for: ``teaching``, ``participation``, ``research`` or ``administration``; without it
        what the person's place in the Stadtlabor suggests.

    Returns
    -------
    pandas.DataFrame
        Columns of :data:`stadtlabor.observations.COLUMNS`, times in UTC. A dataset without data
        gives a frame without rows, so look at the spelling (:func:`datasets`) if it is empty.

    Raises
    ------
    DataError
        In German, if a name, a time or the version is unknown or the policy says no.
    """
    store = opened(purpose)
    name, version_, series = resolve(store, dataset, datastream, at_version)
    wanted = asked_for(store, name, datastream, series)
    frame = store.read(wanted, moment(start), moment(end), version_)
    return labelled(store, frame, name, version_, series)


@german
def aggregate(
    dataset: str,
    grain: str,
    datastream: Names = None,
    start: Instant = None,
    end: Instant = None,
    place: Place = "sensor",
    purpose: str | None = None,
) -> pd.DataFrame:
    """Return hours, days, weeks or months: sum, mean, min, max, count and shares per period.

    Parameters
    ----------
    dataset, datastream, start, end, purpose
        As in :func:`read`.
    grain
        ``hour``, ``day``, ``week`` or ``month`` of the city's clock.
    place
        ``sensor`` for each series, ``area`` or ``city`` for common values of each kind: sums of
        what can be added, means of everything else.

    Returns
    -------
    pandas.DataFrame
        Columns of :data:`stadtlabor.store.AGGREGATE_COLUMNS`; ``time`` is the start of the period
        in the city's time zone. A period without values has no row.

    Raises
    ------
    DataError
        In German, if a name, a time, the grain or the version is unknown or the policy says no.
    """
    store, span = opened(purpose), (moment(start), moment(end))
    name, version_, series = resolve(store, dataset, datastream, None)
    wanted = asked_for(store, name, datastream, series)
    if isinstance(store, RemoteStore):
        frame = store.aggregate(wanted, *span, grain, version_, place)
    elif place == "sensor":
        frame = store.aggregate(wanted, *span, grain, version_)
    else:
        frame = _common(store, series, place, span, grain)
    frame["time"] = frame["time"].dt.tz_convert(city().city.timezone)
    return labelled(store, frame, name, version_, series)


@german
def latest(dataset: str, datastream: Names = None, purpose: str | None = None) -> pd.DataFrame:
    """Return the last observation of each datastream, columns as in :func:`read`."""
    store = opened(purpose)
    name, version_, series = resolve(store, dataset, datastream, None)
    frame = store.latest(asked_for(store, name, datastream, series), version_)
    return labelled(store, frame, name, version_, series)


@german
def twin(
    dataset: str, datastream: Names = None, start: Instant = None, end: Instant = None
) -> pd.DataFrame:
    """Return invented single values that add up to what everybody may see.

    For those who write a notebook before they have the permission to read, or for a real run
    (:mod:`stadtlabor.realrun`): form, units, gaps and order of magnitude are right, no value is.
    The same question gives the same answer.

    Parameters
    ----------
    dataset, datastream, start, end
        As in :func:`read`.

    Returns
    -------
    pandas.DataFrame
        As of :func:`read`; every value is marked as simulated.

    Raises
    ------
    DataError
        In German, also where the public sees nothing of the data set that a twin could follow.
    """
    from stadtlabor.dataservice.twin import invented

    store = opened("participation")
    name, _, series = resolve(store, dataset, datastream, None)
    wanted = asked_for(store, name, datastream, series)
    span = (moment(start), moment(end))
    for grain in GRAINS:
        try:
            seen = store.aggregate(wanted, *span, grain)
            break
        except StoreError as error:
            refusal = error
    else:
        raise DataError(f"Für „{name}“ gibt es keinen Zwilling. {refusal}")
    return invented(seen, series, grain, city().city.timezone)


def _common(
    store: Store, series: list[Datastream], place: Place, span: tuple[Any, Any], grain: str
) -> pd.DataFrame:
    """Return common values from the files, without any limit."""
    from stadtlabor.catalogue.policy import Rule
    from stadtlabor.dataservice.limited import limited

    rule = Rule("use", frozenset(), frozenset(), grain=grain, place=place)
    return limited(store, series, rule, span, city().city.timezone, b"")[0]
