"""The commands of promotion as an operator types them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = str(Path(sys.executable).with_name("stadtlabor"))
EVALUATION = """\
import pandas as pd
from stadtlabor.promotion import record
rows = [(f"Sturm {e}", b, 0.1, 0.15 + 0.001 * b) for e in range(4) for b in range(5)]
table = pd.DataFrame(rows, columns=["event", "block", "champion", "challenger"])
record(evidence=table, champion=champion, challenger=challenger)
"""


class Operator:
    """Types commands in a home of her own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "notebooks").mkdir()
        (folder / "notebooks" / "pipelines.toml").write_text("")

    def types(self, *words: str, good: bool = True) -> str:
        environment = {
            **os.environ,
            "STADTLABOR_HOME": str(self.folder / "home"),
            "STADTLABOR_ROOT": str(self.folder),
            "STADTLABOR_CITY": str(ROOT / "city.toml"),
        }
        ended = subprocess.run(
            [PROGRAM, *words], env=environment, cwd=self.folder, capture_output=True, text=True,
            timeout=200, check=False,
        )  # fmt: skip
        assert (ended.returncode == 0) is good, ended.stdout + ended.stderr
        assert "Traceback" not in ended.stderr
        return ended.stdout + ended.stderr

    def writes(self, name: str, head: str, cell: str) -> str:
        notebook = nbformat.v4.new_notebook(
            metadata={"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}}
        )
        notebook.cells = [
            nbformat.v4.new_code_cell(head, metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell(cell),
        ]
        path = self.folder / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return path.name


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def test_from_notebook_to_operation_and_back(operator: Operator) -> None:
    says = "from stadtlabor.promotion import record\nrecord(says={!r}, days=days)"
    first = operator.writes("eins", "days = 7", says.format("eins"))
    told = operator.types("promote", first, "--as", "probe", "--gated", "-p", "days=30")
    assert "probe: Fassung 1 im Betrieb" in told
    assert "gelungen" in operator.types("promote", "run", "probe")
    second = operator.writes("zwei", "days = 7", says.format("zwei"))
    told = operator.types("promote", second, "--as", "probe", "--why", "besser")
    assert "Fassung 2 steht zur Wahl" in told

    ids = re.findall(r"[0-9a-f]{64}", operator.types("promote", "show", "probe"))
    judge = operator.writes("urteil", 'champion = ""\nchallenger = ""', EVALUATION)
    operator.types("promote", judge, "--as", "urteil")
    told = operator.types(
        "promote", "run", "urteil", "-p", f"champion={ids[0]}", "-p", f"challenger={ids[1]}"
    )
    evidence = told.split()[0]
    told = operator.types("promote", "accept", "probe", "--evidence", evidence, "--why", "Belegt")
    assert "Vorsprung 0,0520 (95 %:" in told
    assert "Fassung 2 ist im Betrieb" in told
    told = operator.types("promote", "run", "probe")
    assert says_what(operator, told) == {"says": "zwei", "days": 7}

    told = operator.types("rollback", "probe", "--why", "Fehlalarm")
    found = re.search(r"Fassung 1 ist wieder im Betrieb, nach (\d+),\d s", told)
    assert found
    assert int(found[1]) < 60
    told = operator.types("promote", "run", "probe")
    assert says_what(operator, told) == {"says": "eins", "days": 30}
    run = told.split()[0]
    assert "Gleich, Byte für Byte" in operator.types("promote", "rerun", run)
    assert "probe/" in operator.types("runs", "probe")


def says_what(operator: Operator, told: str) -> dict[str, object]:
    path = operator.folder / "home" / "runs" / told.split()[0] / "run.json"
    result: dict[str, object] = json.loads(path.read_text())["result"]
    return result


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["promote", "fehlt.ipynb", "--as", "x"], "„fehlt.ipynb“ gibt es nicht"),
        (["promote", "eins.ipynb", "--as", "x", "-p", "tage=1"], "kennt diese Angaben nicht"),
        (["promote", "eins.ipynb", "--as", "x", "-p", "days=viele"], "muss eine ganze Zahl sein"),
        (["promote", "eins.ipynb", "--as", "x", "-p", "days"], "keine Angabe"),
        (["promote", "eins.ipynb", "--as", "X y"], "Ein Name besteht aus"),
        (["promote", "eins.ipynb", "--as", "x", "--cron", "nachts"], "kein Zeitplan"),
        (["promote", "run", "fehlt"], "Es gibt keine Pipeline „fehlt“"),
        (["promote", "rerun", "probe/1"], "Den Lauf „probe/1“ gibt es nicht"),
        (["promote", "accept", "x", "--evidence", "y", "--why", "z"], "Den Lauf „y“ gibt es nicht"),
        (["rollback", "probe", "--why", "x"], "keine frühere Fassung"),
    ],
)
def test_what_cannot_be_done_is_told_in_german(operator: Operator, words, told: str) -> None:
    operator.writes("eins", "days = 7", "days")
    assert told in operator.types(*words, good=False)
