"""What spreadsheets and exports do to files."""

import io
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from stadtlabor.sources import SourceError, meter
from stadtlabor.sources.meter import Form, Question
from stadtlabor.sources.meter.numbers import numbers

HEAD = "Datum;Zeit von (Ortszeit);Zeit bis;Verbrauch [kWh];Status"
ROWS = [
    f"05.01.2026;{h:02d}:00;{'24:00' if h == 23 else f'{h + 1:02d}:00'};{10 + h * 7 % 24},5;W"
    for h in range(24)
]
TOTAL = sum(h + 10.5 for h in range(24))


def total(body, name="schule.electricity.csv", form=None):
    reading = meter.read_bytes(body, name, form)
    assert len(reading.data) == 24
    return reading.data["value"].sum()


def text(*extra, head=HEAD, rows=ROWS):
    return "\r\n".join([*extra, head, *rows, ""])


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(code):
    assert total(text("Zähler im Gebäude;;;;").encode(code)) == TOTAL


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("\r\n", "\n", 7).replace("\r\n", "\r", 5),
        lambda t: t.replace("\r\n", "\r\r\n"),
        lambda t: t.replace("\r\n", ";;\r\n"),
        lambda t: t + "\0" * 100,
        lambda t: t + "\r\n;;;;\r\n\r\n",
        lambda t: t.replace(HEAD, HEAD + "\r\n;;;kWh;"),
        lambda t: t.replace(ROWS[12], f"{ROWS[12]}\r\n{HEAD}"),
        lambda t: t + f"Summe;;;{TOTAL},0;\r\n".replace(".", ""),
        lambda t: t.replace(";W\r\n", ';"W"\r\n'),
        lambda t: t.replace("10,5;W", '10,5;"wahrer\nWert"', 1),
    ],
    ids=["ends", "cr", "delimiters", "nul", "blank", "units", "header", "sum", "quoted", "newline"],
)
def test_harmless_oddities(change):
    assert total(change(text()).encode()) == TOTAL


def test_stray_quotation_mark_swallows_nothing():
    reading = meter.read_bytes(text().replace(";13,5", ';"13,5').encode(), "schule.electricity.csv")
    assert reading.data["value"].sum() == TOTAL - 13.5
    assert "Zeile 23" in reading.report.rejected[0].where
    assert "Anführungszeichen" in reading.report.doubtful[0].what


def test_lost_character_is_told():
    body = text().replace("13,5", "1\0,5").encode()
    reading = meter.read_bytes(body, "schule.electricity.csv")
    assert reading.data["value"].sum() == TOTAL - 13.5
    assert "Zeile 23, Spalte „Verbrauch [kWh]“" in reading.report.rejected[0].where
    assert reading.report.gaps[0].missing == 1


def test_decimal_comma_between_commas_is_refused():
    body = text().replace(";", ",").encode()
    with pytest.raises(SourceError, match=r"Zeile 2.*mehr Felder als die Kopfzeile"):
        meter.read_bytes(body, "schule.electricity.csv")


def test_units_of_rows_count_each():
    rows = [
        f"2026-01-05 {h:02d}:00;{5 if h else 0.005};{'kWh' if h else 'MWh'}" for h in range(30 - 6)
    ]
    head = "Zeit (UTC);Wert;Einheit"
    reading = meter.read_bytes("\n".join([head, *rows]).encode(), "s.electricity.csv")
    assert reading.data["value"].tolist() == [5.0] * 24


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"%PDF-1.7 ...", "PDF-Datei"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "alten Format"),
        (b"<!DOCTYPE html><html>", "Internetseite"),
        (b"", "leer"),
    ],
)
def test_other_files_are_called_by_name(body, words):
    with pytest.raises(SourceError, match=f"^s.csv: .*{words}.*Bitte"):
        meter.read_bytes(body, "s.csv")


def book(*rows, more=()):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    for title, cells in more:
        made.create_sheet(title)
        for row in cells:
            made[title].append(row)
    body = io.BytesIO()
    made.save(body)
    return body.getvalue()


HOURS = [[datetime(2026, 1, 5, h), 10.5 + h * 7 % 24] for h in range(24)]  # noqa: DTZ001
TITLE = ["Zeit (Ortszeit)", "Verbrauch [kWh]"]


def test_workbook_with_preamble_texts_and_empty_rows():
    rows = [[a, str(b).replace(".", ",") if n == 3 else b] for n, (a, b) in enumerate(HOURS)]
    body = book(["Lastgang der Schule"], [], TITLE, *rows, [None, None], ["", ""])
    reading = meter.read_bytes(body, "s.electricity.xlsx")
    assert reading.data["value"].sum() == TOTAL
    assert "anders geschrieben" in reading.report.doubtful[0].what


def test_workbook_with_days_as_numbers():
    serial = [[46027 + h / 24, v] for h, (_, v) in enumerate(HOURS)]
    reading = meter.read_bytes(book(TITLE, *serial), "s.electricity.xlsx")
    assert reading.data["start"].iloc[0].isoformat() == "2026-01-04T23:00:00+00:00"
    assert reading.data["value"].sum() == TOTAL


def test_which_sheet_is_asked():
    body = book(TITLE, *HOURS, more=[("Turnhalle", [TITLE, *HOURS]), ("Notizen", [["nichts"]])])
    with pytest.raises(Question, match="Tabellenblatt") as asked:
        meter.read_bytes(body, "s.electricity.xlsx")
    assert [o.label for o in asked.value.options] == ["Sheet", "Turnhalle"]
    form = Form().answered(asked.value.options[1])
    assert total(body, "s.electricity.xlsx", form) == TOTAL
    assert total(body, "s.electricity.blatt-turnhalle.xlsx") == TOTAL


def test_formula_without_result_is_told():
    rows = [[a, "=B3+1" if n == 1 else b] for n, (a, b) in enumerate(HOURS)]
    reading = meter.read_bytes(book(TITLE, *rows), "s.electricity.xlsx")
    assert "„=B3+1“" in reading.report.rejected[0].what
    assert len(reading.data) == 23


@given(
    st.lists(st.floats(0, 1e6, allow_nan=False), min_size=4, max_size=30),
    st.integers(0, 3),
    st.sampled_from([",.", ".,"]),
    st.booleans(),
)
def test_numbers_survive_both_ways_of_writing(drawn, digits, signs, grouped):
    decimal, thousands = signs
    write = f"{{:{',' if grouped else ''}.{digits}f}}"
    cells = [write.format(x).translate(str.maketrans(".,", decimal + thousands)) for x in drawn]
    read = numbers(pd.Series(cells, dtype="str"), "x.csv", decimal)
    sure = ~np.isnan(read.values)
    truth = np.array([float(f"{x:.{digits}f}") for x in drawn])
    assert np.allclose(read.values[sure], truth[sure])
    assert all(read.why[~sure] == "kann tausend oder ein Bruchteil davon sein")


def hours(head, *lines):
    return "\n".join([head, *lines]).encode()


def test_damaged_unit_of_a_row_is_no_other_unit():
    rows = [f"2026-01-05 {h:02d}:00;5,5;{'+Wh' if h == 3 else 'kWh'}" for h in range(24)]
    reading = meter.read_bytes(hours("Zeit (UTC);Wert;Einheit", *rows), "s.electricity.csv")
    assert reading.data["value"].sum() == 23 * 5.5
    assert "unbekannte Einheit" in reading.report.rejected[0].what


@pytest.mark.parametrize("unit", ["m³", "kg"])
def test_electricity_has_no_volume(unit):
    with pytest.raises(SourceError, match=f"Strom in {unit} kann nicht sein"):
        meter.read_bytes(text(head=HEAD.replace("kWh", unit)).encode(), "s.electricity.csv")


def test_midnight_as_an_end_closes_its_day():
    rows = [
        f"0{d}.01.2026;{h % 24:02d}:00;{d},5" for d in (5, 6) for h in range(1, 25)
    ]  # fmt: skip
    reading = meter.read_bytes(
        hours("Datum;Zeit bis (Ortszeit);Wert [kWh]", *rows), "s.electricity.csv"
    )
    assert reading.data["start"].iloc[0].isoformat() == "2026-01-04T23:00:00+00:00"
    assert not reading.report.gaps
    by_day = reading.data.groupby(reading.data["start"].dt.tz_convert("Europe/Berlin").dt.day)
    assert by_day["value"].sum().tolist() == [24 * 5.5, 24 * 6.5]


def test_file_that_runs_backwards_keeps_the_doubled_hour():
    steps = pd.date_range("2025-10-26", periods=25, freq="h", tz="Europe/Berlin")
    rows = [f"{s:%d.%m.%Y %H:%M};{n * 7 % 24},5" for n, s in enumerate(steps)]
    forwards, backwards = (
        meter.read_bytes(hours("Zeit (Ortszeit);Wert [kWh]", *some), "s.electricity.csv").data
        for some in (rows, rows[::-1])
    )
    columns = ["start", "value"]
    pd.testing.assert_frame_equal(forwards[columns], backwards[columns])


def test_clock_of_two_meters_is_told_per_meter():
    # Each time is there twice, once per meter: that is no doubled hour.
    steps = pd.date_range("2025-10-25", periods=72, freq="h")
    rows = [f"{m};{s:%d.%m.%Y %H:%M};{n * 7 % 24},5" for m in "AB" for n, s in enumerate(steps)]
    reading = meter.read_bytes(hours("Zähler;Zeit;Wert [kWh]", *rows), "s.electricity.csv")
    assert reading.report.detected["Zeitzone"] == "MEZ ohne Sommerzeit"
    assert len(reading.data) == 144


def test_swapped_names_of_begin_and_end_are_refused():
    swapped = HEAD.replace("Zeit von (Ortszeit);Zeit bis", "Zeit bis;Zeit von (Ortszeit)")
    with pytest.raises(SourceError, match=r"Zeile 2.*passen nicht zusammen"):
        meter.read_bytes(text(head=swapped).encode(), "s.electricity.csv")


def test_mistyped_meter_is_told():
    rows = [f"{'M2' if h == 7 else 'M1'};05.01.2026 {h:02d}:00;5,5" for h in range(24)]
    reading = meter.read_bytes(
        hours("Zähler;Zeit (Ortszeit);Wert [kWh]", *rows), "s.electricity.csv"
    )
    assert "Zeile 9" in reading.report.doubtful[0].where
    assert "Der Zähler „M2“ kommt nur in dieser Zeile vor" in reading.report.doubtful[0].what
