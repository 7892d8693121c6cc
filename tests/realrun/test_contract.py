"""What a notebook must bring along before anybody reads it."""

from __future__ import annotations

import pytest

from metered_home import QUESTION, READ, TABLE, asking
from stadtlabor.handover import stripped
from stadtlabor.realrun.contract import before, stated, threshold


def test_a_good_notebook_has_nothing_against_it() -> None:
    assert before(asking(), QUESTION) == []
    found = stated(asking(READ, TABLE, "from stadtlabor import data\ndata.grid('rain-radar@3')"))
    assert (found.datasets, found.tables) == (("school-energy", "rain-radar"), ("per_day",))
    assert threshold(found.datasets) == 5
    assert threshold(("gibt-es-nicht",)) == 5


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([READ], "meldet keine Tabelle an"),
        ([TABLE], "liest nichts mit realrun.read"),
        ([READ, TABLE, "%matplotlib inline"], "Zelle 5 ist kein reines Python"),
        ([READ, TABLE, "!ls"], "kein reines Python"),
        (["n = 'x'\nrealrun.read(n)", TABLE], "Zelle 3 liest einen Datensatz, dessen Name nicht"),
        ([READ, "realrun.release(f'{1}', t, count='n')"], "Tabelle an, deren Name nicht"),
        ([READ, "realrun.release('Mein Name', t, count='n')"], "geht nicht als Name"),
        ([READ.replace("school-energy", "gibt-es-nicht"), TABLE], "hat keine Karte"),
        ([READ, TABLE, "token = 'abcdef0123456789abcd'"], "wie ein Schlüssel"),
    ],
)
def test_what_is_lacking_is_said(cells: list[str], words: str) -> None:
    found = before(asking(*cells), QUESTION)
    assert any(words in fault for fault in found), found


@pytest.mark.parametrize(
    ("question", "words"), [("kurz", "10 bis 400 Zeichen"), ("x" * 401, "10 bis 400 Zeichen"),
                            ("Bitte an anna@firma.de schicken", "Mailadresse")]
)  # fmt: skip
def test_the_question_says_what_for(question: str, words: str) -> None:
    assert words in before(asking(), question)[0]


def test_numbers_of_cells_stay_without_the_button() -> None:
    source = stripped(asking(READ, "from stadtlabor import realrun\nrealrun.button()", TABLE),
                      "realrun.button(", blank=True)  # fmt: skip
    assert "button" not in source
    assert stated(source).tables == ("per_day",)
    assert source.count('"cell_type"') == 5
