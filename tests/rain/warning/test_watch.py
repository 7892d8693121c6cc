"""Faults at every position of recorded rain are found; weather is not taken for a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from faults import LASTING, SINGLE, STEP, Arrival, arrivals, lasting

from stadtlabor.city import city
from stadtlabor.rain.reading import read
from stadtlabor.rain.warning import Watch
from stadtlabor.simulation.rain import Sky

FOUND_MIN = 10
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def alps(shared_data: Path) -> list[Arrival]:
    """40 frames of a fast convective line; a part of the composite, to save time."""
    rain = read(shared_data / "rain" / "mch_20160711")
    return arrivals(rain.isel(y=slice(180, 560), x=slice(200, 600)))


@pytest.fixture(scope="module")
def germany(shared_data: Path) -> list[Arrival]:
    rain = read(shared_data / "rain" / "radklim_yw_20170816")
    return arrivals(rain.isel(y=slice(100, 700), x=slice(200, 800)))


@pytest.fixture(scope="module")
def simulated() -> list[Arrival]:
    sky = Sky(city(), 2026)
    first = datetime.fromisoformat("2026-06-01T21:00:00+00:00")
    part = {"y": slice(0, 350), "x": slice(300, 650)}
    frames = [sky.field(first + n * STEP).isel(part) for n in range(24)]
    return arrivals(xr.concat(frames, "time", combine_attrs="override"))


def told(watch: Watch, now: datetime) -> set[str]:
    verdict = watch.verdict(now)
    return set(verdict.reasons) - {"start"} if verdict.stale else set()


def memories(clean: list[Arrival]) -> list[str]:
    """Return what the watch knows before each frame."""
    watch, known = Watch(), []
    for one in clean:
        known.append(json.dumps(watch.memory))
        watch.look(one.frame, one.received)
    return known


def found_after(before: str, rest: list[Arrival], start: datetime) -> float | None:
    """Return after how many minutes the state is stale with a reason, or None."""
    watch, waiting = Watch(json.loads(before)), list(rest)
    for minute in range(FOUND_MIN + 1):
        now = start + minute * MINUTE
        while waiting and waiting[0].received <= now + timedelta(seconds=1):
            one = waiting.pop(0)
            watch.look(one.frame, one.received)
        if told(watch, now + timedelta(seconds=1)):
            return minute
    return None


def cases(clean: list[Arrival], kind: str) -> Iterator[tuple[int, list[Arrival]]]:
    for k in range(len(clean)):
        try:
            yield k, SINGLE[kind](clean, k)
        except IndexError:
            continue


@pytest.mark.parametrize("kind", SINGLE)
@pytest.mark.parametrize("sequence", ["alps", "germany", "simulated"])
def test_a_fault_of_one_frame(kind, sequence, request):
    clean = request.getfixturevalue(sequence)
    known = memories(clean)
    tried, late = 0, []
    for k, faulty in cases(clean, kind):
        tried += 1
        rest = [a for a in faulty[k:] if a.received <= clean[k].received + 3 * STEP]
        if found_after(known[k], rest, clean[k].received) is None:
            late.append(k)
    assert tried >= len(clean) - 3
    assert late == []


@pytest.mark.parametrize("kind", LASTING)
def test_a_fault_that_stays_never_becomes_green(kind, alps):
    known = memories(alps)
    for k in range(4, len(alps), 5):
        watch = Watch(json.loads(known[k]))
        for one in lasting(kind, alps, k)[k:]:
            watch.look(one.frame, one.received)
            assert told(watch, one.received), (k, one.received)


@pytest.mark.parametrize("kind", sorted(set(SINGLE) - {"delayed", "hour behind", "odd minutes"}))
def test_it_is_green_again_soon_after_one_fault(kind, alps):
    watch = Watch()
    for one in SINGLE[kind](alps, 20):
        watch.look(one.frame, one.received)
        if one.received >= alps[25].received:
            assert not watch.verdict(one.received).stale


@pytest.mark.parametrize("sequence", ["alps", "germany", "simulated"])
def test_weather_is_no_fault(sequence, request):
    watch = Watch()
    for number, one in enumerate(request.getfixturevalue(sequence)):
        assert watch.look(one.frame, one.received).fault is None
        for minute in range(5):
            verdict = watch.verdict(one.received + minute * MINUTE)
            assert verdict.stale is (number < 2)
            assert verdict.reasons == (("start",) if number < 2 else ())


def dry(frames: int, values: np.ndarray, start: str = "2026-10-24 20:00") -> xr.DataArray:
    return xr.DataArray(
        np.repeat(values[None], frames, 0).astype("float32"),
        dims=("time", "y", "x"),
        coords={
            "time": pd.date_range(start, periods=frames, freq="5min"),
            "y": np.arange(values.shape[0]) * 1000.0,
            "x": np.arange(values.shape[1]) * 1000.0,
        },
        attrs={"units": "mm/h", "interval_s": 300, "crs_wkt": "", "simulated": False},
    )


def test_a_dry_day_is_weather():
    # The night in which clocks go back is among it: times are UTC throughout.
    values = np.zeros((128, 128))
    values[:20] = np.nan
    watch = Watch()
    for number, one in enumerate(arrivals(dry(288, values))):
        watch.look(one.frame, one.received)
        assert watch.verdict(one.received).stale is (number < 2)


def test_clutter_that_stands_on_a_dry_day_is_no_frozen_picture():
    values = np.zeros((128, 128))
    values[60, 60:65] = 0.24
    watch = Watch()
    for one in arrivals(dry(24, values)):
        assert watch.look(one.frame, one.received).fault is None


def test_rain_that_ends_and_rain_that_begins_are_weather(simulated):
    # The same rain, weaker from frame to frame down to nothing, and back again.
    frames = [a.frame for a in simulated[:16]]
    watch = Watch()
    fading = [1, 0.8, 0.5, 0.3, 0.15, 0.06, 0.02, 0, 0, 0, 0.02, 0.06, 0.15, 0.4, 0.8, 1]
    for number, (frame, part) in enumerate(zip(frames, fading, strict=True)):
        values = np.floor(frame.to_numpy() * part / 0.12) * 0.12
        one = Arrival(frame.copy(data=values.astype("float32")), simulated[number].received)
        assert watch.look(one.frame, one.received).fault is None


def test_quarters_of_an_hour_without_frames_are_old_then_a_gap_then_good(alps):
    watch = Watch()
    for one in alps[:10]:
        watch.look(one.frame, one.received)
    assert told(watch, alps[12].received) == {"old"}
    for one in alps[16:19]:
        watch.look(one.frame, one.received)
    assert not watch.verdict(alps[18].received).stale
    assert watch.verdict(alps[18].received).age_min == 2


def test_a_sent_again_frame_changes_nothing(alps):
    watch = Watch()
    for one in alps[:6]:
        watch.look(one.frame, one.received)
        assert watch.look(one.frame, one.received).fault == "repeat"
    assert not watch.verdict(alps[5].received).stale


def test_somebody_who_has_looked_can_say_so(alps):
    watch = Watch()
    for one in lasting("by 12", alps, 10)[:20]:
        watch.look(one.frame, one.received)
    assert watch.verdict(alps[19].received).stale
    watch.trust()
    for one in lasting("by 12", alps, 10)[20:23]:
        watch.look(one.frame, one.received)
    assert not watch.verdict(alps[22].received).stale


def test_two_frames_for_one_time_that_differ(alps):
    watch = Watch()
    for one in alps[:6]:
        watch.look(one.frame, one.received)
    other = alps[5].frame.copy(data=alps[4].frame.to_numpy() * 1.01)
    assert watch.look(other, alps[5].received).fault == "conflict"
    assert "conflict" in told(watch, alps[5].received)


def test_nothing_ever_came():
    verdict = Watch().verdict(datetime.fromisoformat("2026-06-01T12:00:00+00:00"))
    assert verdict.stale
    assert verdict.reasons == ("start",)
    assert verdict.age_min is None
