"""How new the data of a data set are: newest version and newest value."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from stadtlabor.catalogue import Card
from stadtlabor.catalogue.vocabulary import known
from stadtlabor.city import city
from stadtlabor.settings import home
from stadtlabor.ui.texts import age, number
from stadtlabor.web.texts import texts

__all__ = ["State", "state"]

log = logging.getLogger(__name__)

KEPT_S = 30.0
"""So long a state is shown again without looking."""

LATE = {
    "UPDATE_CONT": timedelta(hours=12),
    "HOURLY": timedelta(hours=12),
    "DAILY": timedelta(days=3),
    "WEEKLY": timedelta(days=21),
    "MONTHLY": timedelta(days=90),
}
"""Update of the card → age from which a reader is told; a night without buses is no fault."""


@dataclass(frozen=True)
class State:
    """What stands under "Stand".

    Attributes
    ----------
    sentence
        German.
    citation
        How to cite the newest version; empty where there is none.
    version
        ``name@number``; empty where there is none.
    newest
        Newest value that may be told.
    late
        German, where nothing has come for longer than the card lets expect; else empty.
    """

    sentence: str
    citation: str = ""
    version: str = ""
    newest: pd.Timestamp | None = None
    late: str = ""


def state(card: Card) -> State:
    """Return the state of a data set; what cannot be read is told, never an error."""
    found = _state(card.id, card.form, str(home()), int(monotonic() / KEPT_S))
    if found.newest is None or card.update not in LATE:
        return found
    span = pd.Timestamp.now("UTC") - found.newest
    if span < LATE[card.update]:
        return found
    since = age(span.to_pytimedelta(), dative=True)
    usual = known("update")[card.update]
    words = texts()["catalogue"]
    return replace(found, late=words["stand_late"].format(since=since, usual=usual))


@lru_cache(maxsize=256)
def _state(dataset: str, form: str, place: str, turn: int) -> State:
    words = texts()["catalogue"]
    look = {"register": _register, "grid": _grid, "observations": _observed}[form]
    try:
        return look(dataset, words)
    except Exception:  # whatever happens to the store, the data sheet is there
        log.exception("Der Stand von %s ist nicht lesbar", dataset)
        return State(words["stand_hidden"])


def _register(_: str, words: dict[str, Any]) -> State:
    return State(words["stand_register"])


def _grid(dataset: str, words: dict[str, Any]) -> State:
    # The index alone: the libraries of grids take 40 MB.
    from stadtlabor.store.grid_index import GridIndex

    for name in (dataset, f"{dataset}-simulated"):
        path = home() / "store" / "grids" / name / "index.db"
        if not path.is_file():
            continue
        fields = GridIndex(path).fields()
        if fields:
            version, _ = GridIndex(path).newest()
            newest = pd.Timestamp(fields[-1].time_us, unit="us", tz="UTC")
            said = words["stand_grid"].format(time=_when(newest), version=number(version))
            return State(said, version=f"{name}@{version}", newest=newest)
    return State(words["stand_none"])


def _observed(dataset: str, words: dict[str, Any]) -> State:
    from stadtlabor import data

    cited = data.version(dataset)
    name = f"{dataset}@{cited.version}"
    if cited.version < 0:
        return State(words["stand_none"])
    try:
        newest = data.latest(dataset)
    except data.DataError:
        # The rules give periods only.
        hidden = words["stand_version"].format(version=number(cited.version))
        return State(hidden, str(cited), name)
    if newest.empty:
        return State(words["stand_none"])
    last = newest["time"].max()
    said = words["stand"].format(time=_when(last), version=number(cited.version))
    count = newest["datastream"].nunique()
    series = words["stand_series_one"] if count == 1 else words["stand_series"]
    return State(f"{said} {series.format(n=number(count))}.", str(cited), name, last)


def _when(instant: pd.Timestamp) -> str:
    return f"{instant.tz_convert(ZoneInfo(city().city.timezone)):%d.%m.%Y, %H:%M} Uhr"
