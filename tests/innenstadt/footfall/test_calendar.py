import pandas as pd
import pytest

from innenstadt.footfall.streets import street
from stadtlabor.innenstadt import Calendar
from stadtlabor.innenstadt.footfall.calendar import calendar_of, day_table
from stadtlabor.sources.footfall import Report

BAVARIA = Calendar("DE", "BY", "Europe/Berlin")


def days(first: str, last: str, calendar: Calendar = BAVARIA) -> pd.DataFrame:
    return day_table(pd.date_range(first, last), calendar)


def test_assumption_day_counts_in_bavaria_alone() -> None:
    assert days("2024-08-15", "2024-08-15")["kind"].item() == 2
    saxony = Calendar("DE", "SN", "Europe/Berlin")
    assert days("2024-08-15", "2024-08-15", saxony)["kind"].item() == 0


def test_bridge_day_after_ascension() -> None:
    table = days("2024-05-08", "2024-05-12")
    assert table["holiday"].tolist() == [False, True, False, False, False]
    assert table["bridge"].tolist() == [False, False, True, False, False]
    assert table["run"].tolist() == [4, 4, 4, 4, 4]
    assert table["since"].tolist()[1:] == [0, 1, 2, 3]
    assert table["until"].iloc[0] == 1


@pytest.mark.parametrize(
    ("year", "first"), [(2023, "2023-11-27"), (2024, "2024-11-25"), (2022, "2022-11-21")]
)
def test_advent_begins_on_the_monday_before_the_first_sunday(year: int, first: str) -> None:
    table = days(f"{year}-11-01", f"{year}-12-31")
    season = table.index[table["advent"] > 0]
    assert season[0] == pd.Timestamp(first)
    assert season[-1] == pd.Timestamp(f"{year}-12-23")


def test_christmas_is_counted_down_over_the_turn_of_the_year() -> None:
    table = days("2024-12-23", "2025-01-02")
    assert table["christmas"].tolist() == [2, 1, 0, -1, -2, -3, -4, -5, -6, 99, 99]


def test_default_is_the_zone_of_the_data_else_the_city() -> None:
    frame = street(2)
    assert calendar_of(frame) == BAVARIA
    frame.attrs["report"] = Report("a.csv", "Stadt Leeds", "Europe/London", 1, 1)
    assert calendar_of(frame) == Calendar("GB", "ENG", "Europe/London")
    assert calendar_of(frame, "GB/SCT").state == "SCT"
    assert calendar_of(street(2), "AU/VIC").timezone == "Australia/Melbourne"
