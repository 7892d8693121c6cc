import numpy as np
import pandas as pd
import pytest

from stadtlabor.simulation.metered_school import metered_school
from stadtlabor.simulation.school_faults import FAULTS, inject


def test_the_same_number_and_seed_give_the_same_school():
    one, two = metered_school(3, 1), metered_school(3, 1)
    assert one.tables.keys() == two.tables.keys()
    for medium in one.tables:
        np.testing.assert_array_equal(one.tables[medium], two.tables[medium])
    other = metered_school(3, 2)
    assert not np.array_equal(one.tables["heat"], other.tables["heat"], equal_nan=True)


def test_meters_follow_the_clock_and_the_magnitudes_are_those_of_schools():
    school = metered_school(5)
    power = school.series("electricity")
    assert str(power.index.tz) == "Europe/Berlin"
    assert power.index.is_unique
    assert power.index.is_monotonic_increasing
    years = len(school.days) / 365
    assert 3 < power.sum() / years / school.area_m2 < 30
    assert 15 < school.series("heat").sum() / years / school.area_m2 < 200
    assert set(school.series("waste").index.day_of_week) == {0}


@pytest.mark.parametrize("key", FAULTS)
def test_a_fault_changes_its_meter_in_its_time_and_no_other(key):
    clean, broken = metered_school(8), inject(metered_school(8), [key])
    if not broken.faults:
        assert FAULTS[key][0] not in clean.tables
        return
    (fault,) = broken.faults
    assert fault.key == key
    assert broken.days[broken.start] <= fault.start < fault.end
    for medium, table in clean.tables.items():
        same = (table == broken.tables[medium]) | (
            np.isnan(table) & np.isnan(broken.tables[medium])
        )
        changed = ~(same if table.ndim == 1 else same.all(axis=1))
        if medium == fault.medium:
            assert changed.any()
        elif medium != "feed_in":
            assert not changed.any()
    inside = (clean.days >= fault.start - pd.Timedelta(days=1)) & (clean.days <= fault.end)
    if key != "baseload_high":  # that school was always so
        table, other = clean.tables[fault.medium], broken.tables[fault.medium]
        same = np.isclose(table, other, atol=1.01, equal_nan=True)
        outside = ~(same if table.ndim == 1 else same.all(axis=1)) & ~inside
        assert outside.mean() < 0.02
