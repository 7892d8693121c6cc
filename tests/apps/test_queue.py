"""Waiting for a place: first come, first served; who leaves, loses the place."""

from __future__ import annotations

from stadtlabor.apps.queue import LONGEST, PATIENCE_S, Queue


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_who_finds_a_place_needs_no_ticket() -> None:
    assert Queue().ask("", 3) == ("", 0)


def test_first_come_first_served() -> None:
    queue = Queue()
    tickets = [queue.ask("", 0)[0] for _ in range(4)]
    assert [queue.ask(t, 0)[1] for t in tickets] == [1, 2, 3, 4]
    assert [queue.ask(t, 2)[1] for t in tickets] == [0, 0, 1, 2]
    assert queue.ask("", 2)[1] == 3  # nobody passes those who wait
    queue.leave(tickets[0])
    assert queue.ask(tickets[1], 1)[1] == 0


def test_who_has_gone_keeps_nobody_waiting() -> None:
    clock = Clock()
    queue = Queue(clock)
    first, second = (queue.ask("", 0)[0] for _ in range(2))
    clock.now = PATIENCE_S - 1
    assert queue.ask(second, 0) == (second, 2)
    clock.now = PATIENCE_S + 1
    assert queue.ask(second, 1) == (second, 0)
    again, number = queue.ask(first, 1)  # comes back, and lines up at the end
    assert (again != first, number) == (True, 1)


def test_an_invented_ticket_is_worth_nothing() -> None:
    queue = Queue()
    queue.ask("", 0)
    assert queue.ask("mine", 0)[1] == 2


def test_memory_is_bounded() -> None:
    queue = Queue()
    for _ in range(LONGEST + 50):
        number = queue.ask("", 0)[1]
    assert number == LONGEST + 1
    assert len(queue._seen) == LONGEST
