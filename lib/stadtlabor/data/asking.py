"""How a question about data is read: names, versions, times, and who answers it."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar, cast

import pandas as pd

from stadtlabor.city import city
from stadtlabor.dataservice.address import ADDRESS, PURPOSE
from stadtlabor.dataservice.client import RemoteStore
from stadtlabor.observations import Datastream
from stadtlabor.store import Store, StoreError
from stadtlabor.store.citation import pinned
from stadtlabor.store.labels import label
from stadtlabor.store.opening import grid_datasets, observation_store

__all__ = [
    "REAL_RUN",
    "DataError",
    "Instant",
    "Names",
    "asked_for",
    "datasets",
    "german",
    "labelled",
    "moment",
    "opened",
    "pin",
    "resolve",
]

REAL_RUN = "STADTLABOR_REALRUN"
"""Environment: folder of a real run, see :mod:`stadtlabor.realrun`."""

Instant = str | date | datetime | pd.Timestamp | None
Names = str | Sequence[str] | None
P = ParamSpec("P")
T = TypeVar("T")


class DataError(ValueError):
    """A question that cannot be answered; the message says in German why."""


def german(question: Callable[P, T]) -> Callable[P, T]:
    """Hand the store's refusals on as :class:`DataError`, without the store's traceback."""

    @wraps(question)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            if "STADTLABOR_TAPE" in os.environ:  # a notebook that is to be published
                from stadtlabor.evidence.tape import taped

                return cast(T, taped(question, args, kwargs))
            if REAL_RUN in os.environ:
                from stadtlabor.realrun.reading import observed

                return cast(T, observed(question, args, kwargs))
            return question(*args, **kwargs)
        except StoreError as error:
            raise DataError(str(error)) from None

    return ask


@german
def datasets() -> list[str]:
    """Return the names of all datasets, observations and grids."""
    return sorted({*opened(None).datasets(), *grid_datasets()})


def opened(purpose: str | None) -> Store | RemoteStore:
    """Return where the values come from: the data service where there is one, else the files."""
    address = os.environ.get(ADDRESS)
    if not address:
        return observation_store()
    return _remote(address, purpose or os.environ.get(PURPOSE, "participation"), os.getpid())


@lru_cache(maxsize=16)
def _remote(address: str, purpose: str, process: int) -> RemoteStore:
    return RemoteStore(address, purpose)


def resolve(
    store: Store | RemoteStore, dataset: str, datastream: Names, at_version: int | None
) -> tuple[str, int | None, list[Datastream]]:
    """Return the dataset's name, the version asked for and the datastreams asked for."""
    name, version_ = pin(dataset, at_version)
    known = {d.id: d for d in store.datastreams(name)}
    if not known and version_ is not None:
        store.version(name, version_)
    if datastream is None or not known:
        return name, version_, list(known.values())
    wanted = [datastream] if isinstance(datastream, str) else list(datastream)
    for each in wanted:
        if each not in known:
            raise DataError(_unknown(each, name, list(known)))
    return name, version_, [known[each] for each in dict.fromkeys(wanted)]


def asked_for(
    store: Store | RemoteStore, name: str, datastream: Names, series: list[Datastream]
) -> str | list[str]:
    """Return what to ask a store for; of a whole data set the service knows the series itself."""
    if isinstance(store, RemoteStore) and (datastream is None or not series):
        return name
    return [d.id for d in series]


def pin(dataset: str, at_version: int | None) -> tuple[str, int | None]:
    """Return name and version that a question names; a name that is nearly one is an error."""
    name, version_ = pinned(dataset)
    known = datasets()
    # A dataset may be read before its first value has come; one that is nearly called so is a slip.
    if near := [] if name in known else difflib.get_close_matches(name, known, 1, 0.85):
        raise DataError(f"Den Datensatz „{name}“ gibt es nicht. Vielleicht „{near[0]}“?")
    return name, version_ if at_version is None else at_version


def _unknown(datastream: str, dataset: str, known: list[str]) -> str:
    near = difflib.get_close_matches(datastream, known, n=3, cutoff=0.5) or known[:3]
    offered = ", ".join(f"„{n}“" for n in near)
    return (
        f"Im Datensatz „{dataset}“ gibt es keine Datenreihe „{datastream}“. Vielleicht {offered}? "
        f"Alle Namen zeigt datastreams(„{dataset}“)."
    )


def moment(value: Instant) -> pd.Timestamp | None:
    """Read a time; without a zone it is the city's clock."""
    if value is None:
        return None
    try:
        instant = pd.Timestamp(value)
        if pd.isna(instant):
            raise ValueError
        return instant if instant.tz else instant.tz_localize(city().city.timezone, ambiguous=True)
    except ValueError as error:
        raise DataError(
            f"„{value}“ ist kein Zeitpunkt. Bitte so schreiben: 2026-11-22 oder 2026-11-22 14:30."
        ) from error


def labelled(
    store: Store | RemoteStore, frame: pd.DataFrame, name: str, version_: int | None,
    series: list[Datastream],
) -> pd.DataFrame:  # fmt: skip
    """Return a frame with what a chart of it must say."""
    if isinstance(store, Store):  # the service has told it with the values
        frame.attrs = label(frame, series, store.version(name, version_))
    return frame
