from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stadtlabor.observations import COLUMNS, Batch, Quality
from stadtlabor.store import AGGREGATE_COLUMNS, Store, StoreError

ID = "footfall/markt/live"


def test_what_was_written_is_read_back_in_the_promised_columns(store, batch):
    written = batch([1, 2, 3])
    assert store.write(written) == 3
    found = store.read(ID)
    assert {n: str(t) for n, t in found.dtypes.items()} == COLUMNS
    pd.testing.assert_frame_equal(found, written.frame, check_flags=False)


def test_the_same_batch_twice_changes_nothing(store, batch):
    store.write(batch([1, 2, 3]))
    before = store.read(ID)
    store.write(batch([1, 2, 3]))
    pd.testing.assert_frame_equal(store.read(ID), before)
    store.seal("footfall")
    pd.testing.assert_frame_equal(store.read(ID), before)


@pytest.mark.parametrize("sealed", [False, True])
def test_an_old_value_sent_again_never_hides_a_correction(store, batch, sealed):
    store.write(batch([1], result="2026-01-02T00:00Z"))
    store.write(batch([5], result="2026-01-03T00:00Z"))
    if sealed:
        store.seal("footfall")
    store.write(batch([1], result="2026-01-02T00:00Z"))
    assert store.read(ID)["value"].tolist() == [5]
    assert store.aggregate(ID, None, None, "day")["sum"].tolist() == [5]
    assert store.latest(ID)["value"].tolist() == [5]


def test_of_equal_result_times_the_last_written_counts(store, batch):
    store.write(batch([1]))
    store.seal("footfall")
    store.write(batch([2]))
    assert store.read(ID)["value"].tolist() == [2]


def test_within_one_batch_the_later_statement_counts(store, batch):
    early, late = batch([1], result="2026-01-02T00:00Z"), batch([9], result="2026-01-05T00:00Z")
    both = Batch(pd.concat([late.frame, early.frame]), early.datastreams)
    assert store.write(both) == 1
    assert store.read(ID)["value"].tolist() == [9]


def test_a_watermark_is_committed_once_per_table(store, batch):
    assert store.watermark("footfall") == -1
    assert store.write(batch([1]), watermark=0) == 1
    assert store.watermark("footfall") == 0
    assert store.write(batch([2]), watermark=0) == 0
    assert store.write(batch([2]), watermark=7) == 1
    store.seal("footfall")
    assert store.watermark("footfall") == 7
    assert store.write(batch([3]), watermark=7) == 0


def test_window_is_half_open_and_reaches_over_months(store, batch):
    store.write(batch(list(range(96 * 90)), start="2026-01-01T00:00Z"))
    store.seal("footfall")
    start, end = pd.Timestamp("2026-01-31T12:00Z"), pd.Timestamp("2026-03-01T00:00Z")
    found = store.read(ID, start, end)
    assert found["time"].min() == start
    assert found["time"].max() == end - pd.Timedelta("15min")
    assert len(found) == (end - start) / pd.Timedelta("15min")


def test_several_series_come_sorted_by_name_and_time(store, batch):
    for name in ("footfall/b/live", "footfall/a/live"):
        store.write(batch([1, 2], name=name))
    found = store.read(["footfall/b/live", "footfall/a/live"])
    assert found["datastream"].tolist() == ["footfall/a/live"] * 2 + ["footfall/b/live"] * 2
    assert found["time"].is_monotonic_increasing is False


def test_every_version_stays_readable_and_cites_its_content(store, batch):
    store.write(batch([1]))
    first = store.version("footfall")
    store.write(batch([2], result="2026-02-01T00:00Z"))
    second = store.version("footfall")
    store.seal("footfall")
    sealed = store.version("footfall")
    assert store.read(ID, at_version=first.version)["value"].tolist() == [1]
    assert store.read(ID, at_version=second.version)["value"].tolist() == [2]
    assert store.read(ID, at_version=sealed.version)["value"].tolist() == [2]
    assert len({first.sha256, second.sha256, sealed.sha256}) == 3
    assert store.version("footfall", first.version) == first
    assert str(first) == f"footfall@{first.version} (sha256 {first.sha256[:16]}…)"


def test_unknown_things_are_told_in_german(store, batch):
    store.write(batch([1]))
    with pytest.raises(StoreError, match="Datenreihe „footfall/x/live“ gibt es nicht"):
        store.read("footfall/x/live")
    with pytest.raises(StoreError, match="keine Version 99"):
        store.read(ID, at_version=99)
    with pytest.raises(StoreError, match="einzeln abfragen"):
        store.read(["footfall/markt/live", "energy/markt/live"])
    with pytest.raises(StoreError, match="kein Zeitraum"):
        store.aggregate(ID, None, None, "year")


def test_aggregate_tells_the_shares_of_what_was_not_measured(store, batch):
    store.write(batch([1, 2], quality=Quality.SIMULATED))
    store.write(batch([3], start="2026-01-01T00:30Z", quality=Quality.FILLED | Quality.SUSPECT))
    store.write(batch([4], start="2026-01-01T00:45Z"))
    found = store.aggregate(ID, None, None, "hour")
    assert {n: str(t) for n, t in found.dtypes.items()} == AGGREGATE_COLUMNS
    row = found.iloc[0]
    assert (row["sum"], row["mean"], row["min"], row["max"], row["count"]) == (10, 2.5, 1, 4, 4)
    assert (row["simulated"], row["filled"], row["suspect"]) == (0.5, 0.25, 0.25)


@pytest.mark.parametrize(
    ("start", "days", "short_or_long", "hours"),
    [
        ("2026-03-27T23:00Z", 3, "2026-03-28T23:00Z", 23),
        ("2026-10-23T22:00Z", 3, "2026-10-24T22:00Z", 25),
    ],
)
def test_days_of_the_clock_change_have_23_and_25_hours(
    store, batch, start, days, short_or_long, hours
):
    store.write(batch([1.0] * 72, start=start, every="1h"))
    found = store.aggregate(ID, None, None, "day").set_index("time")["count"]
    assert found[pd.Timestamp(short_or_long)] == hours
    assert sorted(found.tolist()[:days])[1] == 24
    hourly = store.aggregate(ID, None, None, "hour")
    assert len(hourly) == 72
    assert (hourly["count"] == 1).all()


def test_aggregates_agree_with_pandas_over_years_and_clock_changes(store, batch):
    rng = np.random.default_rng(1)
    values = rng.integers(0, 100, 24 * 800).astype(float).tolist()
    store.write(batch(values, start="2024-12-28T00:00Z", every="1h"))
    store.seal("footfall")
    series = store.read(ID).set_index("time")["value"].tz_convert("Europe/Berlin")
    for grain, rule in {"day": "D", "week": "W-MON", "month": "MS"}.items():
        kwargs = {"label": "left", "closed": "left"} if grain == "week" else {}
        wanted = series.resample(rule, **kwargs).agg(["sum", "count"])
        found = store.aggregate(ID, None, None, grain).set_index("time")
        found.index = found.index.tz_convert("Europe/Berlin")
        assert found.index.tolist() == wanted.index.tolist()
        assert found["count"].tolist() == wanted["count"].tolist()
        assert found["sum"].tolist() == wanted["sum"].tolist()


def test_latest_looks_back_as_far_as_it_must(store, batch):
    store.write(batch([1, 2], start="2025-01-01T00:00Z", name="footfall/alt/live"))
    store.write(batch(list(range(96 * 200)), start="2025-06-01T00:00Z"))
    store.seal("footfall")
    store.write(batch([7], start="2025-01-05T00:00Z", name="footfall/alt/live"))
    found = store.latest("footfall").set_index("datastream")
    assert found.loc["footfall/alt/live", "value"] == 7
    assert found.loc[ID, "value"] == 96 * 200 - 1


def test_a_changed_description_is_what_is_told_from_then_on(store, batch):
    first = batch([1])
    store.write(first)
    renamed = [type(d)(**{**vars(d), "name": "Umbenannt"}) for d in first.datastreams]
    store.write(Batch(first.frame, renamed))
    assert [d.name for d in Store(store.folder).datastreams("footfall")] == ["Umbenannt"]


def test_gathering_small_files_changes_nothing_in_what_is_read(store, batch):
    for hour in range(5):
        store.write(batch([hour], start=f"2026-01-01T0{hour}:00Z"))
    before = store.read(ID)
    assert store.log_size("footfall") == (5, 5)
    assert store.gather("footfall") == 5
    assert store.log_size("footfall") == (1, 5)
    pd.testing.assert_frame_equal(store.read(ID), before)


def test_a_seal_rewrites_only_the_months_it_must(store, batch):
    store.write(batch([1.0] * 96 * 60, start="2026-01-01T00:00Z"))
    assert store.seal("footfall") == ["2026-01", "2026-02", "2026-03"]
    store.write(batch([5], start="2026-02-10T00:00Z", result="2026-05-01T00:00Z"))
    assert store.seal("footfall") == ["2026-02"]
    assert store.seal("footfall") == []
    assert store.read(ID)["value"].sum() == 96 * 60 + 4


def test_readers_in_threads_see_whole_commits_only(store, batch, tmp_path: Path):
    store.write(batch([0.0] * 50))
    reader, stop, faults = Store(tmp_path / "store"), threading.Event(), []

    def read() -> None:
        last = -1.0
        while not stop.is_set():
            values = reader.read(ID)["value"]
            if values.nunique() != 1 or values.iloc[0] < last:
                faults.append(values.tolist())
            last = values.iloc[0]

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 21):
        store.write(batch([float(number)] * 50))
        if number % 5 == 0:
            store.seal("footfall")
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
