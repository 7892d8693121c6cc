"""``stadtlabor decisions`` as the owner of data types it."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

from click.testing import CliRunner

from stadtlabor.catalogue.policy import ANONYMOUS, Person, Plan, Rule
from stadtlabor.cli import main
from stadtlabor.dataservice.answer import Desk, Guarded
from stadtlabor.dataservice.journal import Journal
from stadtlabor.dataservice.opening import place
from stadtlabor.dataservice.question import Question
from stadtlabor.dataservice.refusal import RefusedError
from stadtlabor.store import Store


def typed(*words: str) -> str:
    done = CliRunner().invoke(main, ["decisions", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_what_was_given_and_refused_is_told(empty_home) -> None:
    assert "0 Entscheidungen" in typed()
    research = frozenset({"sl:research"})
    rule = Rule("use", research, frozenset({"sl:members"}), inform=True)
    desk = Desk(
        Store(empty_home / "store"),
        lambda _: Guarded(Plan("schule", "ab" * 32, "Schule", (rule,)), "Mehr Auskunft: Amt."),
        Journal(place() / "decisions" / "people"),
        b"k" * 32,
        "Europe/Berlin",
        lambda: datetime.now(UTC),
    )
    question = Question(dataset="school-energy", purpose="research")
    desk.answer(question, Person("forscherin", purposes=research))
    with contextlib.suppress(RefusedError):
        desk.answer(question, ANONYMOUS)
    lines = typed().splitlines()
    assert "forscherin: school-energy, Forschung – 0 Zeilen aus Version -1" in lines[0]
    assert lines[0].endswith("(Regel schule abababab)")
    assert "anonym: school-energy, Forschung – abgelehnt: Der Zweck „Forschung“" in lines[1]
    assert typed("--melden").startswith(lines[0])
    assert typed("--abgelehnt").startswith(lines[1])
    assert "0 Entscheidungen" in typed("--datensatz", "weather")
