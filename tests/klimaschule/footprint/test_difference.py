from datetime import date
from random import Random

import pytest

from stadtlabor.klimaschule.footprint import (
    PARTS,
    Inputs,
    Item,
    activities,
    explain_difference,
    footprint,
    selections,
    story,
)


def parts(a, b):
    return dict(explain_difference(a, b).itertuples(index=False))


def tonnes(a, b):
    return {part: round(kg / 1000) for part, kg in parts(a, b).items() if round(kg / 1000)}


def test_the_hildegardis_story():
    """390 → 189 → 293 t: what is published is told apart, what is not is called the rest."""
    balances = [footprint(inputs) for inputs in story("hildegardis").balances]
    assert [round(b.total_kg / 1000) for b in balances] == [390, 189, 293]
    assert tonnes(balances[0], balances[1]) == {"activity": -49, "remainder": -152}
    assert tonnes(balances[1], balances[2]) == {"scope": 84, "remainder": 20}
    assert tonnes(balances[0], balances[2]) == {"scope": 84, "remainder": -181}


def school(**changes):
    given = {
        "school": "Probe",
        "title": "2024",
        "start": date(2024, 1, 1),
        "end": date(2024, 12, 31),
        "pupils": 800,
        "staff": 100,
        "floor_area_m2": 9000,
        "items": [],
    }
    return Inputs.model_validate(given | changes)


def heat(kwh, degree_days=3800.0, activity="heat.gas", share=0.8):
    return Item(
        activity=activity,
        amount=kwh,
        unit="kWh",
        source="Rechnung",
        kind="billed",
        heating_share=share,
        degree_days=degree_days,
    )


def test_a_mild_winter_is_no_merit():
    cold = footprint(school(items=[heat(500_000)]))
    mild = footprint(
        school(items=[heat(500_000 * (0.2 + 0.8 * 0.9), 3800 * 0.9, share=0.72 / 0.92)])
    )
    found = parts(cold, mild)
    assert found["weather"] == pytest.approx(mild.total_kg - cold.total_kg)
    assert found["activity"] == pytest.approx(0, abs=1e-6)


def test_a_cleaner_grid_is_no_merit():
    power = Item(activity="electricity.grid", amount=100_000, unit="kWh", source="Rechnung")
    before = footprint(school(start=date(2022, 1, 1), end=date(2022, 12, 31), items=[power]))
    after = footprint(school(items=[power]))
    assert parts(before, after)["factor_edition"] == pytest.approx(100_000 * (0.363 - 0.433))


def test_more_pupils_are_no_fault():
    way = Item(activity="mobility.car", amount=90_000, unit="km", source="Umfrage")
    more = Item(activity="mobility.car", amount=180_000, unit="km", source="Umfrage")
    found = parts(
        footprint(school(items=[way])), footprint(school(pupils=1700, staff=100, items=[more]))
    )
    assert found["occupancy"] == pytest.approx(90_000 * 0.2205)


def test_another_fuel_is_activity_a_new_field_is_scope():
    gas = school(items=[heat(500_000)])
    wood = school(
        items=[
            heat(500_000, activity="heat.pellets"),
            Item(activity="purchasing.laptop", amount=400, unit="Stück", source="Geräteliste"),
        ]
    )
    found = parts(footprint(gas), footprint(wood))
    assert found["activity"] == pytest.approx(500_000 * (0.020 - 0.240))
    assert found["scope"] == pytest.approx(400 * 250)


def test_a_field_that_was_really_zero_is_no_new_scope():
    none = school(counted=["devices"])
    some = school(
        items=[Item(activity="purchasing.laptop", amount=4, unit="Stück", source="Geräteliste")]
    )
    assert parts(footprint(none), footprint(some))["activity"] == pytest.approx(1000)


def test_weather_known_on_one_side_only_is_told():
    told = explain_difference(
        footprint(school(items=[heat(500_000)])),
        footprint(school(items=[heat(400_000).model_copy(update={"degree_days": None})])),
    )
    assert told["kg"].sum() == pytest.approx(-100_000 * 0.24)
    assert any("steckt im Verhalten" in note for note in told.attrs["notes"])


def test_two_bills_are_compared_with_one():
    one = footprint(school(items=[heat(500_000)]))
    two = footprint(school(items=[heat(300_000), heat(220_000)]))
    assert parts(one, two)["activity"] == pytest.approx(20_000 * 0.24)


def random_inputs(dice: Random) -> Inputs:
    keys = list(activities())
    items = []
    for key in dice.sample(keys, dice.randint(0, 12)):
        activity = activities()[key]
        items += [
            Item(
                activity=key,
                amount=dice.choice([0, dice.lognormvariate(6, 3)])
                if dice.random() < 0.2
                else dice.uniform(0, 1e6),
                unit=activity.unit,
                source="Probe",
                name=name,
                kind=dice.choice(["measured", "estimated"]),
                heating_share=dice.choice([None, dice.random()]),
                degree_days=dice.choice([None, dice.uniform(2500, 4500)]),
            )
            for name in dice.choice([[""], ["A"], ["A", "B"], ["", ""]])
        ]
    if dice.random() < 0.3:
        items.append(
            Item(
                activity="published",
                amount=dice.uniform(-1e5, 4e5),
                unit="kg",
                source="Zeitung",
                kind="published",
                covers=dice.sample(["heat", "mobility", "devices", "food", "waste"], 2),
                reason=dice.choice([None, "activity"]),
            )
        )
    year = dice.randint(2017, 2026)
    return school(
        start=date(year, 1, 1),
        end=date(year, 12, 31),
        pupils=dice.choice([None, dice.randint(50, 1500)]),
        staff=dice.choice([None, 60]),
        floor_area_m2=dice.choice([None, dice.uniform(1000, 20000)]),
        presence=dice.uniform(0.3, 1.0),
        items=items,
    )


def test_parts_sum_to_the_difference_of_any_two_footprints():
    """Within 0.1 kg for 1,000 random pairs of any inputs and any sets of factors."""
    dice = Random(4)
    worst = 0.0
    for _ in range(1000):
        a, b = (footprint(random_inputs(dice), dice.choice(list(selections()))) for _ in range(2))
        told = explain_difference(a, b)
        assert tuple(told["part"]) == PARTS
        assert told["kg"].notna().all()
        worst = max(worst, abs(told["kg"].sum() - (b.total_kg - a.total_kg)))
    assert worst < 0.1


def test_back_and_forth_are_opposite():
    dice = Random(5)
    for _ in range(100):
        a, b = footprint(random_inputs(dice)), footprint(random_inputs(dice))
        there, back = parts(a, b), parts(b, a)
        for part in PARTS:
            assert there[part] == pytest.approx(-back[part], abs=0.01), part
