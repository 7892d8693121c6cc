"""The gate: a challenger replaces the champion with recorded evidence only."""

from __future__ import annotations

import hashlib

import pandas as pd

from stadtlabor.promotion import registry
from stadtlabor.promotion.archive import Run
from stadtlabor.promotion.errors import PromotionError
from stadtlabor.promotion.evidence import Verdict, weigh
from stadtlabor.promotion.registry import Event
from stadtlabor.promotion.versions import Version, state

__all__ = ["decide", "evidence_of"]


def evidence_of(run: Run) -> pd.DataFrame:
    """Return the table that an evaluation has recorded as ``evidence``.

    Raises
    ------
    PromotionError
        If the run failed or recorded none (German sentence).
    """
    rows = run.result.get("evidence")
    if run.status != "done" or not isinstance(rows, list) or not rows:
        raise PromotionError(
            f"Der Lauf {run.folder.name} enthält keinen Beleg. Das Notebook muss am Ende "
            "record(evidence=…, champion=…, challenger=…) aufrufen."
        )
    return pd.DataFrame(rows)


def decide(name: str, evidence: Run, why: str, who: str = "", margin: float = 0.0) -> Verdict:
    """Let the evidence of a run decide, and write the decision with its figures down.

    The run must have been about the two versions that stand against each other now: it records
    their ids as ``champion`` and ``challenger`` beside the table (parameters of the evaluating
    notebook, see ``stadtlabor promote show NAME``).

    Parameters
    ----------
    name
        Pipeline whose challenger stands for election.
    evidence
        Run of an evaluating notebook.
    why, who
        For the register.
    margin
        May be lost on a hard event, in the unit of the score.

    Raises
    ------
    PromotionError
        If there is no challenger, or the evidence is none or is about other versions.
    """
    verdict = weigh(evidence_of(evidence), margin)
    about = evidence.result.get("champion"), evidence.result.get("challenger")
    proof = hashlib.sha256((evidence.folder / "run.json").read_bytes()).hexdigest()

    def decision(rows: list[Event]) -> tuple[str, dict[str, object]]:
        champion, challenger = _pair(name)
        if about != (champion.id, challenger.id):
            raise PromotionError(
                f"Der Beleg {evidence.folder.name} gilt für andere Fassungen als "
                f"{champion.number} (im Betrieb) und {challenger.number}. Bitte die Auswertung "
                "mit diesen beiden wiederholen."
            )
        return "decision", {
            **verdict.figures(),
            "champion": champion.number,
            "challenger": challenger.number,
            "evidence": f"{evidence.pipeline}/{evidence.folder.name}",
            "evidence_sha256": proof,
        }

    registry.append(name, decision, why, who)
    return verdict


def _pair(name: str) -> tuple[Version, Version]:
    now = state(name)
    if not now.challenger or not now.champion:
        raise PromotionError(
            f"Für „{name}“ steht keine neue Fassung zur Wahl. Bitte zuerst mit "
            f"stadtlabor promote NOTEBOOK --as {name} eine anmelden."
        )
    return now.versions[now.champion], now.versions[now.challenger]
