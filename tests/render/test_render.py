"""Notebooks become pages: a real kernel, a real file."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from running import notebook
from stadtlabor.cli import main
from stadtlabor.render import RenderError, read_page, render
from stadtlabor.web.gallery import cards

CELLS = [
    ("markdown", "# Wie viel?\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
    ("code", "import ipywidgets, os\nipywidgets.HTML('<p>Antwort: <b>42</b></p>')"),
    ("code", "import sys\nprint('6 < 7')\nprint('nur für die Autorin', file=sys.stderr)"),
    ("code", "from IPython.display import HTML\nHTML(os.environ.get('TEST_SECRET', 'nichts'))"),
]


@pytest.fixture
def folder(empty_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STADTLABOR_NOTEBOOKS", str(tmp_path / "notebooks"))
    monkeypatch.setenv("TEST_SECRET", "geheim")
    (tmp_path / "notebooks" / "dcl").mkdir(parents=True)
    return tmp_path / "notebooks"


def test_a_notebook_becomes_a_page(folder: Path) -> None:
    notebook(folder / "dcl" / "zahl.ipynb", CELLS, kind="app", tier="static", question="Wie viel?")
    done = CliRunner().invoke(main, ["render", "zahl"])
    assert done.exit_code == 0, done.output
    page = read_page("zahl")
    assert page is not None
    assert page.title == "Wie viel?"
    assert page.body.startswith("<h1>Wie viel?</h1>")
    assert "<td>2</td>" in page.body
    assert "<p>Antwort: <b>42</b></p>" in page.body
    assert "<pre>6 &lt; 7" in page.body
    assert "Autorin" not in page.body
    assert "geheim" not in page.body
    assert "nichts" in page.body


def test_a_notebook_that_fails_leaves_the_old_page(folder: Path) -> None:
    path = folder / "dcl" / "zahl.ipynb"
    notebook(path, CELLS, kind="app", tier="live")
    (card,) = cards(folder)
    before = render(card)
    broken = nbformat.read(path, as_version=4)
    broken.cells[1].source = "1 / 0"
    nbformat.write(broken, path)
    with pytest.raises(RenderError, match=r"zahl.ipynb läuft nicht durch: .*ZeroDivisionError"):
        render(card)
    assert read_page("zahl") == before


def test_an_unknown_name_is_told_in_german(folder: Path) -> None:
    notebook(folder / "dcl" / "zahl.ipynb", CELLS, kind="app", tier="live")
    done = CliRunner().invoke(main, ["render", "zahlen"])
    assert done.exit_code == 1
    assert "Keine App heißt „zahlen“. Es gibt: zahl." in done.output
