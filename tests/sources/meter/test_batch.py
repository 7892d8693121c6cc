import gzip
import io
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from stadtlabor.observations import Quality
from stadtlabor.sources import DecodeError, Delivery, SourceError, decode, meter
from stadtlabor.sources.ledger import lines_of
from stadtlabor.sources.meter import Form

UK = Form("Europe/London", day_first=True, unit="kWh")
SCHOOL = "beispiel-gymnasium.electricity.2026.csv"


# --- real files -----------------------------------------------------------------------------------


@pytest.fixture
def feeds(shared_data):
    return shared_data / "klimaschule" / "energy-sparks-feed-fixtures"


def test_row_per_day(feeds):
    reading = meter.read(feeds / "amr_data_row-per-day_valid.csv", UK)
    assert len(reading.data) == 48
    assert reading.data["value"].sum() == pytest.approx(901.889218)
    assert reading.data["start"].iloc[0].isoformat() == "2018-11-12T00:00:00+00:00"
    assert not reading.report.rejected


def test_row_per_reading_with_ends(feeds):
    reading = meter.read(feeds / "amr_data_row-per-reading_valid.csv", UK)
    assert len(reading.data) == 48
    # The first reading "26 Aug 2019 00:30" ends at half past midnight, British Summer Time.
    assert reading.data["start"].iloc[0].isoformat() == "2019-08-25T23:00:00+00:00"
    assert "Ende der Messperiode" in reading.report.repaired[0].what


def test_many_meters_in_one_file(feeds):
    reading = meter.read(feeds / "amr_upload_data_files_banes-example-file.csv", UK)
    sums = reading.data.groupby("meter")["value"].sum()
    # The file states the day's total of each school.
    assert sorted(sums.round(3)) == pytest.approx([89.94, 162.183, 226.103, 259.503, 376.7])


def test_contradicting_days_are_both_refused(feeds):
    with pytest.raises(SourceError, match="verschiedene Tageszeilen"):
        meter.read(feeds / "amr_data_row-per-day_duplicate-rows.csv", UK)


def test_incomplete_day(feeds):
    with pytest.raises(SourceError, match=r"Zeile 2: Die Zeile hat 3 statt 51 Felder"):
        meter.read(feeds / "amr_data_row-per-day_incomplete-row.csv", UK)


def test_open_questions_are_asked(feeds):
    with pytest.raises(SourceError, match=r"Tag/Monat oder Monat/Tag.*datum-tmj"):
        meter.read(feeds / "amr_data_row-per-day_valid.csv")
    with pytest.raises(SourceError, match=r"Einheit.*einheit-kwh"):
        meter.read(feeds / "amr_data_row-per-day_valid.csv", Form(day_first=True))
    with pytest.raises(SourceError, match=r"Ortszeit, MEZ ohne Sommerzeit oder UTC\?.*zeit-utc"):
        meter.read(feeds / "amr_data_row-per-reading_valid.csv")


@pytest.mark.parametrize(("year", "kwh", "rows"), [(2019, 110_195, 8760), (2020, 77_640, 8784)])
def test_cambridge_is_recognised_as_utc(delivery, shared_data, year, kwh, rows):
    path = shared_data / "klimaschule" / "cambridge-estates" / f"b8_electricity_{year}.csv.gz"
    batch = decode(delivery("meter", path))
    assert len(batch.frame) == rows
    assert batch.frame["value"].sum() == pytest.approx(kwh, abs=0.5)
    assert batch.frame["time"].iloc[0].isoformat() == f"{year}-01-01T00:00:00+00:00"
    assert "gelesen als UTC" in batch.problems[0].what


# --- layouts and forms ----------------------------------------------------------------------------


def profile(day, unit="kWh", zone=" (Ortszeit)"):
    steps = pd.date_range(day, periods=2, freq="D", tz="Europe/Berlin")
    steps = pd.date_range(steps[0], steps[1], freq="15min", inclusive="left")
    lines = [f"{s:%d.%m.%Y %H:%M};{n},5" for n, s in enumerate(steps)]
    return "\r\n".join([f"Zeit von{zone};Verbrauch [{unit}]", *lines]), len(steps)


@pytest.mark.parametrize(("day", "count"), [("2026-03-29", 92), ("2026-10-25", 100)])
def test_german_profile_on_the_days_of_the_clock_change(delivery, day, count):
    text, steps = profile(day)
    batch = decode(delivery("meter", text, SCHOOL))
    assert steps == count
    assert len(batch.frame) == count
    assert not batch.problems
    gaps = batch.frame["time"].sort_values().diff().dropna().unique()
    assert gaps.tolist() == [pd.Timedelta(minutes=15)]


def test_kilowatts_become_kilowatt_hours_and_it_is_told(delivery):
    batch = decode(delivery("meter", profile("2026-01-12", "kW")[0], SCHOOL))
    assert batch.frame["value"].iloc[2] == pytest.approx(2.5 / 4)
    assert batch.datastreams[0].unit == "kWh"
    assert "in kWh (mal 0,25)" in batch.problems[0].what


def test_offset_in_the_file_needs_no_question(delivery):
    lines = [f"2026-07-01T{h:02d}:00:00+02:00,{h}.5" for h in range(24)]
    batch = decode(delivery("meter", "\n".join(["time,value kWh", *lines]), SCHOOL))
    assert batch.frame["time"].iloc[0].isoformat() == "2026-06-30T22:00:00+00:00"
    assert batch.datastreams[0].interval_s == 3600


def test_answer_in_the_file_name(delivery):
    lines = [f"2026-07-01 {h:02d}:00,{h}.5" for h in range(24)]
    text = "\n".join(["time,value", *lines])
    hours = {
        zone: decode(
            delivery("meter", text, f"beispiel-gymnasium.heat.einheit-kwh.zeit-{zone}.csv")
        ).frame["time"].iloc[0].hour
        for zone in ("utc", "mez", "ortszeit", "europe-london")
    }  # fmt: skip
    assert hours == {"utc": 0, "mez": 23, "ortszeit": 22, "europe-london": 23}


def days(header, *rows):
    return "\n".join([";".join(["Datum", *header]), *(";".join(map(str, r)) for r in rows)])


QUARTERS = [f"{n // 4:02d}:{n % 4 * 15:02d}" for n in range(96)]


def test_day_rows_with_fixed_columns_in_spring_and_autumn(delivery):
    values = [f"{n},0" for n in range(96)]
    spring = [*values[:8], *[""] * 4, *values[12:]]
    text = days(QUARTERS, ["28.03.2026", *values], ["29.03.2026", *spring])
    name = "beispiel-gymnasium.electricity.einheit-kwh.csv"
    batch = decode(delivery("meter", text, name))
    assert len(batch.frame) == 96 + 92
    assert not batch.problems
    assert batch.frame["time"].is_monotonic_increasing
    autumn = decode(delivery("meter", days(QUARTERS, ["25.10.2026", *values]), name))
    assert len(autumn.frame) == 96
    assert "doppelte Stunde" in autumn.problems[0].what


def test_day_rows_with_a_hundred_columns(delivery):
    header = [*QUARTERS, "24:00", "24:15", "24:30", "24:45"]
    values = [str(n) for n in range(100)]
    text = days(header, ["24.10.2026", *values[:96], *[""] * 4], ["25.10.2026", *values])
    name = "beispiel-gymnasium.electricity.einheit-kwh.csv"
    batch = decode(delivery("meter", text, name))
    assert len(batch.frame) == 196
    assert batch.frame["time"].diff().dropna().nunique() == 1


def test_xlsx_is_read_like_csv():
    book = Workbook()
    sheet = book.active
    sheet.append(["Zeit (UTC)", "Wärme [kWh]"])
    for hour in range(24):
        sheet.append([pd.Timestamp(2026, 1, 5, hour).to_pydatetime(), hour + 0.25])
    body = io.BytesIO()
    book.save(body)
    now = pd.Timestamp.now("UTC").to_pydatetime()
    name = "beispiel-gymnasium.heat.2026.xlsx"
    batch = decode(Delivery("meter", name, body.getvalue(), now))
    assert batch.frame["value"].tolist() == [h + 0.25 for h in range(24)]
    assert batch.frame["time"].iloc[0].isoformat() == "2026-01-05T00:00:00+00:00"


def test_simulated_and_estimated_values_are_marked(delivery):
    lines = [f"05.01.2026 {h:02d}:00;1.234,5;{'E' if h == 3 else 'W'}" for h in range(5)]
    text = "\n".join(["Zeit (Ortszeit);Verbrauch [kWh];Status", *lines])
    batch = decode(delivery("meter", text, "beispiel-gymnasium.heat.2026.simuliert.csv"))
    assert batch.frame["value"].tolist() == [1234.5] * 5
    simulated = int(Quality.SIMULATED)
    assert batch.frame["quality"].tolist() == [
        simulated | (int(Quality.FILLED) if h == 3 else 0) for h in range(5)
    ]
    assert batch.datastreams[0].simulated


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0\1\2",
        b"a",
        b"a;b\n",
        gzip.compress(b"x", mtime=0)[:-4],
        b"PK\x03\x04kaputt",
        b"\xff\xfea",
    ],
)
def test_broken_files_end_in_a_german_sentence(delivery, body):
    with pytest.raises(DecodeError, match=r"gym.*[.?]$"):
        decode(delivery("meter", body, "gym.electricity.csv"))


# --- no row vanishes ------------------------------------------------------------------------------

CELL = st.sampled_from(["1,5", "0", "12", "-3", "", "x", "1.234,5", "NaN", "inf", "1,5,5"])
CLOCK = st.sampled_from(["00:00", "00:15", "02:30", "23:45", "24:30", "quatsch", ""])
DAY = st.integers(0, 3).map(lambda n: f"{date(2026, 3, 27) + timedelta(days=n):%d.%m.%Y}")


@given(st.lists(st.tuples(DAY, CLOCK, CELL), max_size=25))
@settings(max_examples=60)
def test_every_row_is_kept_or_told(rows):
    # A sound day, so that there is something to read and an interval to see in every file.
    sound = [("01.02.2026", quarter, "1") for quarter in QUARTERS]
    lines = [f"{d} {c};{v}" for d, c, v in [*sound, *rows]]
    text = "\n".join(["Zeit von (Ortszeit);Verbrauch [kWh]", *lines])
    reading = meter.read_bytes(text.encode(), SCHOOL)
    told = lines_of([*reading.report.rejected, *reading.report.repaired])
    kept = set(reading.data["line"])
    assert kept | told == set(range(2, len(lines) + 2))
    assert not kept & told
    assert len(reading.data) == len(kept)
    assert not reading.data.duplicated(["meter", "medium", "start"]).any()
    assert (reading.data["value"] >= 0).all()


def test_absurd_values_reach_the_store_with_a_mark(delivery):
    lines = [f"05.01.2026 {h:02d}:00;{16777 if h == 5 else 12},5" for h in range(24)]
    text = "\n".join(["Zeit (Ortszeit);Verbrauch [kWh]", *lines])
    batch = decode(delivery("meter", text, SCHOOL))
    marked = batch.frame[batch.frame["quality"] & int(Quality.SUSPECT) > 0]
    assert marked["value"].tolist() == [16777.5]
    assert "Zeile 7" in batch.problems[0].where
