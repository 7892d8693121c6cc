"""From files to amounts: nothing twice, nothing silently scaled, nothing missing without a name."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pandas as pd
import pytest

from stadtlabor.klimaschule.dossier import read_zip
from stadtlabor.klimaschule.dossier.example import example_zip

HEAD = 'school = "Testschule"\nstart = 2025-01-01\nend = 2025-12-31\npupils = 100\nstaff = 10\n'
BILL = "Zählernummer;Abrechnungszeitraum von;Abrechnungszeitraum bis;{what}\n"


def dossier(files: dict[str, str], form: str | None = HEAD):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in (({"schule.toml": form} if form else {}) | files).items():
            archive.writestr(name, content)
    return read_zip(body.getvalue())


def item(made, activity):
    found = [i for i in made.inputs.items if i.activity == activity]
    assert len(found) == 1, [i.activity for i in made.inputs.items]
    return found[0]


def bill(what: str, *rows: str) -> str:
    return BILL.format(what=what) + "\n".join(rows) + "\n"


def profile(days: pd.DatetimeIndex) -> str:
    hours = pd.date_range(days[0], days[-1] + pd.Timedelta(hours=23), freq="h")
    lines = [f"{h:%d.%m.%Y %H:%M};{2 + h.hour / 10:.2f}".replace(".", ",") for h in hours]
    lines = [f"{line[:10].replace(',', '.')}{line[10:]}" for line in lines]
    return "Zeit von (UTC);Strom [kWh]\n" + "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def example():
    return read_zip(example_zip())


def test_every_amount_is_the_sum_of_its_rows(example):
    assert len(example.entries) == len(example.inputs.items) >= 15
    for entry in example.entries:
        assert entry.rows["counts"].sum() == pytest.approx(entry.item.amount, rel=1e-9)
        assert entry.item.source
        assert (entry.rows["file"] != "").any()


def test_the_example_holds_gaps_and_says_so(example):
    power = next(e for e in example.entries if e.item.activity == "electricity.grid")
    assert 0 < power.filled < 0.05
    assert (power.rows["origin"] == "filled").any()
    assert any("geschätzt" in note or "%" in note for note in power.notes)
    assert power.item.kind == "simulated"
    assert example.simulated


def test_the_example_is_the_same_each_time(example):
    example_zip.cache_clear()
    first = example_zip()
    example_zip.cache_clear()
    assert example_zip() == first


def test_degree_days_come_from_the_weather_in_the_zip(example):
    gas = item(example, "heat.gas")
    assert 2500 < gas.degree_days < 5500


def test_without_a_form_it_is_asked_for():
    made = dossier({"strom.csv": bill("Strom [kWh]", "S1;01.01.2025;31.12.2025;50000")}, form=None)
    assert made.inputs.school == "Schule ohne Namen"
    assert made.inputs.start == date(2025, 1, 1)
    assert any("schule.toml fehlt" in said for said in made.missing)
    assert any("Zeitraum fehlt" in said for said in made.missing)
    assert item(made, "electricity.grid").amount == pytest.approx(50000)


@pytest.mark.parametrize("key", ["pupils", "staff", "school"])
def test_each_missing_key_is_named(key):
    form = "\n".join(line for line in HEAD.splitlines() if not line.startswith(key))
    made = dossier({}, form=form)
    assert any(f"„{key}“" in said for said in made.missing)


def test_a_bill_across_the_border_is_shared_out_with_a_range():
    made = dossier({"strom.csv": bill(
        "Strom [kWh]", "S1;01.07.2024;30.06.2025;36500", "S1;01.07.2025;30.06.2026;36500"
    )})  # fmt: skip
    entry = made.entries[0]
    assert entry.item.amount == pytest.approx(36500, rel=1e-6)
    assert entry.item.uncertainty_pct > 20
    assert any("aufgeteilt nach Tagen" in note for note in entry.notes)


def test_heat_across_the_border_follows_the_winter():
    made = dossier({"gas.csv": bill("Gas [kWh]", "G1;01.12.2024;31.01.2025;33000",
                                    "G1;01.02.2025;31.12.2025;80000")})  # fmt: skip
    assert item(made, "heat.gas").amount == pytest.approx(80000 + 33000 * 170 / 330, rel=1e-3)


def test_few_missing_days_are_extrapolated_many_are_named():
    few = dossier({"strom.csv": bill("Strom [kWh]", "S1;01.01.2025;16.12.2025;35000")})
    assert item(few, "electricity.grid").amount == pytest.approx(36500)
    assert item(few, "electricity.grid").kind == "filled"
    assert any("15 Tage ohne Wert" in note for note in few.entries[0].notes)
    many = dossier({"strom.csv": bill("Strom [kWh]", "S1;01.01.2025;30.06.2025;18100")})
    assert item(many, "electricity.grid").amount == pytest.approx(18100)
    assert any("fehlen 184 von 365 Tagen" in said for said in many.missing)


def test_two_numbers_are_two_meters_and_bear_their_names():
    made = dossier({"strom.csv": bill(
        "Strom [kWh]", "S1;01.01.2025;31.12.2025;1000", "S2;01.01.2025;31.12.2025;2000"
    )})  # fmt: skip
    assert {(i.name, i.amount) for i in made.inputs.items} == {("S1", 1000.0), ("S2", 2000.0)}


def test_a_bill_and_a_profile_of_one_meter_count_once():
    days = pd.date_range("2025-01-01", "2025-12-31")
    stated = bill("Strom [kWh]", "S1;01.01.2025;31.12.2025;27594")
    files = {"lastgang.inhalt-verbrauch.csv": profile(days), "strom-rechnung.csv": stated}
    made = dossier(files)
    assert item(made, "electricity.grid").amount == pytest.approx(27594, rel=0.01)
    told = [str(p) for note in made.files for p in note.problems]
    assert any("zählt nicht noch einmal" in said for said in told)


def test_the_same_file_twice_counts_once():
    text = bill("Strom [kWh]", "S1;01.01.2025;31.12.2025;1000")
    made = dossier({"a.csv": text, "b.csv": text})
    assert item(made, "electricity.grid").amount == pytest.approx(1000)


def test_fuel_and_a_heat_meter_never_count_twice():
    files = {"gas.csv": bill("Gas [kWh]", "G1;01.01.2025;31.12.2025;100000"),
             "waerme.csv": bill("Wärme [kWh]", "W1;01.01.2025;31.12.2025;90000")}  # fmt: skip
    made = dossier(files)
    assert [i.activity for i in made.inputs.items] == ["heat.gas"]
    assert any("doppelt" in said for said in made.missing)
    both = dossier(files, form=HEAD + 'district_heat = "heat.district_waste"\n')
    assert {i.activity for i in both.inputs.items} == {"heat.gas", "heat.district_waste"}


def test_gas_in_cubic_metres_says_how_it_became_kilowatt_hours():
    files = {"gas.csv": bill("Gas [m³]", "G1;01.01.2025;31.12.2025;1000")}
    guessed = dossier(files)
    assert item(guessed, "heat.gas").amount == pytest.approx(10800)
    assert item(guessed, "heat.gas").uncertainty_pct > 8
    assert any("Brennwert" in note for note in guessed.entries[0].notes)
    stated = dossier(files, form=HEAD + "gas_kwh_per_m3 = 10.4\n")
    assert item(stated, "heat.gas").amount == pytest.approx(10400)


def test_solar_needs_both_meters():
    made = {"solar.csv": bill("Erzeugung Solar [kWh]", "P1;01.01.2025;31.12.2025;9000")}
    half = dossier(made)
    assert half.inputs.items == ()
    assert any("Einspeisung" in said for said in half.missing)
    made["einspeisung.csv"] = bill("Einspeisung [kWh]", "P2;01.01.2025;31.12.2025;4000")
    assert item(dossier(made), "electricity.solar").amount == pytest.approx(5000)


def test_a_survey_needs_the_number_of_persons():
    lines = ["Verkehrsmittel;km", *["Bus;4,5"] * 6]
    files = {"umfrage.csv": "\n".join(lines) + "\n"}
    without = dossier(files, form=HEAD.replace("pupils = 100\n", ""))
    assert without.inputs.items == ()
    assert any("hochrechnen" in said for said in without.missing)
    assert item(dossier(files), "mobility.bus").amount == pytest.approx(2 * 183 * 110 * 4.5)
    few = dossier({"umfrage.csv": "\n".join(lines[:4]) + "\n"})
    assert any("Erst ab 5 Antworten" in said for said in few.missing)


def test_what_the_form_states_is_not_counted_again():
    form = HEAD + (
        '[[items]]\nactivity = "electricity.grid"\namount = 5\nunit = "kWh"\nsource = "Rechnung"\n'
    )
    made = dossier({"s.csv": bill("Strom [kWh]", "S1;01.01.2025;31.12.2025;1000")}, form=form)
    assert item(made, "electricity.grid").amount == 5
    assert any("steht auch in schule.toml" in str(p) for n in made.files for p in n.problems)


def test_a_broken_form_is_told_with_its_line_and_the_rest_goes_on():
    files = {"s.csv": bill("Strom [kWh]", "S1;01.01.2025;31.12.2025;1000")}
    made = dossier(files, form="pupils = -3\n")
    told = [str(p) for note in made.files for p in note.problems]
    assert any(said.startswith("schule.toml, Zeile 1: „pupils“") for said in told)
    assert item(made, "electricity.grid").amount == pytest.approx(1000)
    assert any("schule.toml" in said for said in made.missing)


def test_purchases_without_factor_are_named_row_by_row():
    rows = ["Artikel;Menge;Einheit;Jahr;Recycling", "Kopierpapier;10;Ries;2025;ja",
            "Kreide;5;Packung;2025;", "Laptop;2;Stück;2019;"]  # fmt: skip
    made = dossier({"einkauf.csv": "\n".join(rows)})
    assert item(made, "purchasing.paper_recycled").amount == pytest.approx(24.9)
    told = [str(p) for note in made.files for p in note.problems]
    assert any("Zeile 3" in said and "Kreide" in said for said in told)
    assert any("Zeile 4" in said and "2019" in said for said in told)
