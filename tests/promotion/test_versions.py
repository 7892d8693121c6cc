"""Versions, aliases, gate and way back, on a real register and with real runs."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stadtlabor import promotion
from stadtlabor.promotion import PromotionError, register, rollback, run, state, weigh
from stadtlabor.promotion.registry import verify
from stadtlabor.promotion.versions import adopt

SAYS = "from stadtlabor.promotion import record\nrecord(says={!r})"
EVALUATION = """\
import pandas as pd
from stadtlabor.promotion import record
rows = [(f"Ereignis {e}", b, 0.1, 0.1 + gain + 0.01 * b) for e in range(4) for b in range(5)]
table = pd.DataFrame(rows, columns=["event", "block", "champion", "challenger"])
record(evidence=table, champion=champion, challenger=challenger)
"""


def scores(gains: dict[str, float], noise: float = 0.005, blocks: int = 8) -> pd.DataFrame:
    dice = np.random.default_rng(3)
    rows = [
        {"event": event, "block": block, "champion": 0.2, "challenger": 0.2 + gain + error}
        for event, gain in gains.items()
        for block, error in enumerate(dice.normal(0, noise, blocks))
    ]
    return pd.DataFrame(rows)


def test_the_first_version_is_champion_and_the_next_stands_for_election(probe) -> None:
    first = register(probe(SAYS.format("eins"), datasets=[]), "Anfang", "anna")
    register(probe(SAYS.format("zwei"), datasets=[]), "besser?", "ben")
    now = state("probe")
    assert (now.champion, now.challenger) == (1, 2)
    assert register(probe(SAYS.format("eins"), datasets=[]), "noch einmal").number == first.number
    assert len(state("probe").versions) == 2
    # In operation is the champion, whatever lies on the disk.
    assert run("probe").result == {"says": "eins"}
    assert run("probe").version == 1
    assert run(promotion.resolve("probe", "challenger")).result == {"says": "zwei"}
    assert [event.who for event in now.events] == ["anna", "anna", "ben", "ben"]


def test_evidence_decides_and_rollback_takes_it_back(probe) -> None:
    register(probe(SAYS.format("eins"), datasets=[]), "Anfang")
    register(probe(SAYS.format("zwei"), datasets=[]), "besser?")
    now = state("probe")
    about = {"champion": now.versions[1].id, "challenger": now.versions[2].id}
    head = 'champion = ""\nchallenger = ""\ngain = 0.0'
    evaluation = probe(EVALUATION, head=head, name="auswertung", datasets=[])

    lost = promotion.decide("probe", run(evaluation, gain=-0.1, **about), "Versuch")
    assert not lost.accepted
    assert state("probe").champion == 1

    stranger = {**about, "challenger": "f" * 64}
    with pytest.raises(PromotionError, match="gilt für andere Fassungen"):
        promotion.decide("probe", run(evaluation, gain=0.1, **stranger), "Versuch")

    won = promotion.decide("probe", run(evaluation, gain=0.1, **about), "gewinnt auf vier Stürmen")
    assert won.accepted
    assert (state("probe").champion, state("probe").challenger) == (2, 0)
    assert run("probe").result == {"says": "zwei"}
    decision = state("probe").events[-1]
    assert decision.content["low"] > 0
    assert decision.content["evidence"].startswith("auswertung/")
    with pytest.raises(PromotionError, match="steht keine neue Fassung zur Wahl"):
        promotion.decide("probe", run(evaluation, gain=0.1, **about), "noch einmal")

    assert rollback("probe", "zu viele Fehlalarme").number == 1
    assert run("probe").result == {"says": "eins"}
    with pytest.raises(PromotionError, match="keine frühere Fassung"):
        rollback("probe", "noch weiter")
    assert verify()


def test_a_changed_notebook_is_adopted_or_stands_for_election(probe) -> None:
    for gated, champion in ((False, 2), (True, 1)):
        settings = {"datasets": [], "gated": gated, "name": f"probe-{int(gated)}"}
        adopt([probe(SAYS.format("eins"), **settings)])
        adopt([probe(SAYS.format("zwei"), **settings)])
        adopt([probe(SAYS.format("zwei"), **settings)])
        now = state(settings["name"])
        assert now.champion == champion
        assert len(now.versions) == 2
    # What was rolled back does not come back by itself.
    rollback("probe-0", "falsch")
    adopt([probe(SAYS.format("zwei"), datasets=[], name="probe-0")])
    assert state("probe-0").champion == 1


def test_a_changed_row_is_noticed(probe, empty_home: Path) -> None:
    for text in ("eins", "zwei", "drei"):
        register(probe(SAYS.format(text), datasets=[]), text)
    assert verify()
    with sqlite3.connect(empty_home / "runs" / "registers.db") as db:
        db.execute("UPDATE promotion_event SET who = 'niemand' WHERE id = 3")
    assert not verify()


def test_many_writers_lose_no_row(probe) -> None:
    pipelines = [probe(SAYS.format(f"{n}"), datasets=[], name=f"probe-{n % 2}") for n in range(8)]
    for pipeline in pipelines:
        pipeline.source()
    pinned = [
        pipeline.model_copy(
            update={"notebook_hash": promotion.archive.keep_source(SOURCE.format(n))}
        )
        for n, pipeline in enumerate(pipelines)
    ]
    working = [threading.Thread(target=register, args=(each, "zugleich")) for each in pinned]
    for each in working:
        each.start()
    for each in working:
        each.join()
    assert [len(state(f"probe-{n}").versions) for n in range(2)] == [4, 4]
    assert verify()


SOURCE = (
    '{{"cells": [{{"cell_type": "code", "metadata": {{"tags": ["parameters"]}}, '
    '"source": "n = {}"}}], "metadata": {{"kernelspec": {{"language": "python"}}}}}}'
)


def test_a_clear_gain_is_accepted() -> None:
    verdict = weigh(scores({"2015": 0.03, "2016": 0.02, "2017": 0.04}))
    assert verdict.accepted
    assert 0 < verdict.low < verdict.difference < verdict.high
    assert verdict == weigh(scores({"2015": 0.03, "2016": 0.02, "2017": 0.04}))


@pytest.mark.parametrize(
    ("gains", "margin", "told"),
    [
        ({"a": 0.0, "b": 0.0, "c": 0.0}, 0.0, "nicht gesichert"),
        ({"a": 0.30, "b": -0.01, "c": -0.01}, 0.05, "Ohne „a“ gibt es keinen Vorsprung"),
        ({"a": 0.30, "b": 0.20, "c": -0.05}, 0.01, "Auf „c“ geht 0,0"),
    ],
    ids=["no gain", "one event alone", "loss on a hard event"],
)
def test_a_doubtful_gain_is_refused(gains, margin: float, told: str) -> None:
    verdict = weigh(scores(gains), margin)
    assert not verdict.accepted
    assert told in " ".join(verdict.faults)


def test_the_loss_counts_on_hard_events_only() -> None:
    table = scores({"a": 0.30, "b": 0.20, "c": -0.05})
    assert weigh(table.assign(hard=table["event"] != "c")).accepted


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (scores({"a": 1.0, "b": 1.0}), "mindestens 3"),
        (scores({"a": 1.0, "b": 1.0, "c": 1.0}, blocks=1), "Zu wenige Blöcke: a, b, c"),
        (scores({"a": 1.0, "b": 1.0, "c": float("nan")}), "fehlt ein Wert"),
        (scores({"a": 1.0}).drop(columns="block"), "fehlen die Spalten block"),
    ],
)
def test_a_table_that_proves_nothing_is_refused(table: pd.DataFrame, told: str) -> None:
    with pytest.raises(PromotionError, match=told):
        weigh(table)
