"""Clock times of the city."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

from stadtlabor.promotion import Pipeline
from stadtlabor.promotion.execution import perform
from stadtlabor.promotion.schedule import due_by_clock


@pytest.mark.parametrize(
    ("cron", "now", "last"),
    [
        ("30 4 * * *", "2026-07-02 03:00", "2026-07-02 02:30"),
        ("30 4 * * *", "2026-07-02 02:00", "2026-07-01 02:30"),
        ("30 4 * * *", "2026-12-02 04:00", "2026-12-02 03:30"),
        # The night in which 2.30 o'clock does not exist, and the one in which it comes twice.
        ("30 2 * * *", "2026-03-29 12:00", "2026-03-29 01:00"),
        ("30 2 * * *", "2026-10-25 12:00", "2026-10-25 00:30"),
        ("0 6 * * MON", "2026-07-02 03:00", "2026-06-29 04:00"),
    ],
)
def test_the_last_time_is_due(laboratory, cron: str, now: str, last: str) -> None:
    pipeline = Pipeline(name="probe", notebook="probe.ipynb", cron=cron)
    assert due_by_clock(pipeline, pd.Timestamp(now, tz="UTC")) == pd.Timestamp(last, tz="UTC")


def test_each_time_is_run_once(laboratory, probe) -> None:
    pipeline = probe("1 + 1", datasets=[], cron="30 4 * * *")
    now = pd.Timestamp("2026-07-02 03:00", tz="UTC")
    due = due_by_clock(pipeline, now)
    assert due is not None
    assert perform(pipeline, {}, due)[1]
    assert due_by_clock(pipeline, now) is None
    # The same inputs on another day are another report.
    tomorrow = due_by_clock(pipeline, now + pd.Timedelta("1D"))
    assert tomorrow is not None
    assert perform(pipeline, {}, tomorrow)[1]


def test_what_is_no_schedule_is_refused() -> None:
    with pytest.raises(ValidationError, match="ist kein Zeitplan"):
        Pipeline(name="probe", notebook="probe.ipynb", cron="nachts")


def test_nothing_is_due_by_the_clock_before_its_data_have_come(laboratory: Path) -> None:
    nightly = Pipeline(name="hinweise", notebook="x.ipynb", cron="30 4 * * *", reads=["strom"])
    now = pd.Timestamp("2026-07-02 12:00", tz="UTC")
    assert due_by_clock(nightly, now) is None
    reader = nightly.model_copy(update={"reads": []})
    assert due_by_clock(reader, now) == pd.Timestamp("2026-07-02 02:30", tz="UTC")
