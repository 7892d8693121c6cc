"""The vacancy clock on fifty hand-made histories, and from real ones."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innenstadt.vacancy.stock import CITIZEN, EDITOR, shop
from stadtlabor.innenstadt.vacancy import clock, clock_of, spans

CASES = list(
    csv.DictReader((Path(__file__).parent / "clock_cases.csv").read_text("utf-8").splitlines())
)


def _spans(text: str):
    for part in text.split():
        start, _, end = part.partition("/")
        yield date.fromisoformat(start), date.fromisoformat(end) if end else date.max


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_fifty_histories(case):
    shown = clock(list(_spans(case["spans"])), date.fromisoformat(case["today"]))
    assert shown.days == int(case["days"])
    assert shown.window_days == int(case["window_days"])
    assert shown.met == (case["met"] == "yes")
    assert shown.german


def test_there_are_fifty():
    assert len(CASES) == 50


@given(st.lists(st.tuples(st.integers(1, 200), st.integers(1, 200)), max_size=8),
       st.integers(0, 900))  # fmt: skip
def test_days_are_those_of_a_calendar(pieces, later):
    day, empty = date(2023, 1, 1), []
    for used, vacant in pieces:
        start = day + timedelta(days=used)
        day = start + timedelta(days=vacant)
        empty.append((start, day))
    today = date(2023, 1, 1) + timedelta(days=later)
    opening = date(today.year - 2, today.month, today.day if (today.month, today.day) != (2, 29)
                   else 28)  # fmt: skip
    counted = sum(
        any(a <= d < b for a, b in empty)
        for n in range(1, 732)
        if opening < (d := today - timedelta(days=n - 1))
    )
    shown = clock(empty, today)
    # The day after February 28 two years ago is March 1 or a leap day.
    assert abs(shown.window_days - counted) <= (1 if (today.month, today.day) in ((2, 28), (2, 29))
                                                else 0)  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T10:00").replace(tzinfo=UTC)


def test_the_clock_follows_a_history(register):
    register.enrol(shop(), EDITOR, at=at("2024-01-10"))
    register.report(shop(), CITIZEN, vacant_since=at("2024-05-20"), at=at("2024-06-01"))
    register.act("laden", "check", EDITOR, at=at("2024-06-05"))
    register.act("laden", "market", EDITOR, at=at("2024-06-06"))
    register.act("laden", "place", EDITOR, kind="popup", at=at("2024-08-01"))
    register.act("laden", "return", EDITOR, at=at("2024-09-01"))
    register.act("laden", "place", EDITOR, kind="lease", at=at("2024-12-01"))
    register.act("laden", "move_in", EDITOR, at=at("2025-01-15"))
    register.report(shop(), CITIZEN, at=at("2025-03-01"))
    register.act("laden", "refute", EDITOR, at=at("2025-03-03"))
    register.report(shop(), CITIZEN, vacant_since=at("2020-01-01"), at=at("2025-05-01"))
    told = spans(register.history("laden"))
    assert told == [
        (date(2024, 5, 20), date(2024, 8, 1)),  # the pop-up is use
        (date(2024, 9, 1), date(2024, 12, 1)),
        (date(2025, 3, 3), date.max),  # not before the last use; the refuted report is none
    ]
    shown = clock_of(register.history("laden"), date(2025, 6, 30))
    assert (shown.since, shown.days) == (date(2025, 3, 3), 120)
    assert any("Zwischennutzung zählt als Nutzung" in s for s in shown.german)
