"""Judge what was read from a mutated meter file.

A refusal is right if it is one German message that names the file and what to do. A reading is
right if every value is accounted for. The judge knows each line of the mutated file:
whether it is a line of the valid file, unchanged or changed, and reads changed lines itself with a
parser that accepts only the exact spelling of the valid file.

1. Each value in ``.data`` must be what its line says: the true value of that row, or, on a changed
   line, what the judge's own parser reads there (a digit changed into another digit, a plausible
   date: nobody can tell). Values on lines that the report names are exempt: they are told.
2. Each true value must be in ``.data``, or on a line that the report names, or in a gap that the
   report names, or outside the period that the report states for its meter, or its line must say
   something else plausibly.
3. No two values of a meter cover the same time.
   Where the report says that it deduced the clock from the file ("wird nicht umgestellt"), times
   are compared in the clock it states.
4. For counters, the value of a period must be the difference of the true cumulative consumption
   (plus what changed states plausibly say) at its two ends, unless the report names the line.

What is neither is a silently wrong total: more was lost or gained than the report says.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches

import pandas as pd

from sources.rendering import line_numbers
from sources.sample import Line, Said, Sample
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import lines_of
from stadtlabor.sources.meter import MeterReading

__all__ = ["bad_refusal", "wrong"]

STATUS = {name.lower(): name for name in ("Actual", "Wahrer Wert")}
CLOCKS = {"UTC": "UTC", "MEZ ohne Sommerzeit": "Etc/GMT-1"}
TOLERANCE = 1e-6
REMEDY = re.compile(r"[Bb]itte|Möglich|löschen|nachsehen|nachtragen")
FOREIGN = re.compile(r"Error|Traceback|None|NaT|\bnan\b|object at")


def bad_refusal(sample: Sample, error: SourceError) -> str:
    """Return what is wrong with a refusal, or nothing."""
    text = str(error)
    if not text.startswith(sample.name):
        return "the file is not named"
    if not REMEDY.search(text):
        return "no remedy"
    if FOREIGN.search(text) or "\n" in text or len(text) > 900:
        return "not for people"
    return "" if text.rstrip()[-1] in ".?" else "no sentence"


def wrong(sample: Sample, reading: MeterReading) -> str:
    """Return what is silently wrong with a reading, or nothing."""
    report = reading.report
    if any("nicht umgestellt" in p.what for p in report.doubtful):
        sample = replace(sample, zone=CLOCKS[report.detected["Zeitzone"]])
    named = lines_of([*report.rejected, *report.repaired, *report.doubtful])
    data = reading.data
    for _, one in data.groupby(["meter", "medium"]):
        ordered = one.sort_values("start")
        overlap = ordered["start"].iloc[1:].to_numpy() < ordered["end"].iloc[:-1].to_numpy()
        if overlap.any() and not set(ordered["line"]) & named:
            return "values overlap"
    lines = line_numbers(sample)
    if sample.counter:
        return _counter(sample, data, lines, named)
    return _values(sample, data, lines, named) or _coverage(sample, reading, lines, named)


def _wall(moment: pd.Timestamp, zone: str) -> str:
    return f"{moment.tz_convert(zone):%Y-%m-%d %H:%M}"


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))


def _strict(sample: Sample, text: str) -> list[Said] | None:
    """Read a line to the letter; a workbook has no end of a line, so empty cells may follow."""
    text = text.replace('"', "")  # a stray quotation mark beside a cell changes no number
    # " 5/02/2026" is "05/02/2026" to everybody.
    text = re.sub(rf"(^|{re.escape(sample.delimiter)}) ([0-9][./])", r"\g<1>0\2", text)
    for cell in text.split(sample.delimiter):  # nor does a letter or the case of a status
        for status in get_close_matches(cell.lower(), STATUS, 1, 0.8):
            text = text.replace(cell, STATUS[status])
    for more in range(3 if sample.xlsx else 1):
        said = sample.strict(text + sample.delimiter * more, sample.xlsx)
        if said:
            return said
    return None


def _volume(text: str) -> float:
    cell = text.split(";")[2] if text.count(";") > 2 else ""
    return float(cell) if re.fullmatch(r"[0-9]{1,9}", cell) else -1.0


def _values(sample: Sample, data: pd.DataFrame, lines: dict[int, Line], named: set[int]) -> str:
    meters = {said[0] for row in sample.truth.values() for said in row}
    walls = data["start"].dt.tz_convert(sample.zone).dt.strftime("%Y-%m-%d %H:%M")
    for row, wall in zip(data.itertuples(), walls, strict=True):
        if row.line in named:
            continue
        line = lines.get(row.line)
        if line is None:
            return f"line {row.line} is not there"
        said = list(sample.truth.get(line.origin, [])) if line.origin is not None else []
        if row.unit == "m³" and line.origin in sample.volumes:
            said = [(m, w, sample.volumes[line.origin]) for m, w, _ in said]
        if row.unit == "m³" and line.touched:
            stated = [*said, *(_strict(sample, line.words) or [])]
            said += [(m, w, _volume(line.words)) for m, w, _ in stated]
        if line.touched or line.origin is None:
            said += _strict(sample, line.words) or []
        fits = any(
            w == wall and _near(v, row.value) and (m == row.meter or row.meter not in meters)
            for m, w, v in said
        )
        if not fits:
            return f"line {row.line} ({line.text[:60]!r}) was read as {wall} {row.value:g}"
    return ""


def _coverage(
    sample: Sample, reading: MeterReading, lines: dict[int, Line], named: set[int]
) -> str:
    report, data = reading.report, reading.data
    slack = pd.Timedelta(hours=1)
    walls = data["start"].dt.tz_convert(sample.zone).dt.strftime("%Y-%m-%d %H:%M")
    there = set(walls)
    held = set(zip(data["meter"], walls, strict=True))
    told: set[int] = set()
    for number, line in lines.items():
        if line.origin is None:
            continue
        if number in named:
            told.add(line.origin)
        elif line.touched:
            said = _strict(sample, line.words)
            if said is not None and said != sample.truth[line.origin]:
                told.add(line.origin)

    def local(moment: pd.Timestamp) -> pd.Timestamp:
        return moment.tz_convert(sample.zone).tz_localize(None)

    spans = [(g.meter, local(g.start) - slack, local(g.end) + slack) for g in report.gaps]
    periods: dict[str, list[pd.Timestamp]] = {}
    for total in report.totals:
        begin, end = local(total.start), local(total.end)
        known = periods.setdefault(total.meter, [begin, end])
        periods[total.meter] = [min(known[0], begin), max(known[1], end)]
    for origin, row in sample.truth.items():
        if origin in told:
            continue
        for meter, wall, value in row:
            if (meter, wall) in held:
                continue
            if meter not in periods and wall in there:
                continue
            name = meter if meter in periods else None
            moment = pd.Timestamp(wall)
            if name is None and periods and meter:
                continue  # the report lists no such meter
            name = next(iter(periods)) if name is None else name
            begin, end = periods[name]
            if moment < begin or moment >= end:
                continue
            if any(m == name and a <= moment < b for m, a, b in spans):
                continue
            return f"{meter} {wall} {value:g} vanished"
    return ""


def _counter(sample: Sample, data: pd.DataFrame, lines: dict[int, Line], named: set[int]) -> str:
    states: dict[str, list[float]] = {}
    told: set[str] = set()

    def add(number: int, wall: str, state: float) -> None:
        states.setdefault(wall, []).append(state)
        if number in named:
            told.add(wall)

    for number, line in lines.items():
        said = _strict(sample, line.words)
        if line.origin is None:
            for _, wall, state in said or []:
                add(number, wall, state)
            continue
        ((_, wall, true),) = sample.truth[line.origin]
        was = _strict(sample, sample.texts[line.origin])
        add(number, wall, true)
        if line.touched and said and was:
            add(number, said[0][1], true + said[0][2] - was[0][2])
    for row in data.itertuples():
        begin, end = _wall(row.start, sample.zone), _wall(row.end, sample.zone)
        if row.line in named or begin in told or end in told:
            continue
        if not any(
            _near(b - a, row.value) for a in states.get(begin, []) for b in states.get(end, [])
        ):
            return f"line {row.line}: {row.value:g} from {begin}"
    return ""
