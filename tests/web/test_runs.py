"""The pages of notebooks in operation."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from fastapi.testclient import TestClient

from stadtlabor import promotion
from stadtlabor.promotion import Pipeline, PromotionError
from stadtlabor.web.site import site

ROOT = Path(__file__).parents[2]
FIGURE = '<figure class="stadtlabor-figure"><div class="sl-wide"><svg></svg></div></figure>'
CELL = (
    "from IPython.display import HTML, display\n"
    "from stadtlabor.promotion import record\n"
    f"display(HTML({FIGURE!r}))\n"
    "record(sum_mm=amount, place='Kempten', share={'10': 0.5})"
)


@pytest.fixture
def house(tmp_path: Path, empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STADTLABOR_ROOT", str(tmp_path))
    monkeypatch.setenv("STADTLABOR_CITY", str(ROOT / "city.toml"))
    monkeypatch.setenv("STADTLABOR_SETTINGS", str(ROOT / "hub_config" / "settings.toml"))
    for name in ("node_modules", "package-lock.json"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "pipelines.toml").write_text("")
    return tmp_path


def made(house: Path, name: str, cell: str = CELL, **settings: object) -> Pipeline:
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}}
    )
    notebook.cells = [
        nbformat.v4.new_code_cell("amount = 1.0", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(cell),
    ]
    nbformat.write(notebook, house / "notebooks" / f"{name}.ipynb")
    stated = {"name": name, "notebook": f"{name}.ipynb", "title": name.title(), **settings}
    pipeline = Pipeline.model_validate(stated)
    promotion.register(pipeline, "Anfang", alias="champion")
    return pipeline


@pytest.fixture
def web(house: Path) -> TestClient:
    return TestClient(site(), follow_redirects=False)


def test_nothing_in_operation_is_told(web: TestClient) -> None:
    page = web.get("/laeufe")
    assert page.status_code == 200
    assert "Noch läuft kein Notebook nach Plan" in page.text
    assert web.get("/laeufe/gibt-es-nicht").status_code == 404


def test_results_stand_beside_those_of_the_run_before(web: TestClient, house: Path) -> None:
    made(house, "probe", public=True)
    promotion.run("probe", amount=1.5)
    last = promotion.run("probe", amount=2.5)
    assert "1 Notebook ist im Betrieb. Bei allen gelang" in web.get("/laeufe").text
    listed = web.get("/laeufe/probe").text
    assert f"/laeufe/probe/{last.folder.name}" in listed
    page = web.get(f"/laeufe/probe/{last.folder.name}")
    assert page.text.count("<svg>") == 1
    assert "2.5" in page.text
    assert "geändert" in page.text
    assert last.code_hash[:16] in page.text
    assert f"stadtlabor promote rerun probe/{last.folder.name}" in page.text
    promotion.rerun(last)
    assert "alles gleich, Byte für Byte" in web.get(f"/laeufe/probe/{last.folder.name}").text
    assert web.get("/laeufe/probe/20200101T0000-000000000000").status_code == 404
    assert web.get("/laeufe/probe/..%2f..%2fregisters.db").status_code == 404


def test_a_failed_run_is_loud_and_tells_no_secret(web: TestClient, house: Path) -> None:
    made(house, "probe", cell="1 / 0", public=True)
    with pytest.raises(PromotionError):
        promotion.run("probe")
    assert "Misslungen ist der letzte Lauf von: Probe." in web.get("/laeufe").text
    (run,) = promotion.runs("probe")
    page = web.get(f"/laeufe/probe/{run.folder.name}").text
    assert "Zelle 2 brach ab: division by zero" in page
    assert "Traceback" not in page


def test_what_is_not_public_shows_when_and_whether_only(web: TestClient, house: Path) -> None:
    made(house, "probe")
    run = promotion.run("probe", amount=7.25)
    page = web.get(f"/laeufe/probe/{run.folder.name}").text
    assert "nicht öffentlich" in page
    assert "7.25" not in page
    assert "<svg>" not in page
    made(house, "probe", cell="2")
    assert web.get("/laeufe/probe/fassung/2").status_code == 404


def test_versions_and_their_difference(web: TestClient, house: Path) -> None:
    made(house, "probe", public=True)
    made(house, "probe", cell="# <neu>\n" + CELL, public=True)
    promotion.rollback("probe", "zu viele Fehlalarme")
    page = web.get("/laeufe/probe").text
    assert "Zurück zu Fassung 1" in page
    assert "zu viele Fehlalarme" in page
    difference = web.get("/laeufe/probe/fassung/2").text
    assert "+ # &lt;neu&gt;</ins>" in difference
    assert web.get("/laeufe/probe/fassung/1").status_code == 404
