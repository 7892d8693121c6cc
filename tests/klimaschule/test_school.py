from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from stadtlabor.city import city
from stadtlabor.klimaschule.school import SchoolError, open_school
from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.simulation.school import electricity
from stadtlabor.store import Store

SCHOOL = "beispiel-gymnasium"


@pytest.fixture
def measured(empty_home):
    """Two simulated days of the example school in the store, one value suspect."""
    school = next(s for s in city().schools if s.id == SCHOOL)
    steps, values = electricity(2026, school, date(2026, 11, 16), "Europe/Berlin")
    name = f"school-energy/{SCHOOL}/electricity"
    quality = np.full(len(steps), int(Quality.SIMULATED))
    quality[7] |= int(Quality.SUSPECT)
    frame = observations(
        name, steps, np.nan_to_num(values), quality, pd.Timestamp(datetime.now(UTC))
    )
    stream = Datastream(
        name, "Strom", "electricity", "kWh", 900, "Simulierte Stadt", "CC0", True, school.name
    )
    store = Store(empty_home / "store")
    store.write(Batch(frame, [stream]))
    store.close()


def test_a_school_is_read_with_its_size_prices_and_doubts(measured):
    school = open_school(SCHOOL)
    meter = school.meter("electricity")
    assert meter is not None
    assert len(meter.values) == 96
    assert meter.values.isna().sum() == 1
    assert str(meter.values.index.tz) == "Europe/Berlin"
    assert school.simulated
    assert school.pupils == 950
    assert school.prices is not None
    assert "Annahme" in school.prices.source
    assert school.temperature_c is None
    assert meter.power_kw.max() == pytest.approx(meter.values.max() * 4)
    assert list(school.day_types(pd.DatetimeIndex(["2026-11-18"]))) == ["school_holiday"]


def test_a_part_of_the_time(measured):
    noon = pd.Timestamp("2026-11-16 12:00", tz="Europe/Berlin")
    assert len(open_school(SCHOOL, start=noon).meters[0].values) == 48
    meter = open_school(SCHOOL).meters[0]
    assert len(meter.between(noon, noon + pd.Timedelta("1h")).values) == 4


def test_an_unknown_school_is_told(measured):
    with pytest.raises(SchoolError, match=f"Es gibt Werte von „{SCHOOL}“"):
        open_school("gibt-es-nicht")


def test_without_any_data(empty_home):
    with pytest.raises(SchoolError, match="zuerst eine Datei einlesen"):
        open_school(SCHOOL)
