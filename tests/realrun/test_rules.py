"""What may leave a real run."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from stadtlabor.realrun import RealRunError, suppress
from stadtlabor.realrun.frames import declared, framed
from stadtlabor.realrun.rules import faults, notes
from stadtlabor.realrun.table import Column, Table, read_table, rounded

READ = [{"dataset": "school-energy", "rows": 5000, "single": True}]


def table(**columns: list[object]) -> Table:
    given = {"month": ["2026-01", "2026-02"], "kwh": [40.25, 39.0], "n": [8, 7], **columns}
    return declared("per_month", pd.DataFrame(given), "n")


def against(made: Table, k: int = 5, reads: list[dict[str, object]] = READ) -> list[str]:
    return faults([made], reads, k)


def test_a_good_table_has_nothing_against_it() -> None:
    assert against(table()) == []
    assert notes([table()], READ) == []


def test_it_comes_back_as_it_left() -> None:
    days = pd.date_range("2026-01-01", periods=3, tz="Europe/Berlin")
    frame = pd.DataFrame(
        {"kwh": [1234.567, np.nan, 0.000123456], "warm": [True, False, True], "n": [9, None, 7]},
        index=pd.Index(days, name="day"),
    )
    made = declared("x", frame, "n")
    again = framed(read_table(json.loads(json.dumps(made.plain()))))
    assert list(again) == ["day", "kwh", "warm", "n"]
    assert again["kwh"].tolist()[::2] == [1235.0, 0.0001235]
    assert str(again["day"].dtype).startswith("datetime64")
    assert again["n"].isna().tolist() == [False, True, False]
    assert [column.kind for column in made.columns] == ["date", "number", "truth", "whole"]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (table(n=[8, 4]), "„per_month“, Zeile 2: „n“ liegt unter 5"),
        (table(n=[0, 8]), "Zeile 1: „n“ liegt unter 5"),
        (table(n=[8, None]), "Zeile 2: „n“ ist zurückgehalten, andere Zahlen"),
        (table(month=["Anna, anna@firma.de", "x"]), "sieht nach Mailadresse"),
        (table(month=["x" * 61, "y"]), "länger als 60 Zeichen"),
        (table(month=["31337,125 kWh", "y"]), "Zahl mit mehr als vier Stellen"),
        (table(month=["school-energy/a/strom 2026-01-01 14:00", "y"]), "Abschrift einzelner Werte"),
        (table(**{"wert 31337.125": [1, 2]}), "Im Namen einer Spalte steht eine Zahl"),
        (table(**{"k" * 61: [1, 2]}), "länger als 60 Zeichen"),
        (table(kwh=[float("inf"), 1.0]), "Spalte „kwh“, Zeile 1"),
    ],
)
def test_what_must_not_leave_is_named_with_its_row(made: Table, words: str) -> None:
    found = against(made)
    assert any(words in fault for fault in found), found


def test_times_of_one_series_are_single_values() -> None:
    times = pd.date_range("2026-01-01T10:00", periods=2, freq="15min")
    (found,) = against(table(month=["school-energy/a/strom"] * 2, at=times))
    assert "einzelne Datenreihen" in found
    assert against(table(at=times)) == []
    assert "nennt Uhrzeiten" in notes([table(at=times)], READ)[0]


@pytest.mark.parametrize("rows", [2, 1])
def test_as_many_rows_as_were_read_are_a_copy(rows: int) -> None:
    reads = [*READ, {"dataset": "footfall", "rows": rows, "single": True}]
    (found,) = against(table(), reads=reads)
    assert "Das wäre eine Abschrift" in found
    assert against(table(), reads=[{**reads[1], "single": False}]) == []


def test_size_and_number_of_tables() -> None:
    long = pd.DataFrame({"n": [9] * 201})
    assert "201 Zeilen" in against(declared("long", long, "n"))[0]
    wide = pd.DataFrame({f"c{n}": [1] for n in range(20)} | {"n": [9]})
    assert "21 Spalten" in against(declared("wide", wide, "n"))[0]
    assert "höchstens 10" in faults([table()] * 11, READ, 5)[0]
    assert faults([], READ, 5) == ["Es wurde keine Tabelle angemeldet."]


def test_a_strangers_table_is_looked_at_cell_by_cell() -> None:
    plain = table().plain()
    for change in (
        {"rows": [["a"]]}, {"rows": "x"}, {"columns": []}, {"columns": [["n", "geheim"]]},
        {"columns": [["m", "date"], ["kwh", "number"], ["n", "whole"]]},
        {"rows": [["a", "1", 8]]}, {"rows": [["a", 1.0, 8.0]]}, {"rows": [["a", True, 8]]},
        {"rows": [[["a"], 1.0, 8]]},
    ):  # fmt: skip
        with pytest.raises(RealRunError, match="nicht lesbar"):
            read_table({**plain, **change})
    for none in (None, [], 3, {}):
        with pytest.raises(RealRunError, match="nicht lesbar"):
            read_table(none)
    exact = replace(table(), columns=(*table().columns, Column("x", "whole")),
                    rows=tuple((*row, 123456) for row in table().rows))  # fmt: skip
    assert "mehr als vier gültige Stellen" in against(exact)[0]
    hidden = replace(table(), count="kwh")
    assert "keine Spalte „kwh“ mit ganzen Zahlen" in against(hidden)[0]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ("x", "keine Tabelle"),
        (pd.DataFrame({"a": [1]}), "keine Spalte „n“"),
        (pd.DataFrame({"n": [1.5]}), "nicht nur ganze Zahlen"),
        (pd.DataFrame({"n": ["viele"]}), "nicht nur ganze Zahlen"),
        (pd.DataFrame({"n": [9], "a": [[1, 2]]}), "etwas anderes als Zahlen"),
        (pd.DataFrame([[9, 9]], columns=["n", "n"]), "heißen Spalten mehrfach"),
    ],
)
def test_what_is_no_table_is_told_at_once(frame: object, words: str) -> None:
    with pytest.raises(RealRunError, match=words):
        declared("t", frame, "n")
    with pytest.raises(RealRunError, match="geht nicht als Name"):
        declared("Meine Tabelle", pd.DataFrame({"n": [9]}), "n")


def test_hints_for_the_second_person() -> None:
    reads = [{"dataset": "a", "rows": 20, "single": True}]
    told = " ".join(notes([table(n=[900, 900], month=["Gesamt", "a"]), table(n=[8, None])], reads))
    for words in ("ergeben zusammen 1.800, gelesen wurden 20", "dieselbe Zahl (900)",
                  "Summe neben ihren Teilen", "Genau eine Zeile", "2 Tabellen"):  # fmt: skip
        assert words in told, told


@pytest.mark.parametrize("seed", range(30))
def test_suppressed_tables_pass_and_no_subtraction_finds_what_is_hidden(seed: int) -> None:
    dice = np.random.default_rng(seed)
    rows = [(s, y, int(dice.integers(0, 30))) for s in "abcd" for y in (2024, 2025, 2026)]
    frame = pd.DataFrame(rows, columns=["school", "year", "n"])
    frame["kwh"] = dice.normal(40, 9, len(frame))
    k = int(dice.integers(2, 12))
    found = suppress(frame, "n", k, by=["year"])
    assert list(found["school"]) == list(frame["school"])
    assert found["kwh"].isna().equals(found["n"].isna())
    kept = found["n"].dropna()
    assert (kept >= k).all()
    if found["n"].notna().any():
        assert against(declared("t", found, "n"), k) == []
    for by in ("school", "year"):
        for name, line in found.groupby(by):
            hidden = frame.loc[line.index][line["n"].isna()]
            visible = line["n"].notna() & (frame.loc[line.index, "n"] > 0)
            if len(hidden) and visible.any():
                assert len(hidden) > 1, (by, name)
                assert hidden["n"].sum() >= k, (by, name)


def test_rounding_keeps_four_digits() -> None:
    assert [rounded(v) for v in (31337.125, 0.00123456, -12.3456, 0.0)] == [
        31340.0, 0.001235, -12.35, 0.0,
    ]  # fmt: skip
