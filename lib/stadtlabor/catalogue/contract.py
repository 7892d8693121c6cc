"""Hold what comes in to the promises of its card: unit, interval, least and greatest value.

The bounds are such that a value beyond them cannot be true; what is merely strange is kept and
marked by the analyses. What breaks a promise is refused, told, and kept as it was delivered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from stadtlabor.catalogue.card import Card
from stadtlabor.catalogue.cards import find, missing
from stadtlabor.catalogue.parts import Promise
from stadtlabor.observations import COLUMNS, Batch, Datastream, Problem

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Breach", "Upheld", "broken_grid", "uncarded", "upheld"]

REMEDY = (
    "Bitte Gerät oder Datei prüfen; stimmt der Wert, die Grenze in der Karte des Datensatzes ändern"
)


@dataclass(frozen=True)
class Breach:
    """Rows of one series that break a promise.

    Attributes
    ----------
    rows
        Places in the batch's frame.
    name
        German name of the series.
    why
        German, goes on after the value: "liegt nicht in 0 bis 200 mm".
    """

    rows: np.ndarray
    name: str
    why: str

    def told(self, frame: pd.DataFrame, rows: np.ndarray | None = None) -> Problem:
        """Tell the breach, or some rows of it, by its first value."""
        those = self.rows if rows is None else rows
        first = frame.iloc[int(those[0])]
        what = f"Der Wert {_number(first['value'])} {self.why}"
        if len(those) > 1:
            what += f"; ebenso {_many(len(those) - 1)} danach"
        return Problem(f"{self.name}, {first['time']:%d.%m.%Y %H:%M:%S} UTC", what, REMEDY)


@dataclass
class Upheld:
    """What a batch keeps after the check.

    Attributes
    ----------
    keep
        One truth value per row of the batch's frame.
    breaches
        What was refused.
    """

    keep: np.ndarray
    breaches: list[Breach] = field(default_factory=list)

    def refuse(self, rows: np.ndarray, name: str, why: str) -> None:
        """Refuse rows."""
        self.keep[rows] = False
        self.breaches.append(Breach(rows, name, why))


def uncarded(datasets: Sequence[str]) -> str:
    """Say in German which data sets have no card; an empty text if all have one."""
    return " ".join(missing(name) for name in dict.fromkeys(datasets) if find(name) is None)


def upheld(batch: Batch) -> Upheld:
    """Check observations against the cards of their data sets.

    Parameters
    ----------
    batch
        Every data set in it has a card (see :func:`uncarded`).
    """
    frame = batch.frame
    result = Upheld(np.ones(len(frame), bool))
    codes, names = pd.factorize(frame["datastream"])
    place = {name: n for n, name in enumerate(names)}
    promised: dict[Promise, list[Datastream]] = {}
    cards = {name: find(name) for name in {stream.dataset for stream in batch.datastreams}}
    for stream in batch.datastreams:
        if stream.id not in place:
            continue
        card = cards[stream.dataset]
        promise = _promise(card, stream) if card else missing(stream.dataset)
        if isinstance(promise, Promise):
            promised.setdefault(promise, []).append(stream)
        else:
            rows = np.flatnonzero(codes == place[stream.id])
            result.refuse(rows, stream.name, promise)
    for promise, streams in promised.items():
        rows = np.flatnonzero(np.isin(codes, [place[s.id] for s in streams]))
        bad = rows[_failing(frame.iloc[rows], promise)]
        for stream in streams if bad.size else []:
            own = bad[codes[bad] == place[stream.id]]
            if own.size:
                result.refuse(own, stream.name, f"liegt nicht in {_range(promise)}")
    return result


def broken_grid(grid: xr.DataArray) -> str:
    """Say in German which promise a grid breaks; an empty text if it keeps all of them.

    Parameters
    ----------
    grid
        ``attrs`` name the data set and the unit.
    """
    dataset = str(grid.attrs.get("dataset", "rain-radar"))
    card = find(dataset)
    if card is None:
        return missing(dataset)
    unit = str(grid.attrs.get("units", ""))
    promise = next((p for p in card.contract if p.unit == unit), None)
    if promise is None:
        wanted = ", ".join(p.unit for p in card.contract)
        said = unit or "unbekannt"
        return f"Die Einheit des Rasters ist {said}, die Karte „{card.id}“ verspricht {wanted}."
    values = grid.to_numpy()
    if not np.isfinite(values).any():
        return ""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if promise.low <= low and high <= promise.high:
        return ""
    return (
        f"Die Werte des Rasters reichen von {_number(low)} bis {_number(high)} {unit}, die Karte "
        f"„{card.id}“ erlaubt {_range(promise)}. Bitte die Datei prüfen."
    )


def _promise(card: Card, stream: Datastream) -> Promise | str:
    """Return the promise that a series falls under, or in German why there is none."""
    same = [p for p in card.contract if p.observed_property == stream.observed_property]
    if not same:
        return f"hat die Größe „{stream.observed_property}“, die die Karte „{card.id}“ nicht kennt"
    fits = [p for p in same if p.unit == stream.unit]
    if not fits:
        units = ", ".join(dict.fromkeys(p.unit for p in same))
        return f"hat die Einheit {stream.unit}, die Karte „{card.id}“ verspricht {units}"
    for promise in fits:
        if promise.interval_s in (None, stream.interval_s):
            return promise
    steps = ", ".join(f"{p.interval_s} s" for p in fits)
    return f"gilt für {stream.interval_s} s, die Karte „{card.id}“ verspricht {steps}"


@lru_cache(maxsize=256)
def _schema(low: float, high: float) -> Any:
    """Return the schema of rows under one promise; the library is loaded with the first one."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {
            "time": pa.Column(COLUMNS["time"]),
            "value": pa.Column(COLUMNS["value"], pa.Check.in_range(low, high)),
            "result_time": pa.Column(COLUMNS["result_time"]),
        }
    )


def _failing(rows: pd.DataFrame, promise: Promise) -> np.ndarray:
    """Return the places of the rows that break a promise."""
    from pandera.errors import SchemaErrors

    checked = rows[["time", "value", "result_time"]].reset_index(drop=True)
    try:
        _schema(promise.low, promise.high).validate(checked, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        found = cases["index"].dropna().unique().astype("int64")
        # A fault of a whole column, such as its type, has no row of its own.
        return np.sort(found) if cases["index"].notna().all() else np.arange(len(rows))
    return np.empty(0, "int64")


def _many(count: int) -> str:
    return "1 Wert" if count == 1 else f"{_number(count)} Werte"


def _range(promise: Promise) -> str:
    return f"{_number(promise.low)} bis {_number(promise.high)} {promise.unit}"


def _number(value: float) -> str:
    """Write a number the German way, without zeros that say nothing."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))
