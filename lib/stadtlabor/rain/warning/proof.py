"""Derive a published message once more from its provenance, and compare it byte for byte."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from pathlib import Path
from typing import Any

from stadtlabor import data
from stadtlabor.catchments import RainWarning
from stadtlabor.promotion.code import code_hash, environment
from stadtlabor.promotion.errors import PromotionError
from stadtlabor.promotion.rerun import repeat
from stadtlabor.rain.warning.cap import to_cap
from stadtlabor.rain.warning.journal import Event, Journal
from stadtlabor.rain.warning.message import Message
from stadtlabor.rain.warning.outlook import Assessment
from stadtlabor.rain.warning.reckoning import assessment_of
from stadtlabor.rain.warning.warner import Warner
from stadtlabor.rain.warning.words import warning_texts

__all__ = ["Proof", "prove"]


@dataclass(frozen=True)
class Proof:
    """What came of deriving a message again.

    Attributes
    ----------
    identifier
        Of the message.
    run
        ``pipeline/run`` that was executed again; empty where the message rests on none.
    differences
        German, what came out different; empty if the CAP message is the same byte for byte.
    surroundings
        German, what is different today: code, packages, data.
    """

    identifier: str
    run: str
    differences: tuple[str, ...]
    surroundings: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the message is the same, byte for byte."""
        return not self.differences


def prove(folder: Path, identifier: str) -> Proof:
    """Execute the run behind a message in a fresh process, and decide and write it once more.

    The times of the message are taken from the journal, all else is reckoned anew.

    Parameters
    ----------
    folder
        Journal of the warning or of a replay; it is only read.
    identifier
        Of the message.

    Raises
    ------
    ValueError
        German: no such message, written without a run, or the run cannot be done again.
    """
    words = warning_texts()["proof"]
    journal = Journal(folder)
    found = journal.events("message", key=identifier)
    if not found:
        raise ValueError(words["unknown"].format(identifier=identifier))
    event = found[0]
    told = Message.from_dict(event.body["message"])
    settings = journal.memory(f"settings:{told.provenance.get('settings', '')}")
    if settings is None and told.reason == "test":
        raise ValueError(words["rehearsal"])
    if settings is None or "before" not in event.body:
        raise ValueError(words["too_old"].format(identifier=identifier))
    chosen = RainWarning.model_validate(settings)
    warner = Warner(chosen, {told.catchment: event.body["before"]}, told.replay)
    if told.reason == "held":
        # Written without data: it follows from the message before.
        return Proof(identifier, "", _compared(event, warner.hold(told.sent), told), ())
    origin = event.body.get("origin") or {}
    if not origin:
        raise ValueError(words["direct"].format(identifier=identifier))
    result, surroundings = _again(origin, told)
    try:
        assessment = assessment_of(result, told.issued, chosen)
    except ValueError as error:
        raise ValueError(words["failed"].format(reason=error)) from error
    differences = _outlooks(journal, told.issued, assessment, told)
    messages = warner.update(assessment, told.sent, dict(told.provenance))
    differences += _compared(event, messages, told)
    return Proof(identifier, told.provenance["run"], differences, surroundings)


def _again(origin: Mapping[str, Any], told: Message) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Execute the run; return its result, and what is different today."""
    words = warning_texts()["proof"]
    try:
        with tempfile.TemporaryDirectory(prefix="stadtlabor-proof-") as place:
            outcome = repeat(
                origin["pipeline"], origin["notebook_hash"], dict(origin["passed"]),
                Path(place) / "run",
            )  # fmt: skip
        cited = str(data.version(str(origin["passed"]["dataset"])))
    except (PromotionError, data.DataError) as error:
        raise ValueError(words["failed"].format(reason=error)) from error
    if outcome.reason:
        raise ValueError(words["failed"].format(reason=outcome.reason))
    now = {"code": outcome.code_hash or code_hash(), **(outcome.environment or environment())}
    then = {"code": origin["code_hash"], **origin["environment"]}
    other = [words[name] for name in now if now[name] != then.get(name)]
    if cited != told.provenance.get("data"):
        other.append(words["data"])
    return outcome.result, tuple(other)


def _outlooks(
    journal: Journal, issued: datetime, now: Assessment, told: Message
) -> tuple[str, ...]:
    """Compare the outlook of the catchment with the one that was written down."""
    for event in reversed(journal.events("cycle")):
        then = event.body["assessment"]
        if then and datetime.fromisoformat(then["issued"]) == issued:
            before = {o.catchment: o for o in Assessment.from_dict(then).outlooks}
            after = {o.catchment: o for o in now.outlooks}
            if before.get(told.catchment) == after.get(told.catchment):
                return ()
            return (str(warning_texts()["proof"]["outlook"]),)
    return ()


def _compared(event: Event, messages: tuple[Message, ...], told: Message) -> tuple[str, ...]:
    words = warning_texts()["proof"]
    same = [message for message in messages if message.catchment == told.catchment]
    if not same:
        return (str(words["none"]),)
    before, now = str(event.body["cap"]), to_cap(same[0])
    if before.encode() == now.encode():
        return ()
    lines = unified_diff(before.splitlines(), now.splitlines(), n=0, lineterm="")
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("---", "+++")]
    return tuple(f"{line[0]} {line[1:].strip()}" for line in changed)
