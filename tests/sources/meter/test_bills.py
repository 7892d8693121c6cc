import pytest

from stadtlabor.sources import SourceError
from stadtlabor.sources.meter import Question

GAS = "Von;Bis;Verbrauch [m³];Brennwert;Zustandszahl;Betrag [€]"


def test_gas_becomes_kwh_with_the_values_of_the_bill(read):
    reading = read(
        GAS, "01.01.2023;31.12.2023;12345;11,2;0,9512;9.345,67", name="schule.gas.csv"
    )  # fmt: skip
    row = reading.data.iloc[0]
    assert row["value"] == pytest.approx(12345 * 11.2 * 0.9512)
    assert (row["unit"], row["provenance"], row["cost_eur"]) == ("kWh", "derived", 9345.67)
    assert (row["end"] - row["start"]).days == 365


def test_gas_without_heat_value_stays_in_cubic_metres(read):
    reading = read("Von;Bis;Verbrauch [m³]", "01.01.2023;31.12.2023;12345", name="schule.gas.csv")
    assert reading.data["unit"].tolist() == ["m³"]


def test_contradicting_kwh_are_told(read):
    reading = read(
        "Von;Bis;Verbrauch [kWh];Menge [m³];Brennwert;Zustandszahl",
        "01.01.2023;31.12.2023;131520;12345;11,2;0,9512",
        "01.01.2024;31.12.2024;50000;11020;11,3;0,9512",
        name="schule.gas.csv",
    )
    assert [p.where[-40:] for p in reading.report.doubtful] == ["schule.gas.csv, Zeile 3"]
    assert "passen nicht zu m³ × Brennwert" in reading.report.doubtful[0].what


def test_overlapping_bills_do_not_count_and_gaps_are_told(read):
    reading = read(
        "Von;Bis;Verbrauch [kWh]", "01.01.2022;31.12.2022;1000", "01.01.2023;31.12.2023;1100",
        "01.12.2023;31.12.2023;90", "01.03.2024;31.12.2024;900",
    )  # fmt: skip
    assert reading.data["value"].tolist() == [1000, 900]
    assert len(reading.report.rejected) == 2
    assert "überschneidet sich" in reading.report.rejected[0].what
    assert "Von 01.01.2023 bis 01.03.2024 fehlen Werte" in str(reading.report)


def test_borders_that_name_the_same_day_do_not_overlap(read):
    reading = read(
        "Von;Bis;Verbrauch [kWh]", "01.01.2022;01.01.2023;1000", "01.01.2023;01.01.2024;9"
    )
    assert reading.data["end"].iloc[0] == reading.data["start"].iloc[1]
    assert not reading.report.rejected


@pytest.mark.parametrize(
    "month", ["März 2025", "Mrz. 25", "03/2025", "2025-03", "01.03.2025", "Maerz 2025"]
)
def test_months(read, month):
    reading = read("Monat;Strom [kWh]", f"{month};1234,5")
    assert reading.data["start"].iloc[0].isoformat() == "2025-02-28T23:00:00+00:00"
    assert reading.data["end"].iloc[0].isoformat() == "2025-03-31T22:00:00+00:00"


def test_sum_of_the_file_is_compared(read):
    good = read("Jahr;Wasser [m³]", "2022;520", "2023;480", "Summe;1000", name="schule.csv")
    assert good.data["value"].sum() == 1000
    assert not good.report.doubtful
    bad = read("Jahr;Wasser [m³]", "2022;520", "2023;480", "Summe;1111", name="schule.csv")
    assert "Die Summe der Datei ist 1.111" in bad.report.doubtful[0].what


def test_thousands_or_fraction_is_asked(read):
    lines = ("Von;Bis;Verbrauch [kWh]", "01.01.2022;31.12.2022;12.345")
    with pytest.raises(Question, match=r"„12\.345“ das Komma oder der Punkt") as asked:
        read(*lines)
    assert [o.tag for o in asked.value.options] == ["dezimal-komma", "dezimal-punkt"]
    assert read(*lines, name="s.electricity.dezimal-komma.csv").data["value"].iloc[0] == 12345
    # Another column shows the sign.
    reading = read(f"{lines[0]};Betrag [€]", f"{lines[1]};3.600,50")
    assert reading.data["value"].iloc[0] == 12345


def test_cubic_metres_of_what_is_asked(read):
    with pytest.raises(Question, match="Gas oder Wasser"):
        read("Von;Bis;Menge [m³]", "01.01.2022;31.12.2022;123", name="haus.csv")


def test_period_that_ends_before_it_begins(read):
    with pytest.raises(SourceError, match=r"Zeile 2.*endet vor seinem Anfang.*Bitte"):
        read("Von;Bis;Verbrauch [kWh]", "31.12.2022;01.01.2022;123")


def test_two_bills_of_one_and_the_same_day_do_not_count(read):
    years = [f"01.01.{year};31.12.{year};1000" for year in range(2018, 2025)]
    one_day = ["05.03.2025;05.03.2025;970", "05.03.2025;05.03.2025;1720"]
    reading = read("Von;Bis;Verbrauch [kWh]", *years, *one_day)
    assert reading.data["value"].tolist() == [1000] * 7
    assert "überschneidet sich" in reading.report.rejected[0].what


def test_a_year_with_hardly_any_consumption_is_told(read):
    years = [f"01.01.{year};31.12.{year};9{year}" for year in range(2020, 2024)]
    reading = read("Von;Bis;Verbrauch [kWh]", *years, "01.01.2024;31.12.2024;5", "")
    (doubt,) = (p for p in reading.report.doubtful if "Zeile 6" in p.where)
    assert "auffällig niedrig" in doubt.what


def test_last_number_of_a_file_that_was_cut_off_is_doubted(read):
    lines = [
        "Von;Bis;Verbrauch [m³];Brennwert [kWh/m³];Zustandszahl",
        "01.01.2018;31.12.2018;14871;11,412;0,9319",
        "01.01.2019;31.12.2019;15214;11,596;0,9",
    ]

    def cut_off(*rows):
        doubts = read(*rows, name="schule.gas.rechnungen.csv").report.doubtful
        return [p.where for p in doubts if "ohne Zeilenende" in p.what]

    assert not cut_off(*lines, "")
    (where,) = cut_off(*lines)
    assert "Zeile 3" in where
