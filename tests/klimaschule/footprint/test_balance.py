from dataclasses import replace
from datetime import date

import pytest

from stadtlabor.klimaschule.footprint import (
    InputError,
    Inputs,
    Item,
    OwnFactor,
    activities,
    factor_sets,
    factors,
    fields,
    footprint,
    read_inputs,
    selections,
)

FILE = """school = "Probeschule"
title = "2024"
start = 2024-01-01
end = 2024-12-31
pupils = 500

[[items]]
activity = "heat.oil"
amount = 20000
unit = "l"
source = "Rechnungen 2024"
kind = "billed"
"""


def inputs(*items, **more):
    return Inputs(
        school="Probe", title="2024", start=date(2024, 1, 1), end=date(2024, 12, 31),
        items=list(items), **more,
    )  # fmt: skip


def test_every_factor_fits_its_activity_and_names_its_source():
    for factor in factors().values():
        assert factor.unit == f"kg/{activities()[factor.activity].unit}", factor.id
        assert factor.id == f"{factor.set}/{factor.activity}/{factor.year}"
        assert len(factor.source) > 10, factor.id


def test_every_set_is_in_a_selection_and_groups_are_known():
    used = {name for chosen in selections().values() for name in chosen.sets}
    assert {f.set for f in factors().values()} - used == {"uba-notebook"}
    groups = {a.group for a in activities().values()}
    assert {g for field in fields().values() for g in field.needs} <= groups
    assert {a.field for a in activities().values()} <= set(fields())


def test_standard_uses_nothing_unverified():
    standard = selections()["standard"]
    for activity in activities():
        factor = standard.factor(activity, 2025)
        assert factor is None or factor.check != "unverified", factor


def test_total_is_the_sum_of_documented_products(tmp_path):
    path = tmp_path / "schule.toml"
    path.write_text(FILE)
    balance = footprint(read_inputs(path))
    assert balance.total_kg == pytest.approx(20_000 * 10.6 * 0.310)
    assert balance.lines.iloc[0]["factor_id"] == "geg/heat.oil/2020"
    assert balance.low_kg < balance.total_kg < balance.high_kg
    assert balance.per_person_kg == pytest.approx(balance.total_kg / 500)


def test_what_is_missing_is_named_and_never_zero():
    balance = footprint(inputs())
    assert balance.by_field["kg"].isna().all()
    said = "\n".join(balance.missing)
    for name in ("Wärme", "Strom", "Mobilität", "Ernährung", "Einkauf", "Abfall", "Wasser"):
        assert f"{name}: " in said
    assert "Hausmeister" in said


def test_an_amount_without_factor_is_named():
    waste = Item(activity="waste.residual", amount=9000, unit="kg", source="Wägung")
    balance = footprint(inputs(waste))
    assert balance.total_kg == 0
    assert any("9.000 kg ist kein Faktor" in said for said in balance.missing)
    own = OwnFactor(
        activity="waste.residual", value=0.4, year=2024, source="Auskunft des Zweckverbands"
    )
    assert footprint(inputs(waste, own_factors=[own])).total_kg == pytest.approx(3600)


def test_green_electricity_stands_beside_and_never_replaces_the_grid():
    power = Item(activity="electricity.grid", amount=1000, unit="kWh", source="Rechnung")
    green = OwnFactor(
        activity="electricity.grid", value=0.0, year=2024, source="Stromkennzeichnung", market=True
    )
    balance = footprint(inputs(power, own_factors=[green]))
    assert balance.total_kg == pytest.approx(363)
    assert balance.market_kg == 0
    assert footprint(inputs(power)).market_kg is None


def test_compensation_is_not_subtracted():
    power = Item(activity="electricity.grid", amount=1000, unit="kWh", source="Rechnung")
    balance = footprint(inputs(power, compensation_kg=300))
    assert balance.total_kg == pytest.approx(363)
    assert any("nicht abgezogen" in note for note in balance.notes)


def test_unverified_factors_are_said():
    bus = Item(activity="mobility.bus", amount=1000, unit="Pkm", source="Umfrage")
    balance = footprint(inputs(bus), "verkehr-2022")
    assert len(balance.unverified) == 1
    assert "nicht an der Quelle geprüft" in balance.notes[0]


def test_several_sets_stand_side_by_side():
    gas = Item(activity="heat.gas", amount=100_000, unit="kWh", source="Rechnung")
    sets = factor_sets(inputs(gas))
    assert sets.loc["standard", "kg"] == pytest.approx(24_000)
    assert sets.loc["behg", "kg"] == pytest.approx(18_139)
    assert "verkehr-2022" not in sets.index


def test_pandemic_years_are_no_measure():
    factor = selections()["standard"].factor("mobility.tram", 2024)
    assert factor is not None
    assert factor.year == 2019


def test_constant_factors_by_year():
    power = Item(activity="electricity.grid", amount=1000, unit="kWh", source="Rechnung")
    constant = replace(selections()["standard"], year=2022)
    assert footprint(inputs(power), constant).total_kg == pytest.approx(433)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'activity = "heat.oil"',
            'activity = "heat.oel"',
            "Die Tätigkeit „heat.oel“ gibt es nicht",
        ),
        ('unit = "l"', 'unit = "Fass"', "Heizöl wird in kWh angegeben, nicht in „Fass“"),
        ("amount = 20000", 'amount = "viel"', "Zeile 9: „items.1.amount“ muss eine Zahl sein"),
        ("amount = 20000", "amount = -5", "negativ"),
        ("pupils = 500", "schueler = 500", "Zeile 5: „schueler“ ist unbekannt"),
        ("end = 2024-12-31", "end = 2023-12-31", "Das Ende liegt vor dem Anfang"),
        ("end = 2024-12-31", "end = ", "Zeile 4"),
    ],
)
def test_faults_are_told_in_german_with_their_line(tmp_path, old, new, said):
    path = tmp_path / "schule.toml"
    path.write_text(FILE.replace(old, new))
    with pytest.raises(InputError) as error:
        read_inputs(path)
    assert said in str(error.value)
