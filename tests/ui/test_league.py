from __future__ import annotations

from pathlib import Path

from stadtlabor.klimaschule.together import Entry
from stadtlabor.ui.league import LeagueView, league_view


def test_bands_and_spans_are_shown() -> None:
    view = LeagueView([Entry("A-Schule", 8.0, 5.0, 11.0), Entry("B", -2.0, -4.0, 1.0)], [], 60)
    assert "A-Schule hat in den letzten 60 Tagen am meisten verbessert" in view.answer.data
    assert "8,0 % (5,0 bis 11,0 %)" in view.table.data
    assert "<svg" in view.picture._repr_html_()


def test_without_any_data_it_is_said(empty_home: Path) -> None:
    view = league_view()
    assert "Noch keine Schule" in view.answer.data
    assert len(view.refused) == 3
    assert "noch keine Zählerwerte" in view.missing.data
