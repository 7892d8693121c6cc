from datetime import date

import pytest
from pydantic import ValidationError

from stadtlabor.klimaschule.footprint import Inputs, Item, activities, fields, footprint
from stadtlabor.klimaschule.plan import Measure, Plan, precheck, rules, skeleton, suggestions
from stadtlabor.klimaschule.plan.plan import COUNTED


def full(*keys):
    return [
        Measure(title=f"Maßnahme {key} {state}", field=key, state=state)
        for key in keys
        for state in rules().per_field
    ]


def test_the_catalogue_fits_fields_and_groups():
    groups = {a.group for a in activities().values()}
    for offer in suggestions().values():
        assert offer.field in fields()
        assert offer.group in groups | {""}
        assert offer.saves is None or offer.saves[0] <= offer.saves[1]
    for key in COUNTED:
        assert sum(s.field == key for s in suggestions().values()) >= 2, key


@pytest.mark.parametrize(
    ("count", "neutral", "level", "coming"),
    [
        (0, None, None, "Bronze"),
        (1, None, None, "Bronze"),
        (2, None, "Bronze", "Silber"),
        (5, None, "Silber", "Gold"),
        (8, None, "Silber", "Gold"),
        (8, 2035, "Silber", "Gold"),
        (8, 2030, "Gold", None),
    ],
)
def test_levels(count, neutral, level, coming):
    found = precheck(Plan(measures=tuple(full(*COUNTED[:count])), neutral_by=neutral))
    assert (found.level, found.next_level) == (level, coming)
    assert bool(found.lacking) == (coming is not None)


def test_what_is_missing_is_named():
    plan = Plan(
        measures=(
            Measure(title="LED", field="electricity", state="done"),
            Measure(title="Rundgang", field="electricity", state="running"),
        ),
        steps=("team",),
    )
    found = precheck(plan)
    assert "Strom: Es fehlt eine Maßnahme, die geplant ist." in found.lacking
    assert "Ein Projektteam arbeitet" not in found.steps_left
    assert len(found.steps_left) == len(rules().steps) - 1


def test_a_skeleton_keeps_own_measures_and_computes_savings():
    gas = Item(activity="heat.gas", amount=500_000, unit="kWh", source="Rechnung")
    year = {"start": date(2025, 1, 1), "end": date(2025, 12, 31)}
    balance = footprint(Inputs(school="Probe", title="2025", items=[gas], **year))
    own = Measure(title="Unsere Idee", field="heat", state="done")
    plan = skeleton(balance, Plan(measures=(own,)))
    assert plan.measures[0] == own
    heat = [m for m in plan.measures if m.field == "heat"]
    assert len(heat) == 3
    assert heat[1].key == "weekend-setback"
    assert heat[1].saves_kg == pytest.approx((0.05 * 120_000, 0.20 * 120_000))
    assert all(m.state == "planned" for m in plan.measures[1:])
    electricity = [m for m in plan.measures if m.field == "electricity"]
    assert len(electricity) == 3
    assert all(m.saves_kg is None for m in electricity)  # nothing is known of the electricity


def test_faults_are_told():
    with pytest.raises(ValidationError, match="kein Handlungsfeld"):
        Measure(title="Sonne", field="sun", state="done")
    with pytest.raises(ValidationError, match="Den Schritt"):
        Plan(steps=("party",))
