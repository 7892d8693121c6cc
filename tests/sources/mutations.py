"""Break valid meter files in the ways real ones are broken, from a seeded generator.

A mutation changes lines of a :class:`sources.sample.Sample`; each line remembers which row it was.
``sources.rendering`` turns the lines into bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from sources.sample import Line, Sample

Rng = np.random.Generator
Mutation = Callable[[Sample, Rng], None]


def _rows(sample: Sample) -> list[int]:
    return [n for n, line in enumerate(sample.lines) if line.origin is not None]


def _pick(sample: Sample, rng: Rng) -> Line | None:
    rows = _rows(sample)
    return sample.lines[rows[rng.integers(len(rows))]] if rows else None


def _cells(sample: Sample, line: Line) -> list[str]:
    return line.text.split(sample.delimiter)


def _put(sample: Sample, line: Line, cells: list[str]) -> None:
    text = sample.delimiter.join(cells)
    line.touched |= text != line.text
    line.text = text


def delete_rows(sample: Sample, rng: Rng) -> None:
    rows = _rows(sample)
    if len(rows) < 4:
        return
    first = rows[rng.integers(len(rows))]
    del sample.lines[first : first + int(rng.integers(1, 1 + max(2, len(rows) // 8)))]


def duplicate_rows(sample: Sample, rng: Rng) -> None:
    rows = _rows(sample)
    for _ in range(int(rng.integers(1, 4))):
        if rows:
            source = sample.lines[rows[rng.integers(len(rows))]]
            place = rows[rng.integers(len(rows))]
            sample.lines.insert(place, Line(source.text, source.origin, source.touched))


def swap_rows(sample: Sample, rng: Rng) -> None:
    rows = _rows(sample)
    for _ in range(int(rng.integers(1, 6))):
        if len(rows) > 1:
            a, b = rng.choice(rows, 2, replace=False)
            sample.lines[a], sample.lines[b] = sample.lines[b], sample.lines[a]


def reverse_rows(sample: Sample, rng: Rng) -> None:
    rows = _rows(sample)
    turned = [sample.lines[n] for n in reversed(rows)]
    for n, line in zip(rows, turned, strict=True):
        sample.lines[n] = line


def _columns(sample: Sample, change: Callable[[list[str]], list[str]]) -> None:
    if sample.header >= len(sample.lines):  # cut off
        return
    for line in sample.lines[sample.header :]:
        _put(sample, line, change(_cells(sample, line)))


def _any_column(sample: Sample, rng: Rng) -> int:
    header = sample.lines[min(sample.header, len(sample.lines) - 1)]
    return int(rng.integers(len(_cells(sample, header))))


def delete_column(sample: Sample, rng: Rng) -> None:
    place = _any_column(sample, rng)
    _columns(sample, lambda cells: cells[:place] + cells[place + 1 :])


def swap_columns(sample: Sample, rng: Rng) -> None:
    width = len(_cells(sample, sample.lines[min(sample.header, len(sample.lines) - 1)]))
    if width < 2:
        return
    a, b = (int(n) for n in rng.choice(width, 2, replace=False))

    if len(sample.values) > 20 and sample.values[0] in (a, b):
        return  # 00:00 behind 23:45 names the ends of intervals: another true file

    def change(cells: list[str]) -> list[str]:
        if max(a, b) < len(cells):
            cells[a], cells[b] = cells[b], cells[a]
        return cells

    _columns(sample, change)


def duplicate_column(sample: Sample, rng: Rng) -> None:
    place = _any_column(sample, rng)
    _columns(sample, lambda cells: [*cells[: place + 1], *cells[place:]])


def swap_cells(sample: Sample, rng: Rng) -> None:
    line = _pick(sample, rng)
    if line is not None:
        cells = _cells(sample, line)
        if len(cells) > 1:
            a, b = rng.choice(len(cells), 2, replace=False)
            cells[a], cells[b] = cells[b], cells[a]
            _put(sample, line, cells)


def drop_cell(sample: Sample, rng: Rng) -> None:
    line = _pick(sample, rng)
    if line is not None:
        cells = _cells(sample, line)
        del cells[rng.integers(len(cells))]
        _put(sample, line, cells)


def cut(sample: Sample, rng: Rng) -> None:
    """Cut the file anywhere, also within a line."""
    place = int(rng.integers(len(sample.lines)))
    line = sample.lines[place]
    del sample.lines[place + 1 :]
    keep = int(rng.integers(len(line.text) + 1))
    line.touched |= keep < len(line.text)
    line.text = line.text[:keep]
    sample.newline = sample.newline + "<cut>"  # no line end after the last line


def flip(sample: Sample, rng: Rng) -> None:
    """Replace single characters of one to five lines (header and preamble too)."""
    for _ in range(int(rng.integers(1, 6))):
        line = sample.lines[rng.integers(len(sample.lines))]
        if line.text:
            place = int(rng.integers(len(line.text)))
            code = ord(line.text[place]) ^ (1 << int(rng.integers(7)))
            sign = chr(code) if chr(code) not in "\r\n" else "?"
            line.text = line.text[:place] + sign + line.text[place + 1 :]
            line.touched = True


def join_lines(sample: Sample, rng: Rng) -> None:
    """Lose a line end."""
    if len(sample.lines) > 2:
        place = int(rng.integers(len(sample.lines) - 1))
        line, after = sample.lines[place], sample.lines.pop(place + 1)
        line.text += after.text
        line.touched = True
        line.origin = line.origin if line.origin is not None else after.origin


def _value(sample: Sample, rng: Rng, make: Callable[[str], str], many: int = 1) -> None:
    for _ in range(many):
        line = _pick(sample, rng)
        if line is None:
            return
        cells = _cells(sample, line)
        place = int(rng.choice(sample.values))
        if place < len(cells):
            cells[place] = make(cells[place])
            _put(sample, line, cells)


def decimal_sign(sample: Sample, rng: Rng) -> None:
    """Write some numbers with the other sign."""
    other = str.maketrans(",.", ".,")
    _value(sample, rng, lambda c: c.translate(other), int(rng.integers(1, 10)))


def odd_value(sample: Sample, rng: Rng) -> None:
    texts = ["", "-", "n/a", "NaN", "inf", "-12,5", "-7", "999999999", "1e5", "1E+09", "#WERT!",
             "k.A.", "12,5 kWh", "0", "1.2.3", "12,,5", "?", "12 5", "٣", " "]  # fmt: skip
    text = texts[rng.integers(len(texts))]
    _value(sample, rng, lambda _: text, int(rng.integers(1, 4)))


def thousands(sample: Sample, rng: Rng) -> None:
    """Slip a thousands sign or a space into a number, or multiply it by a thousand."""
    kinds: list[Callable[[str], str]] = [
        lambda c: re.sub(r"^(\d)(\d{3})", r"\1.\2", c),
        lambda c: c.replace(",", " ").replace(".", " "),
        lambda c: c.replace(",", "").replace(".", ""),
        lambda c: c + "000",
    ]
    _value(sample, rng, kinds[rng.integers(len(kinds))], int(rng.integers(1, 4)))


def _dates(sample: Sample, change: Callable[[str], str], lines: list[Line]) -> None:
    for line in lines:
        cells = _cells(sample, line)
        for place in sample.dates:
            if place < len(cells):
                cells[place] = change(cells[place])
        _put(sample, line, cells)


def date_order(sample: Sample, rng: Rng) -> None:
    """Write day and month the other way round, in some rows or in all."""
    rows = [sample.lines[n] for n in _rows(sample)]
    if rng.random() < 0.5 and rows:
        rows = [rows[n] for n in rng.integers(len(rows), size=3)]
    _dates(sample, lambda c: re.sub(r"^(\d\d)([./])(\d\d)", r"\3\2\1", c), rows)


def odd_date(sample: Sample, rng: Rng) -> None:
    texts = [
        "",
        "31.02.2026",
        "00.00.0000",
        "heute",
        "2026",
        "1.1.",
        "01.01.1970",
        "45292",
        "32.13.2026",
    ]
    text = texts[rng.integers(len(texts))]
    rows = [sample.lines[n] for n in _rows(sample)]
    if rows:
        _dates(
            sample,
            lambda _: text,
            [rows[n] for n in rng.integers(len(rows), size=int(rng.integers(1, 4)))],
        )


def shift_clock(sample: Sample, rng: Rng) -> None:
    """Move the clock of the later rows by an hour, as a logger with wrong summer time does."""
    rows = _rows(sample)
    if not rows:
        return
    since = rows[rng.integers(len(rows))]
    for line in sample.lines[since:]:
        text = re.sub(
            r"\b(\d\d):(\d\d)\b", lambda m: f"{(int(m[1]) + 1) % 24:02d}:{m[2]}", line.text
        )
        if line.origin is not None:
            line.touched |= text != line.text
            line.text = text


def drop_units(sample: Sample, rng: Rng) -> None:
    for line in sample.lines:
        text = re.sub(r"\s*[\[(]?\b(?:kWh|kW|m³)(?:/m³)?[\])]?", "", line.text)
        line.touched |= text != line.text
        line.text = text


def blank_header(sample: Sample, rng: Rng) -> None:
    header = sample.lines[min(sample.header, len(sample.lines) - 1)]
    cells = _cells(sample, header)
    if rng.random() < 0.5:
        header.text = sample.delimiter * (len(cells) - 1)
    else:
        cells[rng.integers(len(cells))] = ""
        header.text = sample.delimiter.join(cells)


def header_names(sample: Sample, rng: Rng) -> None:
    """Swap two names of columns, or repeat the header within the file."""
    header = sample.lines[min(sample.header, len(sample.lines) - 1)]
    if rng.random() < 0.5:
        rows = _rows(sample)
        if rows:
            sample.lines.insert(rows[rng.integers(len(rows))], Line(header.text))
        return
    cells = _cells(sample, header)
    # Two columns of amounts swapped by name alone say something else, undetectably.
    amounts = [*sample.values[1:], *([2] if sample.volumes else [])]
    free = [n for n in range(len(cells)) if n not in amounts]
    if len(free) > 1:
        a, b = rng.choice(free, 2, replace=False)
        if "Zeit bis" in (cells[a], cells[b]):
            return  # with "Zeit von" gone as well, the ends are called starts: nobody can tell
        cells[a], cells[b] = cells[b], cells[a]
        header.text = sample.delimiter.join(cells)


def insert_text(sample: Sample, rng: Rng) -> None:
    texts = ["Bitte beachten: Störung am Zähler", "-----", ";;;;;;", "Gesamt;;;123456,7;", "\ufeff",
             "Stand: 01.02.2026", "Ende der Datei", '"'  , "Mittelwert;5,5"]  # fmt: skip
    sample.lines.insert(
        int(rng.integers(len(sample.lines) + 1)), Line(texts[rng.integers(len(texts))])
    )


def quote(sample: Sample, rng: Rng) -> None:
    """Put a stray quotation mark before a cell."""
    line = _pick(sample, rng)
    if line is not None:
        cells = _cells(sample, line)
        place = int(rng.integers(len(cells)))
        cells[place] = '"' + cells[place]
        _put(sample, line, cells)


def rollover(sample: Sample, rng: Rng) -> None:
    """Let the register of a counter lose its first digit from some row on."""
    if not sample.counter:
        return _value(sample, rng, lambda c: c[1:], 2)
    rows = _rows(sample)
    if rows:
        for n in rows[int(rng.integers(len(rows))) :]:
            cells = _cells(sample, sample.lines[n])
            if len(cells) > 1 and len(cells[1]) > 4:
                cells[1] = str(int(cells[1][1:])) if cells[1][1:].isdigit() else cells[1]
                _put(sample, sample.lines[n], cells)
    return None


def silent_swap(sample: Sample, rng: Rng) -> None:
    """Swap the meter without a note: the states start again near zero."""
    rows = _rows(sample)
    if not sample.counter or not rows:
        return
    since = int(rng.integers(len(rows)))
    states = [_cells(sample, sample.lines[n]) for n in rows[since:]]
    if states and len(states[0]) > 1 and states[0][1].isdigit():
        base = int(states[0][1]) - int(rng.integers(0, 300))
        for n, cells in zip(rows[since:], states, strict=True):
            if len(cells) > 1 and cells[1].isdigit():
                cells[1] = str(max(0, int(cells[1]) - base))
                _put(sample, sample.lines[n], cells)


def encoding(sample: Sample, rng: Rng) -> None:
    sample.encoding = str(rng.choice(["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-16-be"]))


def line_ends(sample: Sample, rng: Rng) -> None:
    sample.newline = str(rng.choice(["\n", "\r", "\r\r\n", "mixed"]))


def nul_bytes(sample: Sample, rng: Rng) -> None:
    if rng.random() < 0.5:
        sample.lines.append(Line("\0" * int(rng.integers(1, 40))))
    else:
        line = _pick(sample, rng)
        if line is not None and line.text:
            place = int(rng.integers(len(line.text)))
            line.text = line.text[:place] + "\0" + line.text[place + 1 :]
            line.touched = True


def trailing(sample: Sample, rng: Rng) -> None:
    """Trailing delimiters, in some lines or in all."""
    share = 1.0 if rng.random() < 0.5 else 0.3
    for line in sample.lines:
        if rng.random() < share:
            line.text += sample.delimiter * int(rng.integers(1, 4))
            line.touched = True


MUTATIONS: list[Mutation] = [
    delete_rows, duplicate_rows, swap_rows, reverse_rows, delete_column, swap_columns,
    duplicate_column, swap_cells, drop_cell, cut, flip, flip, join_lines, decimal_sign, odd_value,
    odd_value, thousands, date_order, odd_date, shift_clock, drop_units, blank_header, header_names,
    insert_text, quote, rollover, silent_swap, encoding, line_ends, nul_bytes, trailing,
]  # fmt: skip


MOVING = (delete_column, swap_columns, duplicate_column, trailing)


def mutate(sample: Sample, rng: Rng) -> list[str]:
    """Apply one to three mutations; return their names."""
    chosen = [MUTATIONS[n] for n in rng.integers(len(MUTATIONS), size=int(rng.integers(1, 4)))]
    # Columns move last: until then the judge can read what each line says.
    chosen.sort(key=lambda m: m in MOVING)
    for mutation in chosen:
        if mutation in MOVING:
            for line in sample.lines:
                line.plain = line.text if line.plain is None else line.plain
        mutation(sample, rng)
    return [m.__name__ for m in chosen]
