"""Results of two runs side by side."""

from __future__ import annotations

from stadtlabor.promotion.difference import changed_values


def test_rows_are_named_by_their_first_word() -> None:
    before = {"areas": [{"id": "nord", "mm": 1.5}, {"id": "west", "mm": 0}], "sum": 1}
    now = {"areas": [{"id": "nord", "mm": 2.5}, {"id": "west", "mm": 0}], "sum": 1}
    found = {each.name: (each.before, each.now) for each in changed_values(before, now)}
    assert found["areas/nord/mm"] == ("1.5", "2.5")
    assert [each.name for each in changed_values(before, now) if not each.same] == ["areas/nord/mm"]


def test_rows_without_a_name_are_numbered() -> None:
    found = changed_values({}, {"rows": [{"a": 1}, {"a": 2}], "plain": [1, 2], "none": []})
    assert {each.name: each.now for each in found} == {
        "rows/1/a": "1", "rows/2/a": "2", "plain": "[1, 2]", "none": "[]",
    }  # fmt: skip
