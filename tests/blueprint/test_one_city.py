"""What is one city stands in its file, in texts and docs, never in code or data of the library."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = re.compile(r"kempten", re.IGNORECASE)
KINDS = {
    ".py", ".toml", ".csv", ".json", ".html", ".css", ".js", ".j2", ".svg", ".txt", ".ipynb",
    ".yaml", ".yml", ".conf", ".md",
}  # fmt: skip
# Published figures of one real school, with their sources: what a lesson teaches, not whose it is.
LESSON = "the published balances of the first Klimaschule, quoted with their source"
ALLOWED = {
    "lib/stadtlabor/klimaschule/footprint/stories/hildegardis.toml": LESSON,
    "lib/stadtlabor/lessons/facts.csv": LESSON,
    "lib/stadtlabor/ui/texts/de/ehrliche-differenz.toml": LESSON,
    "lib/stadtlabor/ui/texts/de/kompensation.toml": LESSON,
    "notebooks/klimaschule/ehrliche-differenz.ipynb": LESSON,
    "notebooks/klimaschule/kompensation.ipynb": LESSON,
}


def files() -> list[Path]:
    found = []
    for part in ("lib", "hub_config", "notebooks", "datasets", "binder"):
        for path in (ROOT / part).rglob("*"):
            hidden = any(p.startswith(".") or p.endswith(".egg-info") for p in path.parts[1:])
            if path.suffix in KINDS and path.is_file() and not hidden:
                found.append(path)
    return found


def test_no_city_stands_in_code_or_data() -> None:
    looked = files()
    assert len(looked) > 500
    found = {
        str(path.relative_to(ROOT))
        for path in looked
        if NAMES.search(path.read_text(encoding="utf-8"))
    }
    assert sorted(found - set(ALLOWED)) == []
    assert sorted(set(ALLOWED) - found) == [], "no longer needed here"


@pytest.mark.parametrize("name", [name for name in ALLOWED if name.endswith(".ipynb")])
def test_lessons_name_it_in_words_alone(name: str) -> None:
    cells = json.loads((ROOT / name).read_text(encoding="utf-8"))["cells"]
    code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert not NAMES.search(code)


def test_the_key_of_the_municipality_stands_in_the_city_file_alone() -> None:
    for path in files():
        assert "09763000" not in path.read_text(encoding="utf-8"), path
