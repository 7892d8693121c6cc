"""When each row of a series begins and ends: columns, step, clock, in UTC."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import NOTHING_TO_DO
from stadtlabor.sources.localtime import to_utc
from stadtlabor.sources.meter.dates import clock_minutes, dates, stated_zone
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.words import Columns
from stadtlabor.sources.meter.zone import zone_by_clock_change

__all__ = ["DAY_S", "Times", "times_of"]

STEPS = (300, 600, 900, 1800, 3600, 86_400)
DAY_S = 86_400
USUAL_SHARE = 0.5
"""At least this share of neighbours has the common distance."""


@dataclass(frozen=True)
class Times:
    """Start and end of each row's interval (UTC), remarks, text, length, zone, and columns used."""

    start: pd.Series
    end: pd.Series
    remark: pd.Series
    raw: pd.Series
    step_s: int
    zone: str
    places: set[int]


@dataclass(frozen=True)
class Clock:
    """Where a row's time stands: text, name of the column, whether it names the end."""

    raw: pd.Series
    header: str
    ends: bool | None
    until: pd.Series | None
    places: set[int]
    exact: npt.NDArray[np.bool_]


def _find_clock(columns: Columns) -> Clock:
    table = columns.table
    day = columns.place("date")
    start = columns.place("clock_from", (day,))
    end = columns.place("clock_to", (day,))
    clock = start if start is not None else columns.place("clock", (day,))
    clock = clock if clock is not None else end
    if day is not None and clock is not None:
        text = table.column(day).str.replace(r"[ T]00:00(?::00)?$", "", regex=True)
        raw = text.str.cat(table.column(clock), sep=" ")
        until = table.column(end) if end is not None and clock != end else None
        ends = clock == end
        if ends:
            raw = _midnight_ends_day(raw, text)
        return Clock(
            raw, table.header[clock], True if ends else (False if clock == start else None), until,
            {p for p in (day, clock, end) if p is not None}, np.zeros(len(table), dtype=bool),
        )  # fmt: skip
    place = columns.place("moment")
    if place is None:
        for part in ("clock_from", "clock", "clock_to", "date"):
            place = columns.place(part)
            if place is not None:
                break
    if place is None:
        place = next(
            (
                n
                for n, h in enumerate(table.header)
                if any(w in h.lower() for w in ("zeit", "time", "datum", "date"))
            ),
            None,
        )
    if place is None:
        raise SourceError(
            f"{table.name}: Keine Spalte mit Zeiten gefunden ({', '.join(table.header[:8])} …). "
            "Bitte die Spalte „Zeit“ nennen."
        )
    until = table.column(end) if end is not None and end != place else None
    names_end = True if place == end else (False if place == start else None)
    return Clock(
        table.column(place), table.header[place], names_end, until,
        {p for p in (place, end) if p is not None}, table.is_number(place),
    )  # fmt: skip


def _midnight_ends_day(raw: pd.Series, day: pd.Series) -> pd.Series:
    """Write 00:00 as 24:00 where it follows the day's other ends in the file."""
    clock = pd.Series(clock_minutes(raw.str.extract(r"(\S+)$")[0].fillna("")), index=raw.index)
    forwards = (clock.diff() > 0).sum() >= (clock.diff() < 0).sum()
    neighbour = day.shift(1 if forwards else -1)
    late = (clock == 0) & (day == neighbour)
    return raw.where(~late, raw.str.replace(r"\S+$", "24:00", regex=True))


def times_of(columns: Columns, meters: pd.Series, form: Form, local: str) -> Times:
    """Find and read the time columns.

    Parameters
    ----------
    columns
        Columns of the file.
    meters
        Meter of each row.
    form
        What is stated.
    local
        Zone of the city.

    Raises
    ------
    SourceError
        If no time column is found, the distance of the values is unusual or the zone is open.
    """
    table = columns.table
    clock = _find_clock(columns)
    stamps, family = dates(clock.raw, table.name, form, clock.exact)
    if not stamps.notna().any():
        raise SourceError(
            f"{table.name}, Zeile {table.lines[0]}: Die Zeiten sind nicht lesbar (zum Beispiel "
            f"„{clock.raw.iloc[0]}“). Bitte als TT.MM.JJJJ hh:mm oder JJJJ-MM-TT hh:mm schreiben."
        )
    if stamps.notna().sum() < 2:
        raise SourceError(
            f"{table.name}, Zeile {table.lines[int(stamps.notna().argmax())]}: Aus einer einzelnen "
            "Zeile ist der Abstand der Werte nicht zu erkennen. Bitte mehr Werte hochladen."
        )
    step = _step(stamps, meters, table.name)
    remark = pd.Series("", index=stamps.index, dtype="str")
    _off_grid(stamps, step, remark)
    _contradicting_end(clock, stamps, step, remark)
    ends = clock.ends if clock.ends is not None else _looks_like_ends(stamps, step)
    if ends:
        table.ledger.repair(
            None,
            "Die Zeiten nennen das Ende der Messperiode; gespeichert wird der Anfang",
            NOTHING_TO_DO,
        )
    wall = stamps.where(remark == "")
    if family == "offset":
        begin = wall - pd.Timedelta(seconds=step if ends else 0)
        finish = begin + pd.Timedelta(seconds=step)
        return Times(begin, finish, remark, clock.raw, step, local, clock.places)
    zone = form.timezone or stated_zone([*table.preamble, clock.header, *table.header], local)
    if step == DAY_S:
        zone = zone or local
        begin = _midnights(wall - pd.Timedelta(days=int(ends)), zone)
        finish = _midnights(wall + pd.Timedelta(days=1 - int(ends)), zone)
        return Times(begin, finish, remark, clock.raw, step, zone, clock.places)
    if zone is None:
        zone, note = zone_by_clock_change(wall, meters, local, family, table.name)
        if note:
            table.ledger.doubt(None, note, NOTHING_TO_DO)
    shift = pd.Timedelta(seconds=step if ends else 0)
    utc, told = to_utc(pd.DatetimeIndex(wall), zone, meters)
    remark = remark.where(remark != "", pd.Series(told.to_numpy(), index=remark.index))
    begin = pd.Series(utc).astype("datetime64[us, UTC]") - shift
    return Times(
        begin, begin + pd.Timedelta(seconds=step), remark, clock.raw, step, zone, clock.places
    )


def _midnights(wall: pd.Series, zone: str) -> pd.Series:
    days = pd.DatetimeIndex(wall).normalize()
    local = days.tz_localize(zone, nonexistent="shift_forward", ambiguous=True)
    return pd.Series(local.tz_convert("UTC").as_unit("us"), index=wall.index)


def _span(seconds: int) -> str:
    return f"{seconds // DAY_S} Tage" if seconds > DAY_S else f"{seconds // 60} Minuten"


def _step(stamps: pd.Series, meters: pd.Series, name: str) -> int:
    """Return the most frequent distance between neighbours of one meter, in seconds."""
    frame = pd.DataFrame({"stamp": stamps, "meter": meters}).dropna().drop_duplicates()
    frame = frame.sort_values(["meter", "stamp"])
    gaps = frame.groupby("meter", sort=False)["stamp"].diff().dropna().dt.total_seconds()
    step = int(gaps.mode().iloc[0]) if len(gaps) else 0
    share = float((gaps == step).mean()) if len(gaps) else 0.0
    if share < USUAL_SHARE:
        raise SourceError(
            f"{name}: Die Abstände der Werte sind zu verschieden (am häufigsten "
            f"{_span(step)}, das sind {100 * share:.0f} %). Bitte für Ablesungen die "
            "Spalte „Zählerstand“ nennen, für Rechnungen Spalten „Von“ und „Bis“ anlegen."
        )
    if step not in STEPS:
        raise SourceError(
            f"{name}: Der Abstand der Werte beträgt {_span(step)}. "
            "Möglich sind 5, 10, 15, 30 oder 60 Minuten und ganze Tage; für Monate und Rechnungen "
            "bitte Spalten „Von“ und „Bis“ oder „Monat“ anlegen."
        )
    return step


def _off_grid(stamps: pd.Series, step: int, remark: pd.Series) -> None:
    """Remark times between the steps: a damaged digit, or another meter's rhythm."""
    seconds = (stamps - stamps.dt.normalize()).dt.total_seconds() % step
    usual = seconds.mode()
    if len(usual):
        off = seconds.notna() & (seconds != usual.iloc[0])
        remark[off] = f"Diese Zeit passt nicht in den Abstand von {step // 60} Minuten"


def _contradicting_end(clock: Clock, stamps: pd.Series, step: int, remark: pd.Series) -> None:
    """Remark rows whose end is not one step after their start."""
    if clock.until is None or step == DAY_S:
        return
    until = clock_minutes(clock.until.str.extract(r"(\d{1,2}:\d\d(?::\d\d)?)$")[0].fillna(""))
    since = ((stamps - stamps.dt.normalize()).dt.total_seconds() / 60).to_numpy()
    length = (until - since) % 1440
    change = (since >= 60) & (since < 240)
    minutes = step // 60
    good = (length == minutes) | (change & np.isin(length, [minutes + 60, (minutes - 60) % 1440]))
    bad = pd.Series(~good, index=stamps.index) & stamps.notna() & (remark == "")
    remark[bad] = "Anfang und Ende der Messperiode passen nicht zusammen"


def _looks_like_ends(stamps: pd.Series, step: int) -> bool:
    """Tell whether a file of whole days starts one step after midnight and ends at midnight."""
    if step == DAY_S:
        return False
    seen = stamps.dropna()
    first, last = seen.min(), seen.max()
    return bool(
        first - first.normalize() == pd.Timedelta(seconds=step) and last == last.normalize()
    )
