from __future__ import annotations

from pathlib import Path

import pytest

from stadtlabor.klimaschule.example import example_school
from stadtlabor.ui import alerts as page


def test_each_finding_has_its_test_its_task_and_a_german_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page, "open_school", lambda name: example_school(name, days=730))
    view = page.alert_view()
    shown = view.cards.data
    assert "Hinweise: 1. Schulen mit Hinweisen: 1 von 3" in view.answer.data
    assert "Für den Hausmeister:" in shown
    assert "Für die Klasse:" in shown
    assert "<svg" in shown
    assert "Wärme außerhalb der Betriebszeit" in shown


def test_schools_without_readings_are_named(empty_home: Path) -> None:
    view = page.alert_view()
    assert len(view.refused) == 3
    assert "lässt sich darum nicht sagen" in view.answer.data
    assert "noch keine Zählerwerte" in view.cards.data
