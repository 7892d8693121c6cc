"""The one door to the city's data for notebooks and apps.

In a kernel of the Stadtlabor the data service stands behind it, which gives what the policy of the
data set allows for the stated purpose; on one's own machine the files are read.

>>> from stadtlabor import data
>>> data.datasets()                                                   # doctest: +SKIP
['footfall', 'rain-radar', 'weather']
>>> data.aggregate("footfall", "day", start="2026-11-01")             # doctest: +SKIP

Every answer carries in ``.attrs`` what a chart must say: ``citation`` (pin it: ``footfall@17``),
``units``, ``sources``, ``licences``, ``simulated`` and ``shares`` of simulated, filled and suspect
values. Times without a zone are read as the city's clock.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, cast

import pandas as pd

from stadtlabor.city import city
from stadtlabor.dataservice.address import ADDRESS, PURPOSE
from stadtlabor.dataservice.client import RemoteStore
from stadtlabor.observations import Datastream
from stadtlabor.store import GRAINS, Citation, Store, StoreError
from stadtlabor.store.citation import pinned
from stadtlabor.store.labels import label
from stadtlabor.store.opening import grid_datasets, grid_store, observation_store

if TYPE_CHECKING:
    import xarray as xr

    from stadtlabor.store import Bounds

__all__ = [
    "REAL_RUN",
    "DataError",
    "aggregate",
    "datasets",
    "datastreams",
    "grid",
    "grid_times",
    "latest",
    "read",
    "twin",
    "version",
]

REAL_RUN = "STADTLABOR_REALRUN"
"""Environment: folder of a real run, see :mod:`stadtlabor.realrun`."""

Instant = str | date | datetime | pd.Timestamp | None
Names = str | Sequence[str] | None
Place = Literal["sensor", "area", "city"]
P = ParamSpec("P")
T = TypeVar("T")
_DATASTREAM_COLUMNS = {
    "id": "str",
    "name": "str",
    "thing": "str",
    "thing_name": "str",
    "area": "str",
    "unit": "str",
    "observed_property": "str",
    "interval_s": "int64",
    "lat": "float64",
    "lon": "float64",
    "source": "str",
    "licence": "str",
    "simulated": "bool",
}


class DataError(ValueError):
    """A question that cannot be answered; the message says in German why."""


def _german(question: Callable[P, T]) -> Callable[P, T]:
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


@_german
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
    store = _store(purpose)
    name, version_, series = _resolve(store, dataset, datastream, at_version)
    wanted = _wanted(store, name, datastream, series)
    frame = store.read(wanted, _instant(start), _instant(end), version_)
    return _label(store, frame, name, version_, series)


@_german
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
    store, span = _store(purpose), (_instant(start), _instant(end))
    name, version_, series = _resolve(store, dataset, datastream, None)
    wanted = _wanted(store, name, datastream, series)
    if isinstance(store, RemoteStore):
        frame = store.aggregate(wanted, *span, grain, version_, place)
    elif place == "sensor":
        frame = store.aggregate(wanted, *span, grain, version_)
    else:
        frame = _common(store, series, place, span, grain)
    frame["time"] = frame["time"].dt.tz_convert(city().city.timezone)
    return _label(store, frame, name, version_, series)


@_german
def latest(dataset: str, datastream: Names = None, purpose: str | None = None) -> pd.DataFrame:
    """Return the last observation of each datastream, columns as in :func:`read`."""
    store = _store(purpose)
    name, version_, series = _resolve(store, dataset, datastream, None)
    frame = store.latest(_wanted(store, name, datastream, series), version_)
    return _label(store, frame, name, version_, series)


@_german
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

    store = _store("participation")
    name, _, series = _resolve(store, dataset, datastream, None)
    wanted = _wanted(store, name, datastream, series)
    span = (_instant(start), _instant(end))
    for grain in GRAINS:
        try:
            seen = store.aggregate(wanted, *span, grain)
            break
        except StoreError as error:
            refusal = error
    else:
        raise DataError(f"Für „{name}“ gibt es keinen Zwilling. {refusal}")
    return invented(seen, series, grain, city().city.timezone)


@_german
def grid(
    dataset: str,
    start: Instant = None,
    end: Instant = None,
    at_version: int | None = None,
    window: Bounds | None = None,
) -> xr.DataArray:
    """Return grids (radar), dimensions ``time`` (UTC), ``y``, ``x``; loaded when looked at.

    Parameters
    ----------
    dataset, start, end, at_version
        As in :func:`read`.
    window
        x from, y from, x to, y to in the grid's own coordinates (``attrs["crs_wkt"]``).

    Raises
    ------
    DataError
        In German, if the dataset holds no grids or the version is unknown.
    """
    name, version_ = _pin(dataset, at_version)
    return grid_store().read_grid(name, _instant(start), _instant(end), version_, window)


@_german
def grid_times(dataset: str) -> pd.DatetimeIndex:
    """Return the times (UTC, ascending) at which a dataset of grids has a field."""
    name, _ = _pin(dataset, None)
    if name not in grid_datasets():
        return pd.DatetimeIndex([], tz="UTC")
    return grid_store().grid_times(name)


@_german
def datasets() -> list[str]:
    """Return the names of all datasets, observations and grids."""
    return sorted({*_store(None).datasets(), *grid_datasets()})


@_german
def datastreams(dataset: str, purpose: str | None = None) -> pd.DataFrame:
    """Return one row per datastream: id, names, position, unit, source and licence."""
    name, _ = _pin(dataset, None)
    rows = [
        {column: getattr(d, column) for column in _DATASTREAM_COLUMNS}
        for d in _store(purpose).datastreams(name)
    ]
    return pd.DataFrame(rows, columns=list(_DATASTREAM_COLUMNS)).astype(_DATASTREAM_COLUMNS)


@_german
def version(dataset: str) -> Citation:
    """Return how to cite the newest version; ``str()`` of it names dataset, version and hash."""
    name, version_ = _pin(dataset, None)
    if name in grid_datasets():
        return grid_store().version(name, version_)
    return _store(None).version(name, version_)


def _store(purpose: str | None) -> Store | RemoteStore:
    """Return where the values come from: the data service where there is one, else the files."""
    address = os.environ.get(ADDRESS)
    if not address:
        return observation_store()
    return _remote(address, purpose or os.environ.get(PURPOSE, "participation"), os.getpid())


@lru_cache(maxsize=16)
def _remote(address: str, purpose: str, process: int) -> RemoteStore:
    return RemoteStore(address, purpose)


def _resolve(
    store: Store | RemoteStore, dataset: str, datastream: Names, at_version: int | None
) -> tuple[str, int | None, list[Datastream]]:
    """Return the dataset's name, the version asked for and the datastreams asked for."""
    name, version_ = _pin(dataset, at_version)
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


def _wanted(
    store: Store | RemoteStore, name: str, datastream: Names, series: list[Datastream]
) -> str | list[str]:
    """Return what to ask a store for; of a whole data set the service knows the series itself."""
    if isinstance(store, RemoteStore) and (datastream is None or not series):
        return name
    return [d.id for d in series]


def _common(
    store: Store, series: list[Datastream], place: Place, span: tuple[Any, Any], grain: str
) -> pd.DataFrame:
    """Return common values from the files, without any limit."""
    from stadtlabor.catalogue.policy import Rule
    from stadtlabor.dataservice.limited import limited

    rule = Rule("use", frozenset(), frozenset(), grain=grain, place=place)
    return limited(store, series, rule, span, city().city.timezone, b"")[0]


def _pin(dataset: str, at_version: int | None) -> tuple[str, int | None]:
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


def _instant(value: Instant) -> pd.Timestamp | None:
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


def _label(
    store: Store | RemoteStore, frame: pd.DataFrame, name: str, version_: int | None,
    series: list[Datastream],
) -> pd.DataFrame:  # fmt: skip
    if isinstance(store, Store):  # the service has told it with the values
        frame.attrs = label(frame, series, store.version(name, version_))
    return frame
