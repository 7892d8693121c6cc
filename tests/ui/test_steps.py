from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtlabor.ui import Note
from stadtlabor.ui.steps import Step, steps

SMALL = Note(("Q",), ("CC0-1.0",))


def draw(rows: list[Step]):  # type: ignore[no-untyped-def]
    return steps(rows, "t", title="T", subtitle="S", note=SMALL)


def test_changes_lead_from_total_to_total() -> None:
    drawn = draw(
        [
            Step("2015", 390, total=True),
            Step("Schulweg", -49),
            Step("Rest", -152),
            Step("2020", 189, total=True),
            Step("Rest", 104),
            Step("2021", 293, total=True),
        ]
    )
    assert "▼ −49 t" in drawn.svg()
    assert "▲ +104 t" in drawn.svg(250)
    assert drawn.svg().count(">Rest") == 2  # the same name twice keeps two rows
    assert "2015: 390 t; Schulweg: ▼ −49 t" in drawn.alt
    assert drawn.table["t"].tolist() == [390, -49, -152, 189, 104, 293]


def test_changes_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="341 statt 189"):
        draw([Step("a", 390, total=True), Step("b", -49), Step("c", 189, total=True)])


@given(
    st.floats(-1e6, 1e6),
    st.lists(st.floats(-1e6, 1e6), max_size=8),
)
def test_any_exact_series_is_taken(first: float, changes: list[float]) -> None:
    rows = [Step("a", first, total=True), *(Step(f"{n}", v) for n, v in enumerate(changes))]
    level = first
    for value in changes:
        level += value
    assert len(draw([*rows, Step("z", level, total=True)]).table) == len(changes) + 2
