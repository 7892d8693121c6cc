"""What is released hides each single person, costs its budget and stays useful."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from stadtlabor.release import Budget, BudgetError, ReleaseError, counts, sums

GROUPS = ["Nord", "Süd", "West"]


@pytest.fixture
def people() -> pd.DataFrame:
    """Forty people, each in one part of town, and nobody in the west."""
    return pd.DataFrame(
        {
            "person": [f"p{n}" for n in range(40)],
            "place": ["Nord"] * 25 + ["Süd"] * 15,
            "km": [2.0] * 25 + [5.0] * 15,
        }
    )


@pytest.fixture
def budget(tmp_path) -> Budget:
    return Budget(tmp_path / "budget", "schulweg", 10.0)


def test_counts_are_near_and_groups_without_people_are_there(people, budget):
    found = counts(
        people, group="place", groups=GROUPS, person="person", epsilon=2.0, budget=budget
    )
    assert found.table["group"].tolist() == GROUPS
    assert found.table["error"].iloc[0] == pytest.approx(math.log(20) / 2.0, rel=1e-3)
    assert (abs(found.table["value"] - [25, 15, 0]) < 15).all()
    assert "ε = 2 je Person" in found.note


def test_the_noise_is_that_of_laplace(people, tmp_path):
    budget = Budget(tmp_path, "viele", 10.0)
    drawn = [
        counts(
            people, group="place", groups=["Nord"], person="person", epsilon=0.01, budget=budget
        ).table["value"].iloc[0]
        - 25
        for _ in range(200)
    ]  # fmt: skip
    # Mean of |Laplace(100)| is 100; its standard error over 200 draws is 7.
    assert 70 < np.mean(np.abs(drawn)) < 130
    assert abs(np.median(drawn)) < 30


def test_one_person_can_add_no_more_than_the_bound(people, budget):
    """With a person who drives 10,000 km the sum grows by the bound, not by 10,000."""
    loud = pd.concat([people, pd.DataFrame({"person": ["x"], "place": ["Nord"], "km": [10_000.0]})])
    asked = {"group": "place", "groups": GROUPS, "person": "person", "value": "km", "low": 0.0,
             "high": 10.0, "epsilon": 5.0, "budget": budget}  # fmt: skip
    found = sums(loud, **asked).table.set_index("group")["value"]
    assert found["Nord"] == pytest.approx(60, abs=40)


def test_nobody_counts_in_more_groups_than_agreed(budget):
    spread = pd.DataFrame({"person": ["a"] * 3, "place": GROUPS, "km": [1.0] * 3})
    many = pd.concat([spread.assign(person=f"p{n}") for n in range(300)])
    found = counts(
        many, group="place", groups=GROUPS, person="person", epsilon=5.0, budget=budget, most=1
    )
    # 300 people in 3 groups each, but each counts in one: 300 in all, not 900.
    assert found.table["value"].sum() == pytest.approx(300, abs=15)


def test_the_budget_is_spent_before_and_never_twice(people, tmp_path):
    budget = Budget(tmp_path, "knapp", 1.0)
    asked = {"group": "place", "groups": GROUPS, "person": "person", "budget": budget}
    for _ in range(2):
        counts(people, epsilon=0.5, **asked)
    with pytest.raises(BudgetError, match="von 1 noch 0 übrig, gebraucht werden 0,1"):
        counts(people, epsilon=0.1, **asked)
    assert Budget(tmp_path, "knapp", 1.0).spent() == 1.0
    (tmp_path / "knapp.jsonl").write_text('{"epsilon": 0.1}\n{"eps', encoding="utf-8")
    with pytest.raises(BudgetError, match=r"Zeile 2.*beschädigt"):
        counts(people, epsilon=0.1, **asked)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"group": "ort"}, "„ort“ fehlt"),
        ({"low": 3.0, "high": 1.0}, "die kleinere"),
        ({"high": math.inf}, "müssen Zahlen sein"),
        ({"groups": []}, "genau einmal"),
        ({"groups": ["Nord", "Nord"]}, "genau einmal"),
        ({"most": 9}, "zwischen 1 und 3"),
    ],
)
def test_what_makes_no_sense_costs_nothing(people, budget, changed, said):
    asked = {"group": "place", "groups": GROUPS, "person": "person", "value": "km", "low": 0.0,
             "high": 10.0, "epsilon": 1.0, "budget": budget, **changed}  # fmt: skip
    with pytest.raises(ReleaseError, match=said):
        sums(people, **asked)
    assert budget.spent() == 0.0
