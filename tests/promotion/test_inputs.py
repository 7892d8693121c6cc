"""What makes a run another run: the frames it may read, and the city it speaks of."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from stadtlabor.promotion import execute
from stadtlabor.promotion.code import code_hash

ISSUE = pd.Timestamp("2026-07-01 12:35", tz="UTC")


def test_only_frames_within_the_window_make_another_run(laboratory, probe, add_frames) -> None:
    short, wide = probe(probe.good), probe(probe.good, name="wide", window_min=120)
    first = {each.name: execute(each, "rain-radar", ISSUE)[0] for each in (short, wide)}
    add_frames("2026-07-01 11:00", 1)
    assert execute(short, "rain-radar", ISSUE) == (first["probe"], False)
    again, fresh = execute(wide, "rain-radar", ISSUE)
    assert fresh
    assert again.inputs != first["wide"].inputs
    add_frames("2026-07-01 12:35", 1)  # after the issue
    assert not execute(wide, "rain-radar", ISSUE)[1]


def test_the_city_in_use_belongs_to_the_code(tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "city.toml"
    found = []
    for text in ("a = 1", "a = 2"):
        file.write_text(text)
        monkeypatch.setenv("STADTLABOR_CITY", str(file))
        found.append(code_hash())
    assert found[0] != found[1]
