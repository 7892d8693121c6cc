"""Lists come in as they are: every row is a unit or has a named reason."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innenstadt.vacancy.lists import TRUTH, VARIANTS, rendered
from innenstadt.vacancy.stock import CITIZEN, EDITOR, NOW
from stadtlabor.innenstadt.vacancy import (
    ImportReport,
    Owners,
    Register,
    RightsError,
    Stated,
    UnknownUnitError,
    import_table,
    take,
)
from stadtlabor.innenstadt.vacancy.address import address_key, split_address
from stadtlabor.innenstadt.vacancy.header import columns
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import lines_of
from stadtlabor.sources.question import Question


def accounted(report: ImportReport) -> bool:
    """Tell whether each row is an entry or refused with its line."""
    return len(report.entries) + len(lines_of(report.rejected)) == report.rows


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v["name"])
def test_twelve_german_headers_say_the_same(variant):
    report = import_table(rendered(variant), name=variant["name"])
    truth = [t for t in TRUTH if t.vacant or not variant.get("only_vacant")]
    assert not report.rejected
    assert len(report.entries) == len(truth)
    kinds = {kind for _, kind in variant["columns"]}
    for entry, true in zip(report.entries, truth, strict=True):
        facts = entry.facts
        assert address_key(facts["street"], facts["house_number"]) == address_key(
            true.street, true.number
        )
        assert entry.vacant == true.vacant
        assert facts["area_m2"] == pytest.approx(true.area)
        assert facts["lat"] == pytest.approx(true.lat, abs=1e-6)
        assert facts["lon"] == pytest.approx(true.lon, abs=1e-6)
        if kinds & {"rent", "rent_total"}:
            assert facts["rent_eur_m2"] == pytest.approx(true.rent, abs=0.01)
        if kinds & {"floor", "address_floor"}:
            assert facts["floor"] == true.floor
        if "since" in kinds and true.vacant:
            assert f"{entry.vacant_since:%d.%m.%Y}" == true.since
        if "former" in kinds or ("use" in kinds and not true.vacant):
            assert facts["former_use"] == true.former
    told = " ".join(str(e.facts) for e in report.entries)
    for secret in ("Beispiel", "1234567", "example.org"):
        assert secret not in told
    assert bool(report.private) == bool(kinds & {"owner", "phone", "mail"})


def test_new_york_comes_in_whole(shared_data):
    report = import_table(shared_data / "innenstadt" / "nyc_storefronts_district43.csv.gz")
    assert (report.rows, len(report.entries), report.vacant) == (1105, 1105, 88)
    assert accounted(report)
    assert all("lat" in e.facts and e.facts["street"] for e in report.entries)
    assert any("außerhalb von Kempten" in p.what for p in report.problems)


CAMBRIDGE = """Address,Neighborhood,Storefront Size,Vacancy Class,Storefront Status,Former Tenant,Leasing Activity,Property Owner / Manager,Leasing Contact,Phone,Latitude,Longitude
1 Brattle Square,Harvard,"1,500 sq ft",Long term,Vacant,Shoes,Listed,Doe Realty Trust,Jane Doe,617-555-0100,42.3731,-71.1209
12 JFK St,Harvard,800 sq ft,New,Vacant,Café,None,Roe LLC,John Roe,617-555-0101,42.3722,-71.1197
57 JFK St,Harvard,,New,Leased,Bank,None,,,,42.3717,-71.1203
,Harvard,900 sq ft,New,Vacant,Bank,None,,,,42.3717,-71.1203
9 Church St,Harvard,0,New,Vacant,Books,None,,,,,
"""  # noqa: E501 – a real list's header


def test_a_list_like_that_of_cambridge():
    with pytest.raises(Question, match="Leased") as asked:
        import_table((CAMBRIDGE + "60 JFK St,,,,Leased,,,,,,,\n").encode(), name="cambridge.csv")
    words = Stated().answered(asked.value.options[1])
    report = import_table(CAMBRIDGE.encode(), words, name="cambridge.csv")
    assert accounted(report)
    assert [e.facts["house_number"] for e in report.entries] == ["1", "12", "57", "9"]
    assert report.entries[0].facts["area_m2"] == pytest.approx(139.4, abs=0.05)
    assert [e.vacant for e in report.entries] == [True, True, False, True]
    (problem,) = report.rejected
    assert "Zeile 5" in problem.where
    assert "Straße fehlt" in problem.what
    assert set(report.private) == {2, 3}
    assert "Roe" not in str([e.facts for e in report.entries])


def asks(text: str, name: str = "liste.csv") -> Question:
    with pytest.raises(Question) as asked:
        import_table(text.encode(), name=name)
    return asked.value


def test_what_nobody_can_tell_is_asked():
    plain = "Straße;Hausnummer;Fläche\nFischerstraße;1;80\nFischerstraße;2;90\n"
    question = asks(plain)
    assert "Stehen alle Einheiten dieser Liste leer?" in str(question)
    answered = import_table(plain.encode(), Stated().answered(question.options[0]), "liste.csv")
    assert answered.vacant == 2
    # The file name may answer, too.
    assert import_table(plain.encode(), name="liste.alle-belegt.csv").vacant == 0

    running = "Straße;Nr.;Leerstand\nFischerstraße;1;ja\nSalzstraße;2;ja\nSutt;3;nein\n"
    assert "Hausnummer oder eine laufende Nummer" in str(asks(running))
    assert (
        "house_number"
        not in import_table(running.encode(), name="liste.nr-laufend.csv").entries[0].facts
    )

    rent = "Adresse;Status;Miete\nFischerstraße 1;leer;800\nSalzstraße 3;leer;900\n"
    assert "für den Monat oder je m²" in str(asks(rent))
    assert import_table(rent.encode(), name="liste.miete-m2.csv").entries[0].facts[
        "rent_eur_m2"
    ] == 800  # fmt: skip

    word = "Adresse;Status\n" + "Fischerstraße 1;gesperrt\n" * 3
    assert "Heißt „gesperrt“, dass eine Einheit leer steht?" in str(asks(word))

    area = "Adresse;Status;Fläche\nFischerstraße 1;leer;12.340\nSalzstraße 3;leer;15.500\n"
    assert "Dezimalzeichen" in str(asks(area))
    # 1.2 m² is no shop: where one reading is impossible nobody is asked.
    small = import_table(area.replace("12.3", "1.2").replace("15.", "1.").encode(), name="l.csv")
    assert [e.facts["area_m2"] for e in small.entries] == [1240, 1500]


def test_bad_cells_stay_empty_and_are_told():
    text = (
        "Adresse;Status;Fläche;WC;Leer seit;Bemerkung;Lat;Lon\n"
        "Fischerstraße 1;leer;80-120;ja;31.02.2025;Herr Huber hat den Schlüssel;47.72;10.31\n"
        "Salzstraße 3;leer;84,5;vielleicht;01.03.2099;Tel. 0831 55555;nirgends;10.31\n"
        "Salzstraße 5;???;84,5;ja;;gut;47,73;10,32\n"
        ";leer;1;ja;;;;\n"
    )
    report = import_table(text.encode(), name="liste.csv")
    assert accounted(report)
    assert len(report.entries) == 2
    told = "\n".join(str(p) for p in report.problems)
    for part in ("„80-120“", "„31.02.2025“ ist kein gültiges Datum", "liegt in der Zukunft",
                 "„vielleicht“ ist weder ja noch nein", "„nirgends“ ist keine Position",
                 "vielleicht den Namen einer Person", "eine Telefonnummer",
                 "Die Straße fehlt", "Der Stand"):  # fmt: skip
        assert part in told, part
    assert "Huber" not in str(report.entries)
    assert all("Zeile" in p.where or "Einheiten" in p.what for p in report.problems)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Keine Kopfzeile|leer"),
        (b"Farbe;Form\nrot;rund\n", "Keine Kopfzeile|Anschrift"),
        (b"Fl\xc3\xa4che;Status\n80;leer\n", "Keine Spalte für die Anschrift"),
        (b"PK\x03\x04kaputt", "nicht lesbar"),
    ],
)
def test_what_is_no_list_is_told(body, said):
    with pytest.raises(SourceError, match=said):
        import_table(body, name="liste.csv")


def test_names_of_columns_are_not_ambiguous():
    names = [n for group in ("columns", "private") for some in columns()[group].values()
             for n in some]  # fmt: skip
    assert sorted(names) == sorted(set(names))
    assert all(n == n.lower() for n in names)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Bahnhofstr. 12", ("Bahnhofstr.", "12", "")),
        ("Straße des 17. Juni 5", ("Straße des 17. Juni", "5", "")),
        ("An der Sutt 8 b (1. OG links)", ("An der Sutt", "8 b", "1. OG links")),
        ("Gerberstraße 22-24, 87435 Kempten (Allgäu)", ("Gerberstraße", "22-24", "")),
        ("Rathausplatz", ("Rathausplatz", "", "")),
        ("5612A 8 AVENUE", ("8 AVENUE", "5612A", "")),
    ],
)
def test_addresses_are_split(text, parts):
    assert split_address(text) == parts


def test_a_house_number_that_excel_took_for_a_day_is_told():
    text = "Straße;Hausnummer;Status\nSutt;2026-05-03 00:00:00;leer\nSutt;4;belegt\n"
    report = import_table(text.encode(), name="liste.csv")
    assert "house_number" not in report.entries[0].facts
    assert any("das Datum 2026-05-03 gemacht" in p.what for p in report.problems)
    assert any(p.where.startswith("liste.csv, Zeile 2") for p in report.problems)


def test_sums_and_headings_are_no_units():
    text = (
        "Straße;Hausnummer;Fläche\nFischerstraße;;\nFischerstraße;1;80\nSummen folgen;;\n"
        "Sutt;3;90\nSumme:;;170\n"
    )
    report = import_table(text.encode(), name="leerstand.csv")
    assert [e.facts.get("house_number") for e in report.entries] == ["1", "3"]
    assert [p.what.split("(")[0].strip() for p in report.rejected] == [
        "Die Zeile hat nur eine Angabe", "Die Zeile hat nur eine Angabe",
        "Die Zeile „Summe:“ ist eine Summe, keine Einheit",
    ]  # fmt: skip
    assert accounted(report)


CELLS = ["", " ", "-", "k. A.", "1.234,5", "1e9", "-3", "NaN", "=1+1", "31.02.2025", "ja",
         "x" * 3000, "Herr Huber 0831 123456", "47.7", "POINT (1 2)", "leer", "belegt", "\u00a0",
         "½"]  # fmt: skip


@settings(max_examples=60)
@given(st.sampled_from([v for v in VARIANTS if v["name"].endswith(".csv")]), st.data())
def test_no_damage_loses_a_row(variant, data):
    text = rendered(variant).decode(variant.get("encoding", "utf-8"))
    rows = [line.split(variant["delimiter"]) for line in text.split("\r\n")]
    for _ in range(data.draw(st.integers(1, 6))):
        row = rows[data.draw(st.integers(1, len(rows) - 1))]
        cell = data.draw(st.sampled_from(CELLS) | st.text(max_size=12))
        place = data.draw(st.integers(0, len(row) - 1))
        row[place] = re.sub(r'[\r\n"\x00]', " ", cell).replace(variant["delimiter"], " ")
    broken = "\r\n".join(variant["delimiter"].join(row) for row in rows).encode()
    try:
        report = import_table(broken, name=variant["name"])
    except SourceError as error:  # a question is one, too
        assert str(error).rstrip().endswith((".", "?"))  # noqa: PT017 – either way is right
        return
    filled = sum(any(c.strip(" \t\xa0") for c in row) for row in rows[1:])
    assert len(report.entries) + len(lines_of(report.rejected)) == filled == report.rows
    assert "Huber" not in str(report.entries)


LIST = (
    "Adresse;Status;Fläche;Leer seit;Eigentümer\n"
    "Fischerstraße 1;leer;80;01.03.2025;Anna Beispiel\n"
    "Fischerstr. 3;belegt;90;;\nSalzstraße 5;belegt;60;;\n"
)


def test_an_import_is_one_operation_and_can_be_taken_back(register, tmp_path):
    report = import_table(LIST.encode(), name="liste.csv")
    taken = take(register, report, EDITOR, "Liste vom Oktober", checked_at=NOW)
    assert (len(taken.made), len(taken.changed)) == (3, 0)
    states = [register.unit(u).state for u in taken.made.values()]
    assert states == ["checked", "occupied", "occupied"]
    owners = Owners(tmp_path / "owners")
    for line, facts in report.private.items():
        owners.put(taken.units[line], facts, EDITOR, "aus der Liste")
    assert owners.read(taken.units[2], EDITOR, "Anruf")["name"] == "Anna Beispiel"

    # The next list: one let, one new vacancy, one as before; other spellings of the address.
    later = LIST.replace("leer;80;01.03.2025", "belegt;80;").replace("belegt;90", "leer;95")
    later = later.replace("Fischerstraße 1", "Fischer-Str. 1")
    second = take(register, import_table(later.encode(), name="l.csv"), EDITOR, "November")
    assert (len(second.made), len(second.changed), len(second.same)) == (0, 2, 1)
    first, third = taken.made[2], taken.made[3]
    assert register.unit(first).state == "occupied"
    assert register.unit(third).state == "reported"
    facts = register.unit(third).facts
    assert facts is not None
    assert facts.area_m2 == 95

    register.act(third, "check", EDITOR)
    done, kept = register.undo(second.operation, EDITOR, "falscher Monat")
    assert (done, kept) == ([first], [third])
    assert register.unit(first).state == "checked"
    done, kept = register.undo(taken.operation, EDITOR, "falsche Stadt")
    assert third in kept
    with pytest.raises(UnknownUnitError, match="Vorgang"):
        register.undo("nie", EDITOR, "x")
    assert register.rebuild() == 0


def test_an_import_fails_as_a_whole(register):
    report = import_table(LIST.encode(), name="liste.csv")
    with pytest.raises(RightsError):
        take(register, report, CITIZEN)  # may report, may not enrol
    assert register.units() == {}


def test_postgresql_takes_a_list_as_well(postgres):
    register = Register(Path("unused"), url=postgres)
    taken = take(register, import_table(LIST.encode(), name="liste.csv"), EDITOR)
    assert register.unit(taken.made[2]).state == "reported"
    again = take(register, import_table(LIST.encode(), name="liste.csv"), EDITOR)
    assert (len(again.made), len(again.same)) == (0, 3)
    assert register.undo(taken.operation, EDITOR, "falsch")[1] == []


def test_since_counts_from_the_list(register):
    from stadtlabor.innenstadt.vacancy import clock_of

    taken = take(register, import_table(LIST.encode(), name="liste.csv"), EDITOR)
    told = clock_of(register.history(taken.made[2]), datetime(2026, 11, 25, tzinfo=UTC).date())
    assert f"{told.since:%d.%m.%Y}" == "01.03.2025"
    assert told.met


def test_the_german_word_for_a_state_heads_a_column_of_states():
    list_ = "Straße;Hausnummer;Stand\nWeg;1;leer\nWeg;2;belegt\n"
    report = import_table(list_.encode(), name="leerstand.csv")
    assert [entry.vacant for entry in report.entries] == [True, False]
    # A column of that name may hold days as well; then no row passes for vacant.
    days = import_table(b"Stra\xc3\x9fe;Hausnummer;Stand\nWeg;1;01.11.2026\n", name="leerstand.csv")
    assert days.entries == []
    assert "nicht bekannt" in days.rejected[0].what
