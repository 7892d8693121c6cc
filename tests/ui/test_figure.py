from __future__ import annotations

import base64
import io
import re

import altair as alt
import pandas as pd
import pytest

from stadtlabor.observations import Quality, observations
from stadtlabor.ui import Figure, Note, note
from stadtlabor.ui.figure import NARROW, WIDE

SMALL = Note(("Stadt X",), ("CC BY 4.0",), "school-energy@3 (sha256 ab…)")


def figure(small: Note = SMALL) -> Figure:
    table = pd.DataFrame({"Stunde": range(24), "Leistung in kW": [1234.5 + h for h in range(24)]})

    def draw(width: int) -> alt.Chart:
        frame = table.set_axis(["hour", "power"], axis=1)
        return alt.Chart(frame, width=width).mark_bar().encode(x="hour:O", y="power:Q")

    return Figure(
        "Nachts läuft viel", "Leistung in kW", draw, table, 'Höchster Wert "1.257,5"', small
    )


def test_a_figure_brings_everything_with_it() -> None:
    page = figure()._repr_html_()
    assert page.count("<svg") == 2  # laptop and phone
    assert 'aria-label="Höchster Wert &quot;1.257,5&quot;"' in page
    assert "Quelle: Stadt X. Lizenz: CC BY 4.0." in page
    assert "Datenstand: school-energy@3" in page
    assert "simuliert" not in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    csv = base64.b64decode(re.findall(r"data:text/csv;base64,([\w+/=]+)", page)[0]).decode()
    again = pd.read_csv(io.StringIO(csv), sep=";", decimal=",")
    assert again["Leistung in kW"].tolist() == figure().table["Leistung in kW"].tolist()


def test_numbers_are_german_and_widths_differ() -> None:
    assert ">1.200<" in figure().svg(WIDE)
    width = [int(re.search(r'width="(\d+)"', figure().svg(w))[1]) for w in (WIDE, NARROW)]  # type: ignore[index]
    assert width[0] > 700
    assert width[1] <= 328  # a phone of 360 px less its margins


def test_simulated_data_say_so_in_the_picture() -> None:
    marked = figure(Note((), (), simulated=True))
    assert ">simuliert<" in marked.svg()
    assert "Hier steht noch kein Messgerät" in marked._repr_html_()


def test_the_note_knows_the_shares() -> None:
    times = pd.date_range("2026-01-01", periods=4, freq="h", tz="UTC")
    marks = [0, int(Quality.FILLED), int(Quality.SUSPECT), int(Quality.SIMULATED)]
    frame = observations("a/b/c", times, 1.0, marks)
    frame.attrs = {"sources": ["Q"], "licences": ["L"], "citation": "a@1"}
    found = note(frame)
    assert found.simulated
    assert found.filled == pytest.approx(0.25)
    assert "25,0 % der Werte sind ergänzt." in found.sentences()
