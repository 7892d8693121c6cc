from __future__ import annotations

from pathlib import Path

import pytest
from scenes import SETTINGS

from stadtlabor.rain.warning.ledger import entries, rows, wilson
from warned import played


def kinds(folder: Path, level: int = 2) -> list[tuple[str, float | None]]:
    return [(e.kind, e.lead_min) for e in entries(folder, SETTINGS.levels) if e.level == level]


def test_a_hit_with_its_lead_time(tmp_path):
    levels = [0] * 4 + [2] * 12 + [0] * 20
    sums = [0.0] * 9 + [16.0] * 6 + [0.0] * 21
    assert kinds(played(tmp_path, levels, sums)) == [("hit", 25.0)]


def test_a_miss_and_a_warning_that_came_too_late(tmp_path):
    sums = [0.0] * 5 + [16.0] * 8 + [0.0] * 23
    assert kinds(played(tmp_path / "a", [0] * 36, sums)) == [("miss", None)]
    late = [0] * 8 + [2] * 10 + [0] * 18
    assert kinds(played(tmp_path / "b", late, sums)) == [("miss", None)]


def test_in_vain_only_once_its_hour_is_over(tmp_path):
    assert kinds(played(tmp_path / "a", [2] * 6 + [0] * 24, [1.0] * 30)) == [("false", None)]
    assert kinds(played(tmp_path / "b", [0] * 4 + [2] * 6, [1.0] * 10)) == []


def test_a_higher_level_counts_for_the_lower_one(tmp_path):
    levels, sums = [4] * 12 + [0] * 24, [0.0] * 6 + [16.0] * 6 + [0.0] * 24
    folder = played(tmp_path, levels, sums)
    assert kinds(folder, 2) == [("hit", 30.0)]
    assert kinds(folder, 3) == kinds(folder, 4) == [("false", None)]


def test_crossings_within_the_hour_are_one_event(tmp_path):
    sums = [0.0] * 5 + [16.0, 14.0, 14.0, 16.0, 16.0] + [0.0] * 26
    assert kinds(played(tmp_path, [2] * 10 + [0] * 26, sums)) == [("hit", 25.0)]


def test_rows_add_up(tmp_path):
    levels, sums = [2] * 12 + [0] * 24, [0.0] * 6 + [16.0] * 6 + [0.0] * 24
    told = rows(entries(played(tmp_path, levels, sums), SETTINGS.levels))
    assert [(r.level, r.catchment, r.hits, r.misses, r.false) for r in told] == [
        (2, None, 1, 0, 0), (2, "bach", 1, 0, 0)
    ]  # fmt: skip
    assert told[0].found == pytest.approx((1.0, 0.207, 1.0), abs=0.001)
    assert told[0].lead_min == 30
    assert told[0].early == 1


def test_wilson():
    assert wilson(0, 0) is None
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3.
    assert wilson(81, 263) == pytest.approx((0.308, 0.2553, 0.3662), abs=0.0005)
    assert wilson(0, 20) == pytest.approx((0.0, 0.0, 0.1611), abs=0.0005)
