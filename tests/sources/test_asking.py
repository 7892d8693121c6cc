import threading
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from stadtlabor.ingest.poller import Poller
from stadtlabor.sources import Fetcher, Poll, Request, SourceError
from stadtlabor.sources.asking import DriftError, accept, expect, grid_stretch, stand_sentence
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.pace import Pace, RestingError, Wish
from stadtlabor.store import Spool

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
GOOD = b'{"meta_data": {"version": 1, "created": 1764500000000}, "series": [[1764457200000, 1.5]]}'
CHUNK = "/app/chart_data/410/DE/410_DE_hour_1764457200000.json"


def at(day, hour=0):
    return pd.Timestamp(2026, 11, day, hour, tz="UTC")


@pytest.fixture(params=["on the disk", "in memory"])
def memory(request, tmp_path):
    found = Memory(tmp_path / "sources" if request.param == "on the disk" else None)
    yield found
    found.close()


def test_memory_survives_a_restart(tmp_path):
    first = Memory(tmp_path / "m")
    first.remember("u", {"If-None-Match": '"1"'}, ("mark", "x"))
    first.advance({"a/b/c": (at(1), at(2))})
    first.keep("k/0", "u", b"body", NOW)
    first.tell("Quelle", NOW, "")
    first.close()
    again = Memory(tmp_path / "m")
    assert again.validators("u") == {"If-None-Match": '"1"'}
    assert again.mark("mark") == "x"
    assert again.complete("a/b/c") == (at(1), at(2))
    assert again.kept("k/0") == (b"body", NOW, NOW)
    assert again.stand("Quelle") == (NOW, NOW, "")


def test_only_reading_makes_no_folder(tmp_path):
    memory = Memory(tmp_path / "m")
    assert memory.kept("k") is None
    assert memory.mark("x") is None
    assert memory.complete("x") is None
    assert memory.stand("x") is None
    assert not (tmp_path / "m").exists()


def test_only_the_last_kept_answer_stays(memory, tmp_path):
    memory.keep("k", "u", b"1", NOW)
    memory.keep("k", "u", b"2", NOW + timedelta(days=1))
    memory.still("k", NOW + timedelta(days=2))
    assert memory.kept("k") == (b"2", NOW + timedelta(days=1), NOW + timedelta(days=2))
    kept = tmp_path / "sources" / "kept"
    assert not kept.exists() or len(list(kept.iterdir())) == 1


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(1, 2), (2, 3)], (1, 3)),
        ([(1, 3), (2, 4)], (1, 4)),
        ([(1, 3), (1, 2)], (1, 3)),
        ([(1, 2), (4, 5)], (4, 5)),  # a gap: what lies before it does not count
        ([(1, 2), (4, 5), (2, 4)], (2, 5)),  # and joins once it is filled
        ([(4, 5), (1, 2)], (4, 5)),
    ],
)
def test_watermark_never_leaps_over_a_gap(memory, steps, expected):
    for since, until in steps:
        memory.advance({"d": (at(since), at(until))})
    assert memory.complete("d") == (at(expected[0]), at(expected[1]))


def test_grid_ends_at_a_break_and_where_nothing_is_stated_yet():
    hours = pd.date_range(at(1), periods=6, freq="h")
    ends = hours + pd.Timedelta(hours=1)

    def stretch(times, marks):
        return grid_stretch(times, times + pd.Timedelta(hours=1), np.array(marks, dtype=bool))

    assert stretch(hours, [1, 1, 1, 1, 1, 1]) == (hours[0], ends[5])
    assert stretch(hours, [1, 1, 0, 1, 0, 0]) == (hours[0], ends[3])
    assert stretch(hours.delete(2), [1, 1, 1, 1, 1]) == (hours[0], ends[1])
    assert stretch(hours, [0] * 6) is None
    assert stretch(hours[:0], []) is None


def test_what_is_missing_is_named():
    assert expect({"a": 1, "b": 2}, ["a"], "x")["b"] == 2
    with pytest.raises(DriftError, match="fehlt das Feld „b“"):
        expect({"a": 1}, ["a", "b"], "Anbieter, Antwort")
    with pytest.raises(DriftError, match="fehlen die Felder „a“, „b“"):
        expect({}, ["a", "b"], "Anbieter")
    with pytest.raises(DriftError, match="Erwartet war ein Objekt"):
        expect([], ["a"], "Anbieter")


def test_one_question_at_a_time_with_a_pause():
    pace, times, inside = Pace({"a": Wish(0.05)}, Wish(0.0)), [], []

    def ask():
        with pace.turn("a"):
            inside.append(1)
            assert sum(inside) == 1
            times.append(time.monotonic())
            inside.pop()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (np.diff(times) >= 0.045).all()


def test_a_slow_answer_of_a_busy_host_does_not_hold_up_the_others():
    pace = Pace({"a": Wish(0.0, 2)}, Wish(0.0))
    held, free = threading.Event(), threading.Event()

    def slow():
        with pace.turn("a"):
            held.set()
            free.wait(10)

    thread = threading.Thread(target=slow)
    thread.start()
    held.wait(10)
    began = time.monotonic()
    with pace.turn("a"):
        pass
    assert time.monotonic() - began < 1.0
    free.set()
    thread.join()


def test_busy_provider_is_left_alone(provider):
    provider.pages["/x"] = b"1"
    provider.status, provider.headers = 429, {"Retry-After": "7"}
    with Fetcher() as fetcher:
        with pytest.raises(SourceError, match="Zu viele Anfragen"):
            fetcher.fetch(Request("x", f"{provider.base}/x"))
        with pytest.raises(SourceError, match="bittet noch 7 Sekunden um Ruhe"):
            fetcher.fetch(Request("x", f"{provider.base}/x"))
    assert len(provider.asked) == 1


def test_pace_says_so_itself():
    pace = Pace({}, Wish(0.0))
    pace.rest("a", 5)
    with pytest.raises(RestingError), pace.turn("a"):
        pass
    with pace.turn("b"):
        pass


def test_program_names_whom_to_ask(provider, place):
    provider.pages["/x"] = b"1"
    with Fetcher() as fetcher:
        fetcher.fetch(Request("x", f"{provider.base}/x"))
    assert provider.agents == {"stadtlabor/0.1 (stadtlabor@example.org)"}


def test_too_large_and_too_slow_answers_end(provider, monkeypatch):
    provider.pages["/x"] = b"1" * 2000
    monkeypatch.setattr("stadtlabor.sources.http.MOST_BYTES", 1000)
    with Fetcher() as fetcher, pytest.raises(SourceError, match="größer als"):
        fetcher.fetch(Request("x", f"{provider.base}/x"))
    monkeypatch.setattr("stadtlabor.sources.http.MOST_BYTES", 10_000)
    monkeypatch.setattr("stadtlabor.sources.http.MOST_S", -1.0)
    with Fetcher() as fetcher, pytest.raises(SourceError, match="sendet zu langsam"):
        fetcher.fetch(Request("x", f"{provider.base}/x"))


def asking(provider, tmp_path):
    """A poller as after a restart."""
    request = Request(
        "smard-json", provider.base + CHUNK, mark=("m", "1"), keep="smard", checked=True
    )
    spool, memory = Spool(tmp_path / "spool.db"), Memory(tmp_path / "sources")
    return Poller(spool, [Poll("SMARD", 60, lambda _now: [request])], memory), spool, memory


def test_unchanged_answer_is_not_transferred_after_a_restart(provider, tmp_path):
    provider.pages[CHUNK] = GOOD
    poller, _, memory = asking(provider, tmp_path)
    assert poller.once() == 1
    first = memory.kept("smard")[2]
    poller, spool, memory = asking(provider, tmp_path)
    assert poller.once() == 0
    assert provider.unchanged == [CHUNK]
    assert memory.mark("m") == "1"
    assert len(spool.pending()) == 1
    assert memory.kept("smard")[2] > first  # it still holds, and we know since when


def test_drift_is_told_and_the_last_good_answer_stays(provider, tmp_path):
    provider.pages[CHUNK] = GOOD
    poller, *_ = asking(provider, tmp_path)
    poller.once()
    provider.pages[CHUNK] = b'{"data": []}'
    poller, spool, memory = asking(provider, tmp_path)
    poller.once()
    assert "fehlen die Felder „series“, „meta_data“" in poller.states["SMARD"].error
    told = stand_sentence(memory, "SMARD", "Europe/Berlin")
    assert told.startswith("Stand: ")
    assert "Seither keine neuen Daten" in told
    assert memory.kept("smard")[0] == GOOD
    assert len(spool.pending()) == 2  # nothing is lost: the strange answer can be read later
    poller, spool, memory = asking(provider, tmp_path)
    poller.once()
    assert CHUNK not in provider.unchanged  # it is asked for again as a whole
    provider.pages[CHUNK] = GOOD
    poller.once()
    assert "Seither" not in stand_sentence(memory, "SMARD", "Europe/Berlin")


def test_crash_before_the_answer_is_safe_costs_a_repetition_only(provider, tmp_path):
    provider.pages[CHUNK] = GOOD
    memory = Memory(tmp_path / "sources")
    request = Request("smard-json", provider.base + CHUNK, checked=True)
    with Fetcher(memory=memory) as fetcher:
        assert fetcher.fetch(request) is not None
        # here the process dies: accept() never comes
    with Fetcher(memory=memory) as fetcher:
        answer = fetcher.fetch(request)
        assert answer is not None
        accept(fetcher, memory, request, answer)
        assert fetcher.fetch(request) is None


def test_never_asked_and_never_good():
    memory = Memory(None)
    assert stand_sentence(memory, "x", "Europe/Berlin") == "Noch nicht abgefragt."
    memory.tell("x", NOW, "kaputt.")
    assert "noch keine guten Daten" in stand_sentence(memory, "x", "Europe/Berlin")
    memory.tell("x", NOW, "")
    assert stand_sentence(memory, "x", "Europe/Berlin") == "Stand: 30.11.2026, 13:00 Uhr."
