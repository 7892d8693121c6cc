"""The service on recorded rain: what it decides, and what displays say while data are bad."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from faults import SINGLE, arrivals

from stadtlabor.city import city
from stadtlabor.rain.reading import read
from stadtlabor.rain.warning import Journal
from stadtlabor.rain.warning.channels import ways
from stadtlabor.rain.warning.digest import end_of
from stadtlabor.rain.warning.display import display
from stadtlabor.rain.warning.feed import Arrival
from stadtlabor.rain.warning.guard import Guard
from stadtlabor.rain.warning.service import Service

STEP, MINUTE = timedelta(minutes=5), timedelta(minutes=1)


class Hand:
    """A feed that gives what a test has put into it."""

    def __init__(self, coming: list) -> None:
        self.coming = list(coming)
        self.frames: dict = {}

    def new(self, known, now):
        found = [a for a in self.coming if a.received <= now]
        self.coming = [a for a in self.coming if a.received > now]
        for one in found:
            if one.frame is not None:
                self.frames[end_of(one.frame)] = one.frame
        return [Arrival(a.frame, a.received) for a in found]

    def window(self, ends):
        return xr.concat([self.frames[e] for e in ends], "time", combine_attrs="override")

    def version(self):
        return "Probe"


@pytest.fixture(scope="module")
def alps(shared_data: Path):
    rain = read(shared_data / "rain" / "mch_20160711").isel(time=slice(12, 28))
    # The part of the Swiss composite around Kempten.
    return arrivals(rain.isel(y=slice(386, 516), x=slice(495, 625)))


@pytest.fixture
def warning(tmp_path: Path):
    opened: list[Service] = []

    def make(coming: list) -> Service:
        settings = city().warning
        service = Service(tmp_path / "w", settings, Hand(coming), ways([], tmp_path / "w"))
        opened.append(service)
        return service

    yield make
    for service in opened:
        service.close()


def shown(tmp_path: Path, now):
    return display(tmp_path / "w", city().warning, now)


def test_light_rain_over_kempten_is_no_warning(warning, alps, tmp_path):
    service = warning(alps)
    for number, one in enumerate(alps):
        turn = service.turn(one.received)
        assert not turn.messages  # 10.7 mm/h at most fell there
        seen = shown(tmp_path, one.received)
        assert seen.stale is (number < 2)
        assert ("Keine Warnung" in seen.sentence) is not seen.stale
    assert {area.state for area in seen.areas} == {"none"}
    assert max(a.fallen_mm for a in seen.areas) > 0.5


@pytest.mark.parametrize("kind", sorted(SINGLE))
def test_no_display_says_no_warning_on_bad_data(kind, warning, alps, tmp_path):
    k = 8
    service = warning(SINGLE[kind](alps[:12], k))
    found = None
    for minute in range(-15, 11):
        now = alps[k].received + minute * MINUTE + timedelta(seconds=2)
        service.turn(now)
        seen = shown(tmp_path, now)
        if seen.stale:
            assert "eine Warnung" not in seen.sentence
            assert seen.reasons
            assert {area.state for area in seen.areas} == {"unknown"}
            assert all("Keine Warnung" not in area.sentence for area in seen.areas)
            if minute >= 0 and found is None:
                found = minute
    assert found is not None


def test_a_display_grows_old_without_the_service(warning, alps, tmp_path):
    service = warning(alps[:6])
    for one in alps[:6]:
        service.turn(one.received)
    now = alps[5].received
    assert not shown(tmp_path, now).stale
    assert shown(tmp_path, now + 4 * MINUTE).stale  # no sign of life
    assert any("Lebenszeichen" in r for r in shown(tmp_path, now + 4 * MINUTE).reasons)
    assert any("10 Minuten" in r for r in shown(tmp_path, now + 12 * MINUTE).reasons)
    assert shown(tmp_path / "nowhere", now).stale


def test_the_operator_is_told_once_and_when_it_is_over(warning, alps, tmp_path):
    faulty = SINGLE["all zero"](alps, 6)
    service = warning(faulty)
    for one in faulty:
        service.turn(one.received)
    told = [e.body["subject"] for e in Journal(tmp_path / "w").events("operator")]
    assert told == [
        "Regenwarnung ohne verlässliche Daten", "Regenwarnung wieder mit verlässlichen Daten"
    ]  # fmt: skip
    texts = [p.read_text() for p in sorted((tmp_path / "w" / "outbox").glob("*.txt"))]
    assert any("verschwunden" in text for text in texts)


def test_a_long_fault_is_told_every_hour(warning, alps, tmp_path):
    service = warning(alps[:6])
    for minute in range(0, 300, 5):
        service.turn(alps[0].received + minute * MINUTE)
    assert len(Journal(tmp_path / "w").events("operator")) == 5


def test_an_unreadable_file_is_a_fault(warning, alps, tmp_path):
    from faults import Arrival as Came

    service = warning([*alps[:6], Came(None, alps[6].received)])
    for one in alps[:7]:
        service.turn(one.received)
    assert shown(tmp_path, alps[6].received).stale
    assert any("nicht lesbar" in r for r in shown(tmp_path, alps[6].received).reasons)


def test_a_restart_knows_everything(warning, alps, tmp_path):
    service = warning(alps[:8])
    for one in alps[:8]:
        service.turn(one.received)
    before = Journal(tmp_path / "w").memory("watch")
    service.close()
    again = warning(alps[8:])
    again._feed.frames = service._feed.frames
    assert not again.turn(alps[8].received).verdict.stale
    assert json.dumps(before) != json.dumps(Journal(tmp_path / "w").memory("watch"))


def test_a_rehearsal_reaches_every_way(warning, alps, tmp_path):
    service = warning(alps[:3])
    (tmp_path / "w" / "test").touch()
    turn = service.turn(alps[2].received)
    assert [m.reason for m in turn.messages] == ["test"]
    files = list((tmp_path / "w" / "outbox").glob("*.test.xml"))
    assert "Sie müssen nichts tun" in files[0].read_text()
    assert not service.turn(alps[2].received + MINUTE).messages


def test_no_channel_of_the_operator_is_silent_when_the_warning_dies(warning, alps, tmp_path):
    service = warning(alps[:3])
    for one in alps[:3]:
        service.turn(one.received)
    guard = Guard(tmp_path / "w", city().warning)
    now = alps[2].received
    assert not guard.look(now + MINUTE)
    assert guard.look(now + 10 * MINUTE)
    assert guard.look(now + 20 * MINUTE)
    guard.close()
    texts = [p.read_text() for p in (tmp_path / "w" / "outbox").glob("operator.silent*.txt")]
    assert len(texts) == 1
    assert "kein Lebenszeichen" in texts[0]


def test_a_dry_day_of_the_service_is_quiet(warning, alps, tmp_path):
    dry = []
    for one in alps:
        values = np.where(np.isnan(one.frame), np.nan, 0).astype("float32")
        dry.append(type(one)(one.frame.copy(data=values), one.received))
    service = warning(dry)
    for one in dry:
        turn = service.turn(one.received)
        assert not turn.messages
    assert shown(tmp_path, dry[-1].received).sentence.startswith("Keine Warnung")
