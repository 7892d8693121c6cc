"""Counts that an effect may be measured on: the city's own, an example, or an uploaded file."""

from __future__ import annotations

import gzip
import io
import tomllib
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from stadtlabor import data
from stadtlabor.innenstadt import flag
from stadtlabor.innenstadt.footfall.daily import Daily, daily
from stadtlabor.settings import settings
from stadtlabor.simulation.counted_street import Event, counted_street
from stadtlabor.sources.footfall import Report, read_bytes
from stadtlabor.ui.note import Note, note
from stadtlabor.ui.texts import number, text

__all__ = ["Counts", "areas", "city_counts", "example_counts", "uploaded_counts"]

MOST_PROBLEMS = 5
"""So many refused rows of a file are named one by one; the others are counted."""


MOST_UNPACKED = 20_000_000
"""Bytes: seven years of eight counters. More would take a visitor's kernel too much memory."""


@dataclass(frozen=True)
class Counts:
    """Counts of one centre, checked and summed.

    Attributes
    ----------
    flagged
        As :func:`stadtlabor.innenstadt.flag` returns them.
    days
        The same by day.
    note
        Small print.
    told
        German sentences about where they come from and what was refused.
    start, end
        Period to begin with (local days), empty where none suggests itself.
    counter
        Counter to begin with, empty where none suggests itself.
    """

    flagged: pd.DataFrame
    days: Daily
    note: Note
    told: tuple[str, ...]
    counter: str = ""
    start: date | None = None
    end: date | None = None


def areas() -> list[str]:
    """Return the towns whose hourly counts are stored."""
    series = data.datastreams("footfall")
    return sorted(series.loc[series["interval_s"] == 3600, "area"].unique())


def city_counts(area: str) -> Counts:
    """Return the stored hourly counts of a town.

    Raises
    ------
    ValueError
        In German, if nothing was counted.
    """
    series = data.datastreams("footfall")
    chosen = series[(series["interval_s"] == 3600) & (series["area"] == area)]
    if chosen.empty:
        raise ValueError(text("helped.nothing", area=area))
    stored = data.read("footfall", list(chosen["id"]))
    if stored.empty:
        raise ValueError(text("helped.nothing", area=area))
    names = {row["id"]: row["thing_name"] or row["name"] for row in chosen.to_dict("records")}
    plain = {name: label.split(" (")[0] for name, label in names.items()}
    # Two counters of one name would be added up; then the ids must do.
    unique = len(set(plain.values())) == len(plain)
    frame = pd.DataFrame(
        {
            "counter": stored["datastream"].map(plain) if unique else stored["datastream"],
            "start": stored["time"],
            "pedestrians": stored["value"],
        }
    )
    span = stored["time"].max() - stored["time"].min()
    told = text("helped.from_city", area=area, counters=number(len(plain)), days=number(span.days))
    return _made(frame, note(stored), (told,))


@cache
def _example() -> dict[str, Any]:
    here = files("stadtlabor.ui").joinpath("effect_example.toml")
    return tomllib.loads(here.read_text("utf-8"))


def example_counts() -> Counts:
    """Return invented counts with a planted effect, so that the method can be checked."""
    about = _example()
    event = Event(about["counter"], about["start"], about["end"], about["percent"])
    seed = settings().simulation.seed
    frame = counted_street(seed, about["first"], about["days"], about["busiest"], event=event)
    print_ = Note((text("helped.example_source"),), ("CC0-1.0",), simulated=True)
    told = text("helped.from_example", counter=about["counter"], percent=number(about["percent"]))
    return _made(frame, print_, (told,), about["counter"], about["start"], about["end"])


def uploaded_counts(body: bytes, name: str) -> Counts:
    """Return the counts of a file.

    Raises
    ------
    stadtlabor.sources.http.SourceError
        In German, if no row can be used.
    ValueError
        In German, if the rows are no counts by the hour, or unpacked it is too large.
    """
    if _unpacks_beyond(body, MOST_UNPACKED):
        raise ValueError(text("helped.too_much", file=name, most=number(MOST_UNPACKED / 1_000_000)))
    frame = read_bytes(body, name)
    report: Report = frame.attrs["report"]
    told = [text("helped.from_file", file=name, kept=number(report.kept), rows=number(report.rows))]
    told += [str(problem) for problem in report.problems[:MOST_PROBLEMS]]
    if (more := len(report.problems) - MOST_PROBLEMS) > 0:
        told.append(text("helped.more_problems", count=number(more)))
    print_ = Note((text("helped.file_source", file=name),), (text("helped.file_licence"),))
    return _made(frame, print_, tuple(told))


def _unpacks_beyond(body: bytes, most: int) -> bool:
    """Tell whether a packed file holds more than so many bytes, without unpacking more."""
    try:
        if body[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
                return len(packed.read(most + 1)) > most
        if body[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(body)) as packed_sheet:
                return sum(part.file_size for part in packed_sheet.infolist()) > most
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile):
        return False  # broken: the reader says how
    return False


def _made(
    frame: pd.DataFrame,
    small_print: Note,
    told: tuple[str, ...],
    counter: str = "",
    start: date | None = None,
    end: date | None = None,
) -> Counts:
    flagged = flag(frame)
    return Counts(flagged, daily(flagged), small_print, told, counter, start, end)
