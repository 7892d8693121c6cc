"""The measured promise of tests/benchmarks/gaps.py with fewer gaps and looser limits."""

from pathlib import Path

import pytest

from benchmarks.parts.withheld import Score, building, positions, score


@pytest.mark.parametrize("kind", ["electricity", "gas"])
def test_real_days_that_were_withheld(shared_data: Path, kind: str) -> None:
    b8 = building(shared_data / "klimaschule" / "cambridge-estates", kind)
    sums = Score()
    for length, number in ((1, 9), (3, 6), (14, 2)):
        part = score(b8, length, positions(len(b8.day_types), length, number, 11, True))
        for what in ("values", "ours", "rule", "covered", "totals", "totals_covered"):
            setattr(sums, what, getattr(sums, what) + getattr(part, what))
    assert sums.ratio < 0.92
    assert 0.84 < sums.coverage < 0.98
    assert sums.total_coverage > 0.75


def test_a_gap_at_the_end_of_real_data(shared_data: Path) -> None:
    b8 = building(shared_data / "klimaschule" / "cambridge-estates", "electricity")
    part = score(b8, 1, positions(len(b8.day_types), 1, 8, 11, True), at_end=True)
    assert part.ratio < 1.2
    assert part.coverage > 0.75
