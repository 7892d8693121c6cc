from pathlib import Path

import pytest

from stadtlabor.klimaschule import Baseload
from stadtlabor.learning import open_lesson
from stadtlabor.learning.lesson import LessonError, read_tasks
from stadtlabor.learning.task import parse_number
from stadtlabor.lessons.grundlast import truths

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("klimaschule/*.toml"))
FIGURES = Baseload(5.0, 12.0, 38.0, 12.0 * 8760, 5 / 12, 365, 0, None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3,5", 3.5),
        ("3.5", 3.5),
        ("1.234,5 kWh", 1234.5),
        ("8.760", 8760.0),
        (" 12 kW ", 12.0),
        ("-2", -2.0),
        (7, 7.0),
        ("viel", None),
        ("", None),
        ("3,5,1", None),
        (float("nan"), None),
        (True, None),
    ],
)
def test_numbers_as_pupils_write_them(written: object, value: float | None) -> None:
    assert parse_number(written) == value


def test_right_answers_and_understood_mistakes() -> None:
    lesson = open_lesson("grundlast", truths(FIGURES, 900))
    assert lesson.check("2", "5,1 kW").correct
    assert "Mittelwert" in lesson.check("2", 12).says
    assert "höchste Wert" in lesson.check("2", 38).says
    assert "Viertelstunde" in lesson.check("2", 1.25).says
    assert "Komma" in lesson.check("2", 50).says
    assert lesson.check("2", 30).says == "Dein Wert ist zu hoch."
    assert lesson.check("2", "keine Ahnung").says.startswith("Das ist keine Zahl.")
    assert lesson.check("1", "nachts zwischen 0 und 4 Uhr").correct
    assert not lesson.check("1", "mittags in der Pause").correct
    assert lesson.check("5", "8.760 kWh").correct


def test_hints_come_in_order_and_the_last_stays() -> None:
    lesson = open_lesson("grundlast", truths(FIGURES, 900))
    given = [lesson.hint("3") for _ in range(5)]
    assert given[0].startswith("Tipp 1 von 3")
    assert given[3].startswith("Beispiel mit anderen Zahlen")
    assert given[3] == given[4]


@pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)
def test_every_number_task_understands_three_mistakes(path: Path) -> None:
    for task in read_tasks(path):
        if task.kind == "number":
            assert len(task.mistakes) >= 3, task.id
        else:
            wrong = {m.choice for m in task.mistakes}
            assert wrong | {task.answer} == set(task.options), task.id


def test_five_tasks_in_the_first_lesson() -> None:
    assert len(open_lesson("grundlast", truths(FIGURES, 900)).tasks) == 5


def test_a_value_that_is_not_computed_is_told() -> None:
    with pytest.raises(LessonError, match="baseload_kw"):
        open_lesson("grundlast", {})
    with pytest.raises(LessonError, match=r"gibt-es-nicht\.toml fehlt"):
        open_lesson("gibt-es-nicht", {})


def test_the_form_answers_to_button_and_enter() -> None:
    lesson = open_lesson("grundlast", truths(FIGURES, 900))
    form = lesson.form("2")
    _, field, buttons, said, hinted = form.children
    field.value = "5"
    assert "Richtig." in said.value
    buttons.children[1].click()
    assert "Tipp 1 von 3" in hinted.value
