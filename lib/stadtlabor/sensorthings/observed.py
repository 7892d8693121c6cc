"""A page of observations of one or many datastreams, in the order that is asked for."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from stadtlabor.sensorthings.conditions import Conditions, split
from stadtlabor.sensorthings.evaluation import judge
from stadtlabor.sensorthings.model import Entity
from stadtlabor.sensorthings.options import Options
from stadtlabor.sensorthings.ordering import ordered
from stadtlabor.sensorthings.refusal import refuse
from stadtlabor.sensorthings.rows import Budget, Row, as_entity, pieces
from stadtlabor.sensorthings.stock import Stock
from stadtlabor.sensorthings.times import from_us

__all__ = ["Page", "page", "stated_key"]

MOST_MERGED = 50
MOST_SORTED = 50_000
_KEY = re.compile(r"(\d{1,15})-(-?\d{1,17})", re.ASCII)


@dataclass
class Page:
    """Rows of a page; ``next`` holds the options that lead to the next one, None at the end."""

    rows: list[Row]
    next: dict[str, str] | None = None
    count: int | None = None


def stated_key(text: str) -> tuple[int, int] | None:
    """Return number of the datastream and µs since the Unix epoch of an observation's number."""
    match = _KEY.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else None


def page(stock: Stock, series: list[Entity], options: Options, rows: int, budget: Budget) -> Page:
    """Return a page.

    Parameters
    ----------
    stock
        Where the series lie.
    series
        Datastreams, in the order of their values where nothing else is asked.
    options
        Filter, order, count, where to begin.
    rows
        Rows of the page.
    budget
        What may still be read.

    Raises
    ------
    Refusal
        If the order is too costly or too much would be read.
    """
    asked = split(options.filter)
    series = _chosen(series, asked)
    count = _count(stock, series, asked, budget) if options.count else None
    if rows == 0:
        return Page([], count=count)
    by_time = _by_time(options, len(series))
    if by_time is None:
        return replace(_sorted(stock, series, asked, options, rows, budget), count=count)
    merged, descending = by_time
    if merged and len(series) > MOST_MERGED:
        raise refuse("option.orderby_merge", most=MOST_MERGED)
    token = _token(options, series)
    walk = _merged if merged else _in_turn
    wanted = rows + options.skip + 1
    every = walk(stock, series, asked, budget, descending, token, wanted)
    skip = 0 if token else options.skip  # who comes with a token has skipped already
    found = list(islice(every, skip, skip + rows + 1))
    if len(found) <= rows:
        return Page(found, count=count)
    last = found[rows - 1]
    return Page(found[:rows], {"$skiptoken": f"{last.series.number}-{last.t}"}, count)


def _chosen(series: list[Entity], asked: Conditions) -> list[Entity]:
    """Keep the datastreams for which everything holds that their values do not decide."""
    tests = [judge(part) for part in asked.of_series]
    return [s for s in series if all(test(as_entity(Row(s, 0, 0.0, 0, 0))) for test in tests)]


def _by_time(options: Options, series: int) -> tuple[bool, bool] | None:
    """Return whether series are merged, and whether backwards; None for another order."""
    if not options.orderby:
        return False, False
    first, *rest = options.orderby
    if first.path.links or any(o.path.field != "id" or o.path.links for o in rest):
        return None
    if first.path.field == "phenomenonTime":
        return series > 1, first.descending
    return (False, False) if first.path.field == "id" and not first.descending else None


def _token(options: Options, series: list[Entity]) -> tuple[int, int] | None:
    """Return index of the datastream and µs of the last row of the page before."""
    if options.token is None:
        return None
    key = stated_key(options.token)
    numbers = [s.number for s in series]
    if key is None or key[0] not in numbers:
        raise refuse("option.token", value=options.token)
    return numbers.index(key[0]), key[1]


def _after(asked: Conditions, t: int, descending: bool, including: bool) -> Conditions:
    """Narrow the span to what comes after an instant in the order of the page."""
    try:
        if descending:
            end = from_us(t + 1 if including else t)
            return replace(asked, end=end if asked.end is None else min(asked.end, end))
        start = from_us(t if including else t + 1)
    except OverflowError:
        raise refuse("option.token", value=str(t)) from None
    return replace(asked, start=start if asked.start is None else max(asked.start, start))


def _walk(
    stock: Stock, one: Entity, asked: Conditions, budget: Budget, descending: bool, wanted: int
) -> Iterator[Row]:
    assert isinstance(one.number, int)  # noqa: S101 - only observations have texts
    stream = stock.streams[one.number]
    for piece in pieces(one, stream, asked, budget, descending, wanted):
        yield from piece


def _in_turn(
    stock: Stock,
    series: list[Entity],
    asked: Conditions,
    budget: Budget,
    descending: bool,
    token: tuple[int, int] | None,
    wanted: int,
) -> Iterator[Row]:
    """Yield one datastream after the other."""
    first = token[0] if token else 0
    for index, one in enumerate(series[first:], first):
        begun = token is not None and index == first
        span = _after(asked, token[1], descending, False) if begun and token else asked
        yield from _walk(stock, one, span, budget, descending, wanted)


def _merged(
    stock: Stock,
    series: list[Entity],
    asked: Conditions,
    budget: Budget,
    descending: bool,
    token: tuple[int, int] | None,
    wanted: int,
) -> Iterator[Row]:
    """Yield all datastreams together in order of time; of equal times in the order of series."""
    share = wanted // max(1, len(series)) + 1
    walks = []
    for index, one in enumerate(series):
        span = _after(asked, token[1], descending, index > token[0]) if token else asked
        walk = _walk(stock, one, span, budget, descending, share)
        walks.append(_keyed(walk, index, -1 if descending else 1))
    return (row for _, _, row in heapq.merge(*walks, key=lambda each: each[:2]))


def _keyed(walk: Iterator[Row], index: int, sign: int) -> Iterator[tuple[int, int, Row]]:
    for row in walk:
        yield sign * row.t, index, row


def _sorted(
    stock: Stock,
    series: list[Entity],
    asked: Conditions,
    options: Options,
    rows: int,
    budget: Budget,
) -> Page:
    """Sort by anything else: only as many rows as fit into memory."""
    every = _in_turn(stock, series, asked, budget, False, None, MOST_SORTED)
    found = list(islice(every, MOST_SORTED + 1))
    if len(found) > MOST_SORTED:
        field = options.orderby[0].path.field
        raise refuse("option.orderby_rows", field=field, most=MOST_SORTED)
    ranked = ordered([(as_entity(row), row) for row in found], options.orderby)
    end = options.skip + rows
    more = {"$skip": str(end)} if end < len(ranked) else None
    return Page([row for _, row in ranked[options.skip : end]], more)


def _count(stock: Stock, series: list[Entity], asked: Conditions, budget: Budget) -> int:
    every = _in_turn(stock, series, asked, budget, False, None, 50_000)
    return sum(1 for _ in every)
