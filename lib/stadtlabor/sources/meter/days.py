"""Meter files with one row per day and 24, 25, 48, 50, 96 or 100 columns of values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import REMEDY
from stadtlabor.sources.meter.checks import check
from stadtlabor.sources.meter.dates import dates, stated_zone
from stadtlabor.sources.meter.day_clock import ZEROS, Clock, clock_columns, read_clock, slots_of
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.numbers import numbers, tell_odd
from stadtlabor.sources.meter.reading import Rows
from stadtlabor.sources.meter.report import german
from stadtlabor.sources.meter.values import media_of, meters_of, provenance_of, units_of
from stadtlabor.sources.meter.words import Columns, medium_of, unit_of
from stadtlabor.sources.table import Table

__all__ = ["read_days"]


def read_days(table: Table, form: Form, local: str, named: str | None) -> Rows:
    """Read a file with one row per day.

    On the day of the clock change a file with fixed columns leaves the missing hour empty or lists
    it with zeros, and has no column for the doubled one; both are told.

    Parameters
    ----------
    table
        The file without special rows.
    form
        What is stated.
    local
        Zone of the city.
    named
        Medium in the file's name.

    Raises
    ------
    SourceError
        In German, if the columns do not form a day or a question is open.
    """
    columns = Columns(table)
    clock = read_clock(table)
    place = columns.place("date")
    if place is None:
        place = next((n for n in range(len(table.header)) if n not in clock.places), None)
    if place is None:
        raise SourceError(
            f"{table.name}: Keine Spalte mit dem Datum. Bitte eine Spalte „Datum“ nennen."
        )
    raw_days = table.column(place).str.replace(
        r"(?: |T)(?:00:00(?::00)?|12:00(?::00)?AM)$", "", regex=True
    )
    stamps, family = dates(raw_days, table.name, form, table.is_number(place))
    if family == "offset":
        raise SourceError(
            f"{table.name}: Zeilen je Tag mit Zeitzone sind nicht eindeutig. "
            "Bitte nur das Datum angeben."
        )
    zone = form.timezone or stated_zone([*table.preamble, *table.header], local) or local
    meters = meters_of(columns)
    others = " ".join(h for n, h in enumerate(table.header) if n not in clock.places)
    units, unknown = units_of(columns, form, unit_of(others), "")
    media = media_of(columns, form, named, medium_of(others), units)
    provenance, invalid = provenance_of(columns)
    keep = _sound_days(table, stamps, meters, media, clock, unknown | invalid)
    frame, cells = _expand(table, stamps, keep, clock, zone)
    raw = pd.Series(cells, dtype="str")
    sign = {"Semikolon": ";", "Komma": ","}.get(table.detected.get("Trennzeichen", ""), "")
    exact = (
        np.ones(len(raw), dtype=bool) & frame.pop("exact").to_numpy(bool)
        if table.numeric is not None
        else None
    )
    read = numbers(raw, table.name, form.decimal, exact, sign)
    rows = frame["row"].to_numpy()
    frame = frame.assign(
        meter=meters.to_numpy()[rows],
        medium=media.to_numpy()[rows],
        unit=units.fillna("").to_numpy()[rows],
        provenance=provenance.to_numpy()[rows],
        value=read.values,
        raw_value=raw,
        why=read.why,
        remark="",
        column="Wert",
    )
    local_time = frame["start"].dt.tz_convert(zone)
    frame["raw_time"] = local_time.dt.strftime("%d.%m.%Y %H:%M")
    checked = check(frame, table.ledger, pd.Timestamp.now("UTC"))
    kept = checked[~checked["suspect"]]
    at = frame["line"].to_numpy()
    tell_odd(read, frame.index.isin(kept.index), at.tolist(), raw, table.ledger, "Wert")
    _compare_totals(columns, kept, read.decimal)
    per_day = 1440 // clock.step
    return Rows(
        checked,
        f"eine Zeile je Tag mit {per_day} Werten",
        clock.step * 60,
        zone,
        {
            "Zeitzone": zone,
            "Einheit der Datei": ", ".join(sorted(u for u in kept["unit"].unique())),
            **(
                {"Dezimalzeichen": "Komma" if read.decimal == "," else "Punkt"}
                if read.decimal
                else {}
            ),
        },
    )


def _sound_days(
    table: Table,
    stamps: pd.Series,
    meters: pd.Series,
    media: pd.Series,
    clock: Clock,
    invalid: npt.NDArray[np.bool_],
) -> list[int]:
    """Return the rows to read: each day of a meter once."""
    ledger = table.ledger
    seen: dict[tuple[str, str, pd.Timestamp], list[int]] = {}
    cells = {}
    for n, day in enumerate(stamps):
        line = table.lines[n]
        cells[n] = tuple(table.rows[n][p].strip() for p in clock.places)
        if pd.isna(day) or day != day.normalize():
            ledger.reject(line, "Das Datum ist nicht lesbar", column="Datum")
        elif invalid[n]:
            ledger.reject(line, "Einheit oder Status der Zeile lassen keine Werte zu")
        elif not any(cells[n]):
            ledger.reject(line, f"Am {day:%d.%m.%Y} fehlen alle {len(clock.places)} Werte")
        else:
            seen.setdefault((meters.iloc[n], media.iloc[n], day), []).append(n)
    keep: list[int] = []
    for (_, _, day), rows in seen.items():
        if len({cells[n] for n in rows}) > 1:
            for n in rows:
                ledger.reject(
                    table.lines[n],
                    f"Zum {day:%d.%m.%Y} stehen verschiedene Tageszeilen in der Datei",
                    "Bitte entscheiden, welche Zeile gilt, und die anderen löschen",
                )
            continue
        keep.append(rows[0])
        for n in rows[1:]:
            ledger.repair(
                table.lines[n],
                f"Die Zeile zum {day:%d.%m.%Y} steht mehrfach da; sie zählt einmal",
            )
    return keep


def _expand(
    table: Table, stamps: pd.Series, keep: list[int], clock: Clock, zone: str
) -> tuple[pd.DataFrame, list[str]]:
    """Turn days into readings: start (UTC), row and cell of each interval with a value."""
    step = pd.Timedelta(minutes=clock.step)
    days = pd.DatetimeIndex(stamps.iloc[keep])
    begins, ends = (
        d.tz_localize(zone, nonexistent="shift_forward", ambiguous=True)
        .tz_convert("UTC")
        .as_unit("us")
        for d in (days, days + pd.Timedelta(days=1))
    )
    counts = np.asarray((ends - begins) / step).round().astype(int)
    starts: list[npt.NDArray[np.datetime64]] = []
    rows: list[npt.NDArray[np.int64]] = []
    cells: list[str] = []
    exact: list[bool] = []
    plain = begins.tz_localize(None).to_numpy()
    for n, day, begin, expected in zip(keep, days, plain, counts, strict=True):
        row = [table.rows[n][p].strip() for p in clock.places]
        slots, surplus, remark = slots_of(row, day, int(expected), clock, zone)
        line = table.lines[n]
        if any(row[k] not in ZEROS for k in surplus):
            table.ledger.reject(
                line, f"Am {day:%d.%m.%Y} stehen mehr Werte da, als der Tag Stunden hat"
            )
            if len(surplus) > 60 // clock.step:
                continue
        if remark:
            table.ledger.doubt(line, f"{remark} ({day:%d.%m.%Y})")
        filled = np.array([k for k, _ in slots if row[k] != ""], dtype=int)
        offset = np.array([s for k, s in slots if row[k] != ""], dtype=int)
        if len(filled) < len(slots):
            table.ledger.reject(
                line,
                f"Am {day:%d.%m.%Y} fehlen {len(slots) - len(filled)} von {len(slots)} Werten",
                REMEDY,
            )
        starts.append(begin + offset * step.to_numpy())
        rows.append(np.full(len(filled), n))
        cells += [row[k] for k in filled]
        if table.numeric is not None:
            exact += [clock.places[k] in table.numeric[n] for k in filled]
    start = np.concatenate(starts) if starts else np.array([], dtype="datetime64[us]")
    which = np.concatenate(rows) if rows else np.array([], dtype=int)
    frame = pd.DataFrame(
        {"row": which, "start": pd.DatetimeIndex(start).tz_localize("UTC").as_unit("us")}
    )
    frame["end"] = frame["start"] + step
    frame["line"] = np.asarray(table.lines, dtype=int)[which] if len(which) else which
    if table.numeric is not None:
        frame["exact"] = exact
    return frame, cells


def _compare_totals(columns: Columns, kept: pd.DataFrame, decimal: str) -> None:
    """Tell days whose sum is not the total in the row itself."""
    table = columns.table
    places = [p for p in columns.places("total") if p not in clock_columns(table.header)]
    if not places or kept.empty:
        return
    raw = table.column(places[0])
    exact = table.is_number(places[0])
    stated = numbers(raw, table.name, decimal or ",", exact).values
    read = kept.groupby("row")["value"].sum()
    for n, total in zip(read.index.to_numpy(int), read.to_numpy(float), strict=True):
        said = float(stated[n])
        if np.isnan(said) and raw.iloc[n]:
            table.ledger.doubt(
                table.lines[n],
                f"Die Tagessumme „{raw.iloc[n]}“ ist nicht lesbar und prüft diese Zeile nicht",
                column=table.header[places[0]],
            )
        elif not np.isnan(said) and abs(said - total) > max(0.02, 1e-4 * abs(total)):
            table.ledger.doubt(
                table.lines[n],
                f"Die Tagessumme ist {german(said, 2)}, die Summe der gelesenen Werte "
                f"{german(total, 2)}",
                column=table.header[places[0]],
            )
