"""The one form in which every measurement travels through the house.

A source turns what a provider sends into a :class:`Batch`; the store keeps it; everything
else reads it back in the same columns. Grids (radar) travel as ``xarray.DataArray`` instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["COLUMNS", "Batch", "Datastream", "Problem", "Quality", "Units", "observations"]

COLUMNS = {
    "datastream": "str",
    "time": "datetime64[us, UTC]",
    "value": "float64",
    "quality": "int8",
    "result_time": "datetime64[us, UTC]",
}
"""Columns of an observation frame and their types.

``time`` is the start of the interval for counts, sums and means (``Datastream.interval_s``), the
instant itself for momentary values. ``result_time`` is when the provider stated the value: of two
values for the same datastream and time the one with the later ``result_time`` wins.
"""


class Units(dict[str, str]):
    """Unit of each datastream, for ``frame.attrs``.

    pandas copies the attributes of a frame deeply with every operation, which for two hundred
    series costs more than most operations; units never change, so they are handed on instead.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Units:
        return self


class Quality(IntFlag):
    """Where a value comes from and what is known against it (bits of the column ``quality``).

    No bit set means measured and without objection.
    """

    MEASURED = 0
    SIMULATED = 1
    FILLED = 2
    CORRECTED = 4
    SUSPECT = 8
    PRELIMINARY = 16


@dataclass(frozen=True)
class Datastream:
    """One series: what is measured, where, in which unit, under which licence.

    Parameters
    ----------
    id
        ``<dataset>/<thing>/<what>``, for example ``footfall/fischerstrasse/live``: lower-case
        ASCII, digits, ``-``, ``_`` and ``.``.
    name
        German name for people.
    observed_property
        Observed property in English, snake case (``pedestrians``, ``electricity``).
    unit
        Unit of ``value``: ``kWh``, ``mm``, ``°C``, ``1`` for counts.
    interval_s
        Length of the interval that a value covers, in seconds; ``0`` for momentary values.
    source
        German source note, printed under every chart.
    licence
        Short name of the licence.
    simulated
        True where no sensor stands behind the series.
    thing_name, area
        German name of the counter, meter or gauge and of the town it stands in.
    lat, lon
        Position, WGS 84, degrees.
    """

    id: str
    name: str
    observed_property: str
    unit: str
    interval_s: int
    source: str
    licence: str
    simulated: bool = False
    thing_name: str = ""
    area: str = ""
    lat: float | None = None
    lon: float | None = None

    @property
    def dataset(self) -> str:
        """First part of the id: the table that the store keeps it in."""
        return self.id.split("/", 1)[0]

    @property
    def thing(self) -> str:
        """Second part of the id: the counter, meter or gauge."""
        return self.id.split("/")[1]


@dataclass(frozen=True)
class Problem:
    """A row that was refused or repaired, told so that its owner can mend it.

    Attributes
    ----------
    where
        File, line and field in German ("verbrauch.csv, Zeile 214, Spalte „Wert“").
    what
        What is wrong ("31.02. gibt es nicht").
    remedy
        What to do ("Bitte Datum prüfen und die Datei noch einmal hochladen").
    """

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.remedy}."


@dataclass
class Batch:
    """What one delivery of a source holds: values, what they mean, and what was refused.

    Attributes
    ----------
    frame
        Observation frame (see :data:`COLUMNS`).
    datastreams
        Description of every series in ``frame``.
    problems
        Refused or repaired rows. An empty list means that every row was taken as it came.
    complete
        Datastream → from when to when (excluded) this delivery states all values there are. Only
        what a source says of itself, never the time of the newest value; series of which nothing
        is promised are left out.
    """

    frame: pd.DataFrame
    datastreams: list[Datastream]
    problems: list[Problem] = field(default_factory=list)
    complete: dict[str, tuple[pd.Timestamp, pd.Timestamp]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.frame.attrs["units"] = Units((d.id, d.unit) for d in self.datastreams)
        unknown = set(self.frame["datastream"].unique()) - {d.id for d in self.datastreams}
        if unknown:
            raise ValueError(f"values without a datastream description: {sorted(unknown)}")


def observations(
    datastream: Any,
    time: Any,
    value: Any,
    quality: Any = Quality.MEASURED,
    result_time: Any = None,
) -> pd.DataFrame:
    """Build an observation frame with the exact columns and types of :data:`COLUMNS`.

    Scalars are repeated to the length of ``time``.

    Parameters
    ----------
    datastream
        Datastream id or one id per row.
    time
        Time-zone aware instants.
    value
        Numbers; NaN is refused, a missing value is simply not there.
    quality
        :class:`Quality` bits.
    result_time
        Time-zone aware instants; default: the start of the Unix epoch, which any later
        statement about the same value overrules.

    Raises
    ------
    ValueError
        If a time is without zone or a value is not finite.
    """
    instants = pd.DatetimeIndex(time)
    if instants.tz is None:
        raise ValueError("times must carry a time zone")
    values = np.broadcast_to(np.asarray(value, dtype="float64"), len(instants))
    if not np.isfinite(values).all():
        raise ValueError("values must be finite; leave missing values out")
    stated = pd.Timestamp(0, tz="UTC") if result_time is None else result_time
    frame = pd.DataFrame(
        {
            "datastream": pd.Series(
                [datastream] * len(instants) if isinstance(datastream, str) else list(datastream),
                dtype="str",
            ),
            "time": instants.tz_convert("UTC").as_unit("us"),
            "value": values,
            "quality": np.broadcast_to(np.asarray(quality, dtype="int8"), len(instants)),
        }
    )
    if isinstance(stated, pd.Timestamp):
        frame["result_time"] = pd.Series(stated, index=frame.index)
    else:
        frame["result_time"] = pd.DatetimeIndex(stated).tz_convert("UTC")
    frame["result_time"] = frame["result_time"].dt.tz_convert("UTC").dt.as_unit("us")
    return frame
