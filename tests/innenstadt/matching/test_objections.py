"""An objection keeps the whole calculation, so that anybody can do it again."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from innenstadt.matching.planted import planted
from innenstadt.vacancy.stock import EDITOR, NOW, released, shop
from stadtlabor.innenstadt.matching import (
    ObjectionError,
    Objections,
    candidates,
    rank,
    week,
    weights,
)
from stadtlabor.innenstadt.vacancy import Register, fill

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def objections(tmp_path, monkeypatch) -> Objections:
    monkeypatch.delenv("STADTLABOR_REGISTERS", raising=False)
    return Objections(tmp_path / "register")


def test_the_calculation_can_be_replayed(objections):
    case = planted(5)
    named = case.concept.model_copy(update={"name": "Annas Laden"})
    made = objections.contest(named, case.units, case.good, "Die Fläche stimmt nicht.", at=AT)
    assert (made.unit, made.said, made.at) == (case.good, "Die Fläche stimmt nicht.", AT)
    assert made.concept == case.concept  # without the name
    again = objections.replay(made.id)
    assert again.same
    assert again.matches == rank(case.concept, case.units)
    assert [o.id for o in objections.open()] == [made.id]
    assert objections.answer(made.id, "Wir messen nach.").answer == "Wir messen nach."
    assert objections.open() == []
    assert objections.erase(made.id)
    with pytest.raises(ObjectionError, match="gibt es nicht"):
        objections.replay(made.id)


def test_it_is_replayed_with_the_weights_of_then(objections):
    case, now = planted(6), weights()
    changed = {
        "area": now.criteria["area"].model_copy(update={"weight": 25.0}),
        "rent": now.criteria["rent"].model_copy(update={"weight": 20.0}),
    }
    old = now.model_copy(update={"version": "alt", "criteria": {**now.criteria, **changed}})
    made = objections.contest(case.concept, case.units, case.good, "Warum?", weights=old)
    assert made.weights.version == "alt"
    assert objections.replay(made.id).same
    then = {m.unit: m.score for m in rank(case.concept, case.units, old)}
    assert then != {m.unit: m.score for m in rank(case.concept, case.units)}


def test_an_empty_or_strange_objection_is_refused(objections):
    case = planted(7)
    with pytest.raises(ObjectionError, match="Einwand fehlt"):
        objections.contest(case.concept, case.units, case.good, "  ")
    with pytest.raises(ObjectionError, match="nicht unter den verglichenen"):
        objections.contest(case.concept, case.units, "fremd", "Warum?")


def test_candidates_come_from_the_register(tmp_path, monkeypatch):
    monkeypatch.delenv("STADTLABOR_REGISTERS", raising=False)
    register = Register(tmp_path)
    released(register, shop())
    register.enrol(shop("nachbar", house_number="14", former_use="Café", lat=47.7253), EDITOR)
    register.enrol(shop("weit", house_number="99", former_use="Café", lat=47.74), EDITOR)
    profile = pd.DataFrame({"weekday": [0, 0], "hour": [9, 10], "mean": [120.0, float("nan")],
                            "n": [5, 0]})  # fmt: skip
    means = week(profile)
    (one,) = candidates(
        register, {"Fischerstr.": means}, {"Fischerstraße": (("Mode",), ())}, at=NOW
    )
    assert one.id == "laden"
    assert [(n.use, round(n.metres)) for n in one.neighbours] == [("Café", 11)]
    assert one.footfall is not None
    assert (one.footfall[9], one.footfall[10]) == (120.0, None)
    assert one.wished == ("Mode",)
    assert one.vacant_days == 2


def test_the_simulated_stock_can_be_matched(tmp_path, monkeypatch):
    monkeypatch.delenv("STADTLABOR_REGISTERS", raising=False)
    register = Register(tmp_path)
    fill(register, 2026, AT)
    found = candidates(register, at=AT)
    ranked = rank(planted(1).concept, found)
    assert len(ranked) == len(found) > 5
    assert all(m.what_if for m in ranked)
