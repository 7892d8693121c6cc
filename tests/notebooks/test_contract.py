"""What every curated notebook keeps to."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
SCHEMA = json.loads((ROOT / "notebooks" / "metadata.schema.json").read_text(encoding="utf-8"))
MAX_LINES = 15
CHECKED = "NBVAL_CHECK_OUTPUT"

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def code(path: Path) -> list[nbformat.NotebookNode]:
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def test_there_is_one_for_each_kind_of_person() -> None:
    audiences = {
        audience
        for path in NOTEBOOKS
        for audience in nbformat.read(path, as_version=4).metadata.stadtlabor.audience
    }
    assert audiences == {"pupils", "citizens", "research", "staff"}


@pytest.mark.parametrize("key", ["title", "question"])
def test_no_two_notebooks_say_the_same(key: str) -> None:
    said: dict[str, str] = {}
    for path in NOTEBOOKS:
        text = nbformat.read(path, as_version=4).metadata.stadtlabor[key]
        assert text not in said, f"{path.name} has the {key} of {said[text]}: {text}"
        said[text] = path.name


@each
def test_metadata_follow_the_schema(path: Path) -> None:
    metadata = nbformat.read(path, as_version=4).metadata
    jsonschema.validate(json.loads(json.dumps(metadata["stadtlabor"])), SCHEMA)
    assert metadata["stadtlabor"]["strand"] == path.parent.name
    assert metadata["kernelspec"]["name"] == "python3"


@each
def test_outputs_are_stripped(path: Path) -> None:
    for number, cell in enumerate(code(path), start=1):
        if CHECKED in cell.source:
            assert cell.outputs, f"code cell {number} is checked but has no output"
        else:
            assert not cell.outputs, f"code cell {number} carries output"
            assert cell.execution_count is None


@each
def test_cells_are_short(path: Path) -> None:
    for number, cell in enumerate(code(path), start=1):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= MAX_LINES, f"code cell {number} has {len(lines)} lines"
        assert len(re.findall(r"^def ", cell.source, re.MULTILINE)) <= 1


@each
def test_one_parameters_cell(path: Path) -> None:
    tagged = [c for c in code(path) if "parameters" in c.metadata.get("tags", [])]
    assert len(tagged) == 1
    from papermill import inspect_notebook

    assigned = re.findall(r"^(\w+)(?:: [^=#]+)? =", tagged[0].source, re.MULTILINE)
    assert set(inspect_notebook(str(path))) == set(assigned)


@each
def test_starts_with_its_question(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert notebook.cells[0].source.splitlines()[0] == f"# {notebook.metadata.stadtlabor.question}"


@each
def test_nothing_from_elsewhere(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        assert not re.search(r"(src|url)\s*=?\(?['\"]?https?://|!\[[^]]*\]\(http", cell.source)
