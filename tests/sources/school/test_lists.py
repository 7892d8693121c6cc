import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtlabor.sources import SourceError, school
from stadtlabor.sources.ledger import lines_of


def waste(*lines):
    return school.waste("\n".join(lines).encode(), name="abfall.csv")


def purchases(*lines):
    return school.purchases("\n".join(lines).encode(), name="einkauf.csv")


def travel(*lines):
    return school.travel("\n".join(lines).encode(), name="schulweg.csv")


def test_waste_by_weight_with_sum():
    listing = waste(
        "Datum;Abfallart;kg", "02.11.2026;Restmüll;41,5", "02.11.2026;Papier;12,0",
        "09.11.2026;Papier;x", ";Summe;60,0",
    )  # fmt: skip
    assert listing.data["mass_kg"].tolist() == [41.5, 12.0]
    assert "Zeile 4, Spalte „kg“" in listing.report.rejected[0].where
    assert "Die Summe der Datei ist 60,0" in listing.report.doubtful[0].what


def test_waste_by_bins():
    listing = waste(
        "Datum;Fraktion;Anzahl;Liter;Füllgrad [%]", "02.11.2026;Bio;2;120;50",
        "02.11.2026;Quatsch;2;120;50", "02.11.2026;Bio;2;120;500",
    )  # fmt: skip
    assert listing.data["volume_l"].tolist() == [120]
    assert listing.data["mass_kg"].isna().all()
    assert ["Quatsch" in str(p) or "500 %" in str(p) for p in listing.report.rejected] == [True] * 2


def test_waste_with_a_column_per_fraction():
    listing = waste("Woche;Restmüll [kg];Papier [kg]", "02.11.2026;41,5;22,0", "09.11.2026;40,0;")
    assert {t.name: t.value for t in listing.report.sums} == {"Restmüll": 81.5, "Papier": 22}
    assert "Restmüll: 81,5 kg" in str(listing.report)


def test_purchases():
    listing = purchases(
        "Artikel;Menge;Einheit;Jahr;kg;Recycling", "Kopierpapier;200;Ries;2025;500;ja",
        "Laptop;12;Stück;2024;;nein", "Holz;300;g;2025;;", "Toner;;Stück;2025;;",
        "Minze;1;Kanister;2025;;vielleicht",
    )  # fmt: skip
    data = listing.data
    assert data["item"].tolist() == ["Kopierpapier", "Laptop", "Holz", "Minze"]
    assert data["unit"].tolist() == ["ream", "piece", "kg", "Kanister"]
    assert data["mass_kg"].fillna(-1).tolist() == [500, -1, 0.3, -1]
    assert data["recycled"].tolist()[:2] == [True, False]
    assert data["recycled"].isna().tolist() == [False, False, True, True]
    assert "Die Menge zu „Toner“ fehlt" in listing.report.rejected[0].what


def test_travel_with_legs():
    listing = travel(
        "Verkehrsmittel;km;Personen im Auto;Verkehrsmittel 2;km 2;Tage pro Woche;Jahreszeit",
        "Bus;8,5;;zu Fuß;0,4;5;Sommer", "Auto;3,0;2;;;5;Winter", "Rakete;3,0;;Bus;1,0;5;Winter",
        "Rad;3,0;;;;9;Winter",
    )  # fmt: skip
    assert listing.data["mode"].tolist() == ["bus", "foot", "car"]
    assert listing.data["answer"].tolist() == [1, 1, 2]
    assert listing.data["persons"].iloc[2] == 2
    # The whole answer is out, and what was written is not repeated.
    assert [p.where for p in listing.report.rejected] == [
        "schulweg.csv, Zeile 4",
        "schulweg.csv, Zeile 5",
    ]
    assert "Rakete" not in str(listing.report)


@pytest.mark.parametrize(
    "column",
    ["Name", "Vorname", "E-Mail", "Klasse", "Dein Name", "Name des Kindes", "Klassenliste"],
)
def test_columns_that_name_people_are_refused(column):
    with pytest.raises(SourceError, match=f"Die Spalte „{column}“.*wird nicht gelesen.*Bitte"):
        travel(f"{column};Verkehrsmittel;km", "Anna;Bus;3")


def test_address_in_any_cell_is_refused():
    with pytest.raises(SourceError, match="Zeile 2: Hier steht eine E-Mail-Adresse") as refused:
        travel("Verkehrsmittel;km;Sonst", "Bus;3;anna@example.org")
    assert "anna" not in str(refused.value)


@pytest.mark.parametrize("call", [waste, purchases, travel])
@pytest.mark.parametrize("lines", [("Eins;Zwei", "1;2"), ("",), ("Datum;Menge",)])
def test_unknown_lists_end_in_a_sentence(call, lines):
    with pytest.raises(SourceError, match=r"^\w+\.csv.*Bitte"):
        call(*lines)


CELL = st.sampled_from(
    [
        "",
        "1",
        "1,5",
        "1.234",
        "-3",
        "x",
        "NaN",
        "Bus",
        "Restmüll",
        "02.11.2026",
        "ja",
        "2025",
        "Summe",
    ]
)
HEADERS = {
    waste: "Datum;Fraktion;kg;Anzahl;Liter;Füllgrad",
    purchases: "Artikel;Menge;Einheit;Jahr;kg;Recycling",
    travel: "Verkehrsmittel;km;Minuten;Personen im Auto;Tage pro Woche;Jahreszeit",
}


@given(st.sampled_from(list(HEADERS)), st.lists(st.lists(CELL, min_size=4, max_size=7), max_size=8))
@settings(max_examples=150)
def test_every_row_is_kept_or_told_or_all_is_refused(call, rows):
    try:
        listing = call(HEADERS[call], *(";".join(row) for row in rows))
    except SourceError as error:
        sentence = str(error)
    else:
        sentence = "abfall.csv: Bitte"
        told = lines_of([*listing.report.rejected, *listing.report.repaired])
        filled = {n for n, row in enumerate(rows, start=2) if "".join(row)}
        assert set(listing.data["line"]) | told == filled
    assert "Bitte" in sentence
