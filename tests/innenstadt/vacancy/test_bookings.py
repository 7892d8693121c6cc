"""The calendar of pop-ups: no day is given away twice, however many ask at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innenstadt.vacancy.stock import AGENT, EDITOR, released, shop
from stadtlabor.innenstadt.vacancy import (
    Actor,
    Booking,
    BookingError,
    ConflictError,
    MoveError,
    PersonalDataError,
    Register,
    RightsError,
    book,
    bookings,
    cancel,
    terms,
)

DAY = date(2026, 12, 1)


def marketed(register: Register, name: str = "laden", **facts) -> None:
    released(register, shop(name, **{"popup_possible": True, **facts}))
    register.act(name, "market", EDITOR)


def ask(
    register: Register, start: int, length: int, who: str = "r", name: str = "laden"
) -> Booking:
    begin = DAY + timedelta(days=start)
    end = begin + timedelta(days=length - 1)
    return book(register, name, begin, end, "Atelier", Actor("editor", who), today=DAY)


def test_a_booking_is_in_the_calendar_and_in_the_history(register):
    marketed(register)
    made = ask(register, 0, 14)
    assert bookings(register, "laden") == [made]
    event = register.history("laden")[-1]
    assert (event.what, event.data["booking"]) == ("book", made.id)
    with pytest.raises(BookingError, match=r"Vom 01\.12\.2026 bis 14\.12\.2026 ist die Einheit"):
        ask(register, 13, 3)
    ask(register, 14, 3)  # the day after is free
    cancel(register, made.id, EDITOR, "krank")
    assert ask(register, 5, 2).start == DAY + timedelta(days=5)
    assert len(bookings(register, "laden", cancelled=True)) == 3
    with pytest.raises(BookingError, match="schon abgesagt"):
        cancel(register, made.id, EDITOR)
    with pytest.raises(BookingError, match="gibt es nicht"):
        cancel(register, "nie", EDITOR)


def test_what_cannot_be_booked_is_told(register):
    marketed(register)
    marketed(register, "nein", popup_possible=False)
    released(register, shop("frisch", popup_possible=True))
    for attempt, error, said in (
        (lambda: ask(register, -2, 3), BookingError, "Vergangenheit"),
        (lambda: ask(register, 3, -2), BookingError, "vor dem Beginn"),
        (lambda: ask(register, 3, 400), BookingError, "höchstens 180 Tage"),
        (lambda: ask(register, 0, 3, name="nein"), BookingError, "nicht für Zwischennutzung"),
        (lambda: ask(register, 0, 3, name="frisch"), MoveError, "geht hier nicht"),
        (lambda: book(register, "laden", DAY, DAY, "Herr Maier", EDITOR, today=DAY),
         PersonalDataError, "Namen"),
        (lambda: book(register, "laden", DAY, DAY, "Laden", AGENT, today=DAY),
         RightsError, "nicht beauftragt"),
    ):  # fmt: skip
        with pytest.raises(error, match=said):
            attempt()
    assert bookings(register, "laden") == []
    assert register.history("laden")[-1].what == "market"


def test_a_let_unit_is_not_for_short_uses(register):
    marketed(register)
    register.act("laden", "place", EDITOR, kind="lease")
    with pytest.raises(BookingError, match="nicht für Zwischennutzung"):
        ask(register, 0, 3)
    register.act("laden", "return", EDITOR)
    register.act("laden", "place", EDITOR, kind="popup")
    assert ask(register, 0, 3).unit == "laden"


def test_terms_name_their_source():
    assert {t.id for t in terms().terms} >= {"deposit", "insurance"}
    assert all(t.source and t.german.endswith(".") for t in terms().terms)


def overlap(taken: list[Booking]) -> bool:
    days = [b.start + timedelta(days=n) for b in taken for n in range((b.end - b.start).days + 1)]
    return len(days) != len(set(days))


asked = st.lists(st.tuples(st.integers(0, 25), st.integers(1, 12)), min_size=4, max_size=14)


@settings(max_examples=8)
@given(asked)
def test_many_who_ask_at_once_never_share_a_day(tmp_path_factory, wishes):
    register = Register(tmp_path_factory.mktemp("bookings"))
    marketed(register)

    def wish(numbered: tuple[int, tuple[int, int]]) -> bool:
        who, (start, length) = numbered
        try:
            ask(register, start, length, f"p{who}")
        except (BookingError, ConflictError):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(wish, enumerate(wishes)))
    taken = bookings(register, "laden")
    assert len(taken) == sum(got) >= 1
    assert not overlap(taken)
    # Who got nothing was in somebody's way: no wish was refused for nothing.
    days = {b.start + timedelta(days=n) for b in taken for n in range((b.end - b.start).days + 1)}
    for (start, length), lucky in zip(wishes, got, strict=True):
        mine = {DAY + timedelta(days=start + n) for n in range(length)}
        assert lucky or mine & days
