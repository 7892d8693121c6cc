"""Types of a ``parameters`` cell."""

from __future__ import annotations

import json

import pytest

from stadtlabor.promotion import PromotionError
from stadtlabor.promotion.parameters import checked, read_parameters

CELL = """\
place = "kempten"  # Ort aus city.toml
days = 60
share: float = 1  # von 0 bis 1
follow = True
method: Literal["champion", "anvil"] = "champion"
members: int | None = None
thresholds: list[float] = [5, 10]
"""


def notebook(cell: str, *, tags: tuple[str, ...] = ("parameters",)) -> str:
    return json.dumps(
        {
            "cells": [{"cell_type": "code", "metadata": {"tags": list(tags)}, "source": cell}],
            "metadata": {"kernelspec": {"language": "python"}},
        }
    )


KNOWN = read_parameters(notebook(CELL), "probe.ipynb")


def test_defaults_and_comments_are_read() -> None:
    assert KNOWN["place"].help == "Ort aus city.toml"
    assert KNOWN["days"].default == 60
    assert KNOWN["share"].type is float
    assert KNOWN["days"].help == ""


@pytest.mark.parametrize(
    "given",
    [
        {"days": 7},
        {"share": 1},
        {"share": 0.5},
        {"follow": False},
        {"method": "anvil"},
        {"members": None},
        {"members": 20},
        {"thresholds": [1, 2.5]},
    ],
)
def test_right_values_pass(given: dict[str, object]) -> None:
    assert checked(KNOWN, given, "probe.ipynb") == given


@pytest.mark.parametrize(
    "given",
    [
        {"days": "60"},
        {"days": 7.5},
        {"days": True},
        {"place": 5},
        {"share": "viel"},
        {"follow": 1},
        {"method": "raten"},
        {"members": "20"},
        {"thresholds": ["a"]},
    ],
)
def test_wrong_values_are_told_in_german(given: dict[str, object]) -> None:
    (name,) = given
    with pytest.raises(PromotionError, match=f"„{name}“ muss .* sein, angegeben ist"):
        checked(KNOWN, given, "probe.ipynb")


def test_unknown_names_are_told_with_what_is_near() -> None:
    with pytest.raises(PromotionError, match="nicht: ort, tage"):
        checked(KNOWN, {"tage": 1, "ort": "x"}, "probe.ipynb")
    with pytest.raises(PromotionError, match="Vielleicht „place“"):
        checked(KNOWN, {"plce": "x"}, "probe.ipynb")


@pytest.mark.parametrize(
    ("name", "word", "value"),
    [
        ("days", "7", 7),
        ("share", "0.5", 0.5),
        ("follow", "false", False),
        ("place", "7", "7"),
        ("thresholds", "[1, 2]", [1.0, 2.0]),
        ("members", "20", 20),
    ],
)
def test_words_of_a_command_line_get_the_type(name: str, word: str, value: object) -> None:
    assert checked(KNOWN, {name: word}, "probe.ipynb", words=True) == {name: value}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{", "kein vollständiges Notebook"),
        ("[]", "kein vollständiges Notebook"),
        (notebook("x = 1", tags=()), "0 Zellen mit dem Etikett"),
        (notebook("x = 1").replace("kernelspec", "k"), "nennt keine Sprache"),
        (notebook("x = f(1)"), "nur Zeilen wie"),
        (notebook("import os"), "nur Zeilen wie"),
        (notebook("x: os.PathLike = 1"), "nur Zeilen wie"),
        (notebook("x = ("), "nur Zeilen wie"),
    ],
)
def test_other_notebooks_are_refused(source: str, told: str) -> None:
    with pytest.raises(PromotionError, match=told):
        read_parameters(source, "probe.ipynb")
