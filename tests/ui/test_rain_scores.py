"""Pictures of scores, the slider of the lesson, the report: on real and invented frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stadtlabor.rain.research.archive import pooled
from stadtlabor.rain.research.contest import contest
from stadtlabor.rain.research.event import event
from stadtlabor.rain.verification import reliability
from stadtlabor.ui.note import Note
from stadtlabor.ui.rain_report import RainReport, rain_report
from stadtlabor.ui.rain_scores import lead_figure, reliability_figure, tile_figure
from stadtlabor.ui.rain_threshold import ThresholdSlider

NOTE = Note(("Probe",), ("CC0-1.0",), simulated=True)
NAMES = {"persistence": "bleibt", "extrapolation": "zieht"}


@pytest.fixture(scope="module")
def scores(shared_data: Path) -> pd.DataFrame:
    rain = event(str(shared_data / "rain" / "mch_20160711"), km=128)
    table = contest({"2016": rain}, {name: name for name in NAMES}, every=6, sums_mm=[5.0])
    return pooled(table)


def test_scores_are_drawn_and_said(scores: pd.DataFrame) -> None:
    leads = lead_figure(scores, 5.0, NAMES, NOTE)
    assert "zieht" in leads.title
    tiles = tile_figure(scores, 5.0, NAMES, NOTE)
    assert "%" in tiles.title
    for figure in (leads, tiles):
        assert "<svg" in figure.svg(250)
        assert "simuliert" in figure.svg(760)
        assert len(figure.alt) > 20
    ends = tiles.table[["95 %: von", "%", "95 %: bis"]].dropna().to_numpy()
    assert (np.diff(ends, axis=1) >= 0).all()


def test_chances_are_drawn_with_their_intervals() -> None:
    said = np.repeat([0.1, 0.5], 100)
    came = np.r_[np.repeat([1.0, 0.0], [10, 90]), np.repeat([1.0, 0.0], [50, 50])]
    figure = reliability_figure(reliability(said, came), 10.0, NOTE)
    assert "0,0 Prozentpunkte daneben" in figure.title
    assert "<svg" in figure.svg(250)


def test_the_slider_counts_and_never_divides_by_zero() -> None:
    cases = pd.DataFrame(
        {"Vorhersage_mm": [12.0, 9.0, 3.0, 0.0, 0.0], "Gefallen_mm": [15.0, 2.0, 11.0, 0.0, 30.0]}
    )
    view = ThresholdSlider(cases, loss=10, start=8)
    assert "1 Treffer, 2 verpasst, 1 Fehlalarme" in view.told.value
    assert view.figures()["cost"] == 2 + 10 * 2
    view.threshold.value = 20
    assert "0 Treffer, 3 verpasst, 0 Fehlalarme" in view.told.value
    assert "Fehlalarmquote: <strong>–" in view.told.value
    calm = ThresholdSlider(cases[:0])
    assert "Trefferquote: <strong>–" in calm.told.value


def test_the_report_says_what_it_rests_on() -> None:
    report = rain_report(["simuliert-1", "simuliert-2"], 5.0, km=96, every=6)
    assert isinstance(report, RainReport)
    shown = report.answer.data
    assert "simuliert" in shown
    assert "2 Unwettern" in shown
    for figure in (report.by_lead(), report.by_tile(), report.chances(), report.lead_times()):
        assert "<svg" in figure.svg(250)
        assert figure.note.simulated
    leads = report.found.leads
    assert report.lead_times().table["Kacheln"].sum() == len(leads) > 0
