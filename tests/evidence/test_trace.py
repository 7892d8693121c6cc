"""From a figure back to rows, providers, rules and code."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from counted_home import fill
from stadtlabor import promotion
from stadtlabor.cli import main
from stadtlabor.evidence import lineage
from stadtlabor.evidence.figures import figure_id, figures, split
from stadtlabor.evidence.runs import folder
from stadtlabor.evidence.trace import TraceError, trace
from stadtlabor.promotion import Pipeline
from stadtlabor.web.site import site

ROOT = Path(__file__).parents[2]
CELL = (
    "from stadtlabor import data\n"
    "from stadtlabor.promotion import record\n"
    "days = data.aggregate('footfall', 'day')\n"
    "record(days=len(days), share={'10': 0.5}, table=days.head(1)[['sum']])"
)


@pytest.fixture
def house(tmp_path: Path, empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STADTLABOR_ROOT", str(tmp_path))
    monkeypatch.setenv("STADTLABOR_CITY", str(ROOT / "city.toml"))
    monkeypatch.setenv("STADTLABOR_DATASETS", str(ROOT / "datasets"))
    monkeypatch.setenv("STADTLABOR_SETTINGS", str(ROOT / "hub_config" / "settings.toml"))
    for name in ("node_modules", "package-lock.json"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "pipelines.toml").write_text("")
    fill(empty_home, 30)
    return tmp_path


@pytest.fixture
def run(house: Path) -> promotion.Run:
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}}
    )
    notebook.cells = [
        nbformat.v4.new_code_cell("amount = 1.0", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(CELL),
    ]
    nbformat.write(notebook, house / "notebooks" / "probe.ipynb")
    pipeline = Pipeline(name="probe", notebook="probe.ipynb", reads=["footfall"], public=True)
    promotion.register(pipeline, "Anfang", alias="champion")
    return promotion.run("probe", amount=2.5)


def test_ids_are_made_of_key_and_name() -> None:
    assert figure_id("ab" * 32, "share.10") == "abababababab-share.10"
    assert split("abababababab-share.10") == ("abababababab", "share.10")
    assert split("abababababab") == ("abababababab", "")
    assert split("so nicht") is None
    assert figures({"a": 1, "b": {"c": 2}, "rows": [{"x": 1}]}) == {"a": 1, "b.c": 2}


def test_the_way_back_ends_at_rows_providers_and_rules(run: promotion.Run) -> None:
    found = trace(figure_id(run.key, "days"))
    assert found.values == {figure_id(run.key, "days"): ("days", run.result["days"])}
    assert found.code_hash == run.code_hash
    (read,) = found.inputs
    assert (read.dataset, read.there, read.policy) == ("footfall", True, "zaehlung")
    assert read.rows == 30 * 24 * 6
    assert read.providers[0].source == "Simulierte Zählung"
    assert trace(f"probe/{run.folder.name}#share.10").values
    assert len(trace(f"probe/{run.folder.name}").values) == 2
    told = [e for e in lineage.events(folder()) if e["job"]["name"] == "run/probe"]
    assert len(told) == 1
    assert told[0]["inputs"][0]["facets"]["version"]["datasetVersion"] == str(read.version)


def test_the_command_tells_it_in_german(run: promotion.Run) -> None:
    said = CliRunner().invoke(main, ["trace", figure_id(run.key, "days")])
    assert said.exit_code == 0, said.output
    for words in ("days = ", "Notebook: Fassung 1", "amount = 2,5", "Programm", "footfall@",
                  "Einzelwerte in dieser Version: 4.320", "Simulierte Zählung",
                  "Zählung von Menschen"):  # fmt: skip
        assert words in said.output
    for figure, words in (
        ("abc", "Eine Kennung besteht aus 12 Zeichen"),
        ("000000000000-x", "gibt es nicht"),
        (figure_id(run.key, "nichts"), "Abgelegt sind: days, share.10."),
        ("../../etc/passwd", "gibt es nicht"),
    ):
        refused = CliRunner().invoke(main, ["trace", figure])
        assert refused.exit_code == 1
        assert words in refused.output


def test_what_the_run_noted_outlives_the_store(run: promotion.Run, empty_home: Path) -> None:
    before = trace(f"probe/{run.folder.name}").inputs
    (empty_home / "store").rename(empty_home / "weg")
    assert trace(f"probe/{run.folder.name}").inputs == before


def test_the_page_of_a_run_leads_there(run: promotion.Run) -> None:
    web = TestClient(site())
    address = f"/laeufe/probe/{run.folder.name}"
    assert f'href="{address}/herkunft">Woher kommt diese Zahl?' in web.get(address).text
    page = web.get(f"{address}/herkunft").text
    assert figure_id(run.key, "days") in page
    assert "Einzelwerte in dieser Version: 4.320" in page
    assert "Gelesen zu diesem Zweck: Verwaltung" in page
    assert web.get(f"{address}x/herkunft").status_code == 404


def test_there_is_no_such_figure(house: Path) -> None:
    with pytest.raises(TraceError, match="gibt es nicht"):
        trace("123456789abc-x")
