"""Every lesson of the course: contract, copies, typical wrong inputs, one run of its scene."""

from __future__ import annotations

import json
import math
from pathlib import Path

import nbformat
import numpy as np
import pytest

from stadtlabor.learning.contract import faults
from stadtlabor.learning.copies import SOLUTION, app_copy, levels_of, pupil_copy, teacher_copy
from stadtlabor.learning.lesson import read_tasks
from stadtlabor.learning.task import Task
from stadtlabor.lessons import Room, lesson

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*/*.toml"))
each = pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)


def source(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path.with_suffix(".ipynb"), as_version=4)


@pytest.fixture(scope="module")
def opened() -> dict[str, Room]:
    return {path.stem: lesson(path.stem) for path in LESSONS}


@each
def test_the_contract_is_kept(path: Path) -> None:
    assert faults(source(path), read_tasks(path)) == []


@each
def test_no_solution_and_no_word_for_teachers_reaches_a_pupil(path: Path) -> None:
    """The copies differ from the source by what is meant for others, and by nothing else."""
    notebook = source(path)
    tasks = read_tasks(path)
    full = teacher_copy(notebook, tasks)
    hidden = [c.source for c in notebook.cells if "teacher" in c.metadata.get("tags", [])]
    for copy in [
        *(pupil_copy(notebook, level) for level in levels_of(notebook)),
        app_copy(notebook),
    ]:
        text = json.dumps(copy)
        assert not SOLUTION.search(text)
        assert all(json.dumps(words)[1:-1] not in text for words in hidden)
        for cell in copy.cells:
            same = [c for c in full.cells if c.id == cell.id or cell.id == "finish"]
            assert same, f"{cell.source[:40]} is not in the teacher's copy"


@each
def test_every_value_that_tasks_ask_for_is_computed(path: Path, opened: dict[str, Room]) -> None:
    room = opened[path.stem]
    for task in read_tasks(path):
        if task.kind != "number":
            assert room.check(task.id, task.answer).correct
            continue
        truth = room.scene.truths[str(task.truth)]
        assert math.isfinite(truth)
        assert room.check(task.id, truth).correct
        for mistake in task.mistakes:
            wrong = (
                room.scene.truths[mistake.truth] if mistake.truth else truth * (mistake.factor or 0)
            )
            told = room.check(task.id, wrong)
            assert not told.correct, f"task {task.id}: „{mistake.says}“ counts as right"
            assert told.mistake is not None, f"task {task.id}: „{mistake.says}“ is not recognised"


WORDS = [
    "", " ", "viel", "keine Ahnung", "3,5,1", "--", "1e999", "nan", "½", "𝟛", "٣", "ja", "?" * 500,
    "<script>alert(1)</script>", "None", "3 5", "0x10", "1.2.3", "-", "+", ",", ".", "12 kW kW",
]  # fmt: skip


def wrong_inputs(task: Task) -> list[object]:
    """At least 500 things that pupils type, choose or compute."""
    dice = np.random.default_rng(1)
    numbers = [float(f"{x:.4g}") for x in dice.lognormal(3, 4, 150)]
    written = [f"{x:.3f}".replace(".", ",") for x in numbers] + [f"{x:.1e}" for x in numbers]
    units = [f"{x:.1f} {u}" for x in numbers[:20] for u in ("kW", "kWh", "%", "€", "kg")]
    things = [None, ..., True, float("nan"), float("inf"), [], [1, 2], {}, np.array([1.0, 2.0]),
              np.float64(3.5), np.int64(3), complex(1, 2), object(), (1,), {1}, b"5"]  # fmt: skip
    return [*numbers, *written, *units, *WORDS, *things]


@each
def test_five_hundred_wrong_inputs_give_a_sentence_each(
    path: Path, opened: dict[str, Room]
) -> None:
    room = opened[path.stem]
    for task in read_tasks(path):
        given = wrong_inputs(task)
        assert len(given) >= 500
        for answer in given:
            said = room.check(task.id, answer)
            assert len(said.says) > 5
            assert "<script>" not in said._repr_html_()


@each
def test_pictures_are_drawn_and_speak(path: Path, opened: dict[str, Room]) -> None:
    room = opened[path.stem]
    cells = "".join(c.source for c in source(path).cells)
    for name in room.scene.pictures:
        figure = room.picture(name)
        assert "<svg" in figure.svg(250)
        assert figure.note.simulated == room.scene.simulated
        assert len(figure.alt) > 20
        assert f'picture("{name}")' in cells, f"picture {name} is never shown"
    assert len(room.scene.raw) >= 3
    assert "<table" in room.raw().data
    assert not room.data.empty
