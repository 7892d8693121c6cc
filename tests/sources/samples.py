"""Valid meter files of every layout, with what they truly say line by line.

Everything is drawn from a seeded generator: dates, lengths, meters, values, spellings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd

from sources.sample import ZONE, Line, Said, Sample
from sources.spelled import comma, read_clock, read_day, read_number, wall

STARTS = ["2026-03-28", "2025-10-25", "2026-01-10", "2026-06-12", "2025-12-30", "2026-02-26"]


def profile(rng: np.random.Generator, kilowatt: bool = False, sums: bool = True) -> Sample:
    """German load profile: preamble, separate date and clock columns, 24:00, sum at the end."""
    first = pd.Timestamp(STARTS[rng.integers(len(STARTS))])
    days = int(rng.integers(2, 4))
    steps = pd.date_range(
        first, first + pd.Timedelta(days=days), freq="15min", tz=ZONE, inclusive="left"
    )
    digits = int(rng.integers(1, 4))
    values = rng.gamma(3, 4, len(steps)).round(digits) + 1
    unit = "kW" if kilowatt else "kWh"
    what = "Leistung" if kilowatt else "Verbrauch"
    lines = [
        Line("Lastgang der Abnahmestelle;;;;"),
        Line("Zählpunkt;DE00012345678900000000000000012345;;;"),
        Line(f"Datum;Zeit von (Ortszeit);Zeit bis;{what} [{unit}];Status"),
    ]  # fmt: skip
    truth: dict[int, list[Said]] = {}
    ends = steps + pd.Timedelta(minutes=15)
    for n, (start, end, value) in enumerate(zip(steps, ends, values, strict=True)):
        until = "24:00" if f"{end:%H:%M}" == "00:00" else f"{end:%H:%M}"
        state = "Ersatzwert" if rng.random() < 0.05 else "Wahrer Wert"
        lines.append(
            Line(f"{start:%d.%m.%Y};{start:%H:%M};{until};{comma(value, digits)};{state}", n)
        )
        truth[n] = [("", f"{start:%Y-%m-%d %H:%M}", value / 4 if kilowatt else value)]
    if sums:
        lines.append(Line(f"Summe;;;{comma(values.sum(), digits)};"))

    def strict(text: str, loose: bool) -> list[Said] | None:
        cells = text.split(";")
        if len(cells) != 5 or not any(
            state.startswith(cells[4].lower()) for state in ("ersatzwert", "wahrer wert")
        ):
            return None
        day, value = read_day(cells[0]), read_number(cells[3], digits, loose)
        since = read_clock(cells[1], 15)
        if day is None or value is None or since is None:
            return None
        return [("", wall(day, since), value / 4 if kilowatt else value)]

    return Sample("beispiel-gymnasium.electricity.lastgang.csv", lines, truth, strict, 2,
                  values=[3], dates=[0])  # fmt: skip


def readings(rng: np.random.Generator) -> Sample:
    """Two meters, ISO times in UTC, commas between and points within, units in a column."""
    first = pd.Timestamp(STARTS[rng.integers(len(STARTS))])
    steps = pd.date_range(first, periods=24 * int(rng.integers(2, 5)), freq="h")
    lines, truth = [Line("Zähler,Zeit (UTC),Wert,Einheit")], {}
    n = 0
    for meter in ("DE0001", "DE0002"):
        for step, value in zip(steps, rng.gamma(3, 4, len(steps)).round(3) + 1, strict=True):
            lines.append(Line(f"{meter},{step:%Y-%m-%d %H:%M},{value:.3f},kWh", n))
            truth[n] = [(meter, f"{step:%Y-%m-%d %H:%M}", float(value))]
            n += 1

    def strict(text: str, loose: bool) -> list[Said] | None:
        cells = text.split(",")
        if (
            len(cells) != 4
            or cells[3].lower() != "kwh"
            or not re.fullmatch(r"[\x21-\x7e]+", cells[0])
        ):
            return None
        day, _, clock = cells[1].partition(" ")
        date, minute, value = (
            read_day(day, "%Y-%m-%d"),
            read_clock(clock, 60),
            read_number(cells[2], 3, loose, False),
        )
        if date is None or minute is None or value is None:
            return None
        return [(cells[0], wall(date, minute), value)]

    return Sample("schule.heat.werte.csv", lines, truth, strict, 0, zone="UTC", delimiter=",",
                  newline="\n", values=[2], dates=[1])  # fmt: skip


def days(rng: np.random.Generator) -> Sample:
    """One row per day and meter, 24, 48 or 96 columns, the day's sum in the row."""
    per_day = int(rng.choice([24, 48, 96]))
    step = 1440 // per_day
    first = pd.Timestamp("2026-04-02") + pd.Timedelta(days=int(rng.integers(0, 60)))
    labels = [f"{k * step // 60:02d}:{k * step % 60:02d}" for k in range(per_day)]
    lines, truth = [Line(";".join(["Zählernummer", "Datum", "Einheit", *labels, "Tagessumme"]))], {}
    n = 0
    for meter in ("1EMH001", "1EMH002")[: int(rng.integers(1, 3))]:
        for k in range(int(rng.integers(5, 12))):
            day = first + pd.Timedelta(days=k)
            values = rng.gamma(3, 4, per_day).round(2) + 1
            cells = [comma(v, 2) for v in values]
            lines.append(
                Line(";".join([meter, f"{day:%d.%m.%Y}", "kWh", *cells, comma(values.sum(), 2)]), n)
            )
            truth[n] = [
                (meter, wall(f"{day:%Y-%m-%d}", i * step), float(v)) for i, v in enumerate(values)
            ]
            n += 1

    def strict(text: str, loose: bool) -> list[Said] | None:
        cells = text.split(";")
        if (
            len(cells) != per_day + 4
            or cells[2].lower() != "kwh"
            or not re.fullmatch(r"[\x21-\x7e]+", cells[0])
        ):
            return None
        day = read_day(cells[1])
        values = [read_number(c, 2, loose) for c in cells[3:-1]]
        if day is None:
            return None
        # Each cell speaks for itself; the total in the row is no value.
        return [(cells[0], wall(day, i * step), v) for i, v in enumerate(values) if v is not None]

    return Sample("beispiel-gymnasium.electricity.tage.csv", lines, truth, strict, 0,
                  values=list(range(3, 3 + per_day)), dates=[1])  # fmt: skip


def counter(rng: np.random.Generator) -> Sample:
    """Monthly states of a counter; some run through zero, some are swapped with both states."""
    kind = rng.choice(["plain", "rollover", "swap"])
    count = int(rng.integers(8, 20))
    dates = pd.date_range("2023-01-01", periods=count, freq="MS") + pd.to_timedelta(
        rng.integers(0, 5, count), unit="D"
    )
    used = rng.integers(600, 1200, count)
    used[0] = 0
    total = np.cumsum(used)
    offset = int(rng.integers(20_000, 60_000))
    if kind == "rollover":
        offset = 100_000 - int(total[count // 2])
    lines = [
        Line("Ablesungen des Hausmeisters;;;;"),
        Line("Datum;Zählerstand [kWh];Ausbaustand;Einbaustand;Bemerkung"),
    ]
    truth: dict[int, list[Said]] = {}
    swap_at = count // 2
    for n, (date, sum_) in enumerate(zip(dates, total, strict=True)):
        state = (offset + int(sum_)) % 100_000
        removed = installed = ""
        if kind == "swap" and n >= swap_at:
            state = 17 + int(sum_ - total[swap_at]) + 100
            if n == swap_at:
                removed, installed = str(offset + int(sum_) - 100), "17"
        remark = "geschätzt" if rng.random() < 0.1 else ""
        lines.append(Line(f"{date:%d.%m.%Y};{state};{removed};{installed};{remark}", n))
        truth[n] = [("", f"{date:%Y-%m-%d} 00:00", float(sum_))]

    def strict(text: str, loose: bool) -> list[Said] | None:
        cells = text.split(";")
        if len(cells) == 5 and not cells[1].strip() and cells[2] and cells[3]:
            cells[1] = cells[3]  # swapped on this very day
        if len(cells) != 5 or not re.fullmatch(r"[0-9]{1,9}", cells[1]):
            return None
        if not all(re.fullmatch(r"[0-9]{0,9}", c) for c in cells[2:4]):
            return None
        day = read_day(cells[0])
        # At a swap the old meter's last state counts as well.
        state = float(cells[1]) + float(cells[2] or 0) - float(cells[3] or 0)
        return None if day is None else [("", f"{day} 00:00", state)]

    return Sample("beispiel-gymnasium.electricity.ablesung.csv", lines, truth, strict, 1,
                  counter=True, values=[1], dates=[0])  # fmt: skip


def bills(rng: np.random.Generator) -> Sample:
    """Gas bills: period, m³, heat value, state number, euros."""
    edges = pd.date_range("2018-01-01", periods=int(rng.integers(6, 9)), freq="YS")
    volumes: dict[int, float] = {}
    lines = [Line("Von;Bis;Verbrauch [m³];Brennwert [kWh/m³];Zustandszahl;Betrag [€]")]
    truth: dict[int, list[Said]] = {}
    for n, (start, end) in enumerate(pairwise(edges)):
        volume = int(rng.integers(8_000, 16_000))
        heat, state = round(rng.uniform(10.8, 11.6), 3), round(rng.uniform(0.92, 0.97), 4)
        cost = volume * 0.9
        lines.append(
            Line(
                f"{start:%d.%m.%Y};{end - pd.Timedelta(days=1):%d.%m.%Y};{volume};"
                f"{comma(heat, 3)};{comma(state, 4)};{comma(cost, 2)}",
                n,
            )
        )
        truth[n] = [("", f"{start:%Y-%m-%d} 00:00", volume * heat * state)]
        volumes[n] = float(volume)

    def strict(text: str, loose: bool) -> list[Said] | None:
        cells = text.split(";")
        if len(cells) != 6 or not re.fullmatch(r"[0-9]{1,9}", cells[2]):
            return None
        since, until = read_day(cells[0]), read_day(cells[1])
        heat, state = read_number(cells[3], 3, loose), read_number(cells[4], 4, loose)
        if since is None or until is None or heat is None or state is None:
            return None
        return [("", f"{since} 00:00", float(cells[2]) * heat * state)]

    return Sample("beispiel-gymnasium.gas.rechnungen.csv", lines, truth, strict, 0, values=[2],
                  dates=[0, 1], volumes=volumes)  # fmt: skip


def months(rng: np.random.Generator) -> Sample:
    """A list by month with names of months, grouped thousands and a sum."""
    first = pd.Timestamp(int(rng.integers(2020, 2025)), 1, 1)
    names = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
             "Oktober", "November", "Dezember"]  # fmt: skip
    steps = pd.date_range(first, periods=int(rng.integers(10, 18)), freq="MS")
    lines, truth = [Line("Monat;Strom [kWh];Bemerkung")], {}
    total = 0.0
    for n, step in enumerate(steps):
        value = round(float(rng.uniform(1100, 9000)), 1)
        text = f"{value:,.1f}".translate(str.maketrans(",.", ".,"))
        lines.append(Line(f"{names[step.month - 1]} {step.year};{text};", n))
        truth[n] = [("", f"{step:%Y-%m-%d} 00:00", value)]
        total += value
    text = f"{total:,.1f}".translate(str.maketrans(",.", ".,"))
    lines.append(Line(f"Summe;{text};"))

    def strict(text: str, loose: bool) -> list[Said] | None:
        cells = text.split(";")
        month, _, year = cells[0].replace("01.01.1970", "Januar 1970").partition(" ")
        month = month.capitalize()
        if len(cells) != 3 or month not in names or not re.fullmatch(r"(?:19|20)\d\d", year):
            return None
        if not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})*,[0-9]0*|0", cells[1]) and not (
            loose and re.fullmatch(r"[0-9]+(?:\.[0-9]{3})*(?:,[0-9]{1,4})?", cells[1])
        ):
            return None
        value = float(cells[1].replace(".", "").replace(",", "."))
        return [("", f"{year}-{names.index(month) + 1:02d}-01 00:00", value)]

    return Sample("beispiel-gymnasium.electricity.monate.csv", lines, truth, strict, 0, values=[1],
                  dates=[0], encoding=str(rng.choice(["utf-8", "cp1252"])))  # fmt: skip


def slashes(rng: np.random.Generator) -> Sample:
    """A British file: day/month/year, half hours, ends of intervals, one meter."""
    first = pd.Timestamp("2026-01-20") + pd.Timedelta(days=int(rng.integers(0, 30)))
    steps = pd.date_range(first, periods=48 * int(rng.integers(2, 4)), freq="30min")
    lines, truth = [Line("MPAN,Time to (UTC),kWh,ReadType")], {}
    for n, (step, value) in enumerate(
        zip(steps, rng.gamma(3, 4, len(steps)).round(2) + 1, strict=True)
    ):
        end = step + pd.Timedelta(minutes=30)
        lines.append(Line(f"M1,{end:%d/%m/%Y %H:%M},{value:.2f},Actual", n))
        truth[n] = [("M1", f"{step:%Y-%m-%d %H:%M}", float(value))]
    lines[0] = Line("MPAN,To (UTC),kWh,ReadType")

    def strict(text: str, loose: bool) -> list[Said] | None:
        cells = text.split(",")
        if (
            len(cells) != 4
            or not "Actual".startswith(cells[3])
            or not re.fullmatch(r"[\x21-\x7e]+", cells[0])
        ):
            return None
        day, _, clock = cells[1].partition(" ")
        date, minute, value = (
            read_day(day, "%d/%m/%Y"),
            read_clock(clock, 30),
            read_number(cells[2], 2, loose, False),
        )
        if date is None or minute is None or value is None:
            return None
        return [(cells[0], wall(date, minute - 30), value)]

    return Sample("school.electricity.datum-tmj.csv", lines, truth, strict, 0, zone="UTC",
                  delimiter=",", newline="\n", values=[2], dates=[1])  # fmt: skip


def kilowatts(rng: np.random.Generator) -> Sample:
    """A load profile in kW."""
    return profile(rng, kilowatt=True, sums=False)


LAYOUTS: list[Callable[[np.random.Generator], Sample]] = [
    profile, kilowatts, readings, days, counter, bills, months, slashes,
]  # fmt: skip


def workbook(sample: Sample) -> Sample:
    """Return the same table as a workbook."""
    sample.xlsx = True
    sample.name = sample.name.removesuffix("csv") + "xlsx"
    return sample


def draw(rng: np.random.Generator) -> Sample:
    """Return a valid file of any layout; one in six is a workbook."""
    sample = LAYOUTS[rng.integers(len(LAYOUTS))](rng)
    if sample.delimiter == ";" and rng.random() < 1 / 5:
        return workbook(sample)
    if rng.random() < 0.15:
        sample.encoding = str(rng.choice(["utf-8-sig", "utf-16", "cp1252"]))
    return sample
