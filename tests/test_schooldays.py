import re
from datetime import date, timedelta

import pandas as pd
import pytest

from stadtlabor.schooldays import DAY_KINDS, day_kind, day_types, known_until


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 11, 3), "school_holiday"),
        (date(2026, 11, 18), "school_holiday"),  # Buß- und Bettag: no lessons, no public holiday
        (date(2026, 11, 19), "school"),
        (date(2026, 10, 3), "public_holiday"),
        (date(2026, 11, 21), "weekend"),
        (date(2027, 1, 8), "school_holiday"),
        (date(2027, 1, 11), "school"),
        (date(2019, 3, 5), "school_holiday"),
        (date(2019, 11, 12), "school"),
    ],
)
def test_kinds_of_days(day, kind):
    assert day_kind(day) == kind


def test_days_of_a_year():
    """Bavaria gives about 75 days off a year beyond weekends; about 185 days have lessons."""
    for year in range(2018, 2027):
        counts = day_types(pd.date_range(f"{year}-01-01", f"{year}-12-31")).value_counts()
        assert 180 <= counts["school"] <= 195, (year, dict(counts))


def test_agrees_with_the_recorded_calendars(shared_data):
    """Each holiday of the files is a day off (2026 states the day after, 2020 a wrong year)."""
    for path in sorted((shared_data / "klimaschule/bayern-ferien").glob("*.ics")):
        year = int(path.stem[-4:])
        for event in path.read_text().split("BEGIN:VEVENT")[1:]:
            first, last = (
                pd.Timestamp(re.search(rf"{key}[^:]*:(\d+)", event)[1]).date()
                for key in ("DTSTART", "DTEND")
            )
            if ("Bayern  2019" in event and first.year == 2020) or (last - first).days > 60:
                continue
            if "Herbstferien" in event and (last - first).days > 14:
                assert day_kind(last) != "school"  # holidays and Buß- und Bettag in one entry
                last = first
            if year == 2026 and last > first:
                last -= timedelta(days=1)
            day = first
            while day <= last:
                assert day_kind(day) != "school", (path.name, day)
                day += timedelta(days=1)


def test_own_days_off_and_local_instants():
    hours = pd.date_range("2026-11-19", periods=48, freq="h", tz="Europe/Berlin")
    kinds = day_types(hours, free=[date(2026, 11, 20), date(2026, 11, 21)])
    assert kinds.iloc[0] == "school"
    assert kinds.iloc[-1] == "school_holiday"
    assert list(kinds.cat.categories) == list(DAY_KINDS)


def test_the_calendar_reaches_into_the_future():
    assert known_until() > date(2027, 6, 1)
