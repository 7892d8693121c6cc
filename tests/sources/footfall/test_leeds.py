from collections import Counter

from stadtlabor.sources import decode


def test_leeds_rows_are_kept_or_told(delivery, shared_data):
    path = shared_data / "innenstadt" / "leeds_2009_2016_hourly.csv.gz"
    batch = decode(delivery("leeds-csv", path))
    said = Counter(
        "repeat" if "mehrfach" in p.what else "gap" if "gibt es wegen" in p.what else "autumn"
        for p in batch.problems
    )
    # 576 keys stand there twice with one value; 63 rows lie in hours that spring skips.
    assert (said["repeat"], said["gap"]) == (576, 63)
    assert len(batch.frame) == 554_360 - 576 - 63
    assert not batch.frame.duplicated(["datastream", "time"]).any()
    assert {s.area for s in batch.datastreams} == {"Leeds"}
    assert len(batch.datastreams) == 8


def test_time_is_london_wall_clock(delivery):
    body = "date,hour,location,count\n2014-07-01,0,Briggate,5\n2014-12-01,0,Briggate,6\n"
    batch = decode(delivery("leeds-csv", body, "leeds.csv"))
    assert batch.frame["time"].dt.hour.tolist() == [23, 0]
