"""The decision log: who was given what, for which purpose, under which version of which policy.

One file per day, one JSON object per line, only ever appended to. It names pseudonyms and so is
personal data itself: a file is deleted after :data:`KEPT` days.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stadtlabor.catalogue.policy import Person, Plan, Rule
from stadtlabor.dataservice.question import Question
from stadtlabor.dataservice.refusal import RefusedError

if TYPE_CHECKING:
    from stadtlabor.dataservice.answer import Answer

__all__ = ["KEPT", "Journal"]

KEPT = 90


class Journal:
    """The log of one installation.

    Parameters
    ----------
    folder
        Where the files lie; made if it is missing.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._lock = threading.Lock()
        self._day, self._file = "", -1
        # (person, data set) -> levels of common values given so far
        self._given: dict[tuple[str, str], set[str]] = {}
        for entry in self.entries():
            self._remember(entry)

    def write(
        self, now: datetime, person: Person, question: Question, *,
        answer: Answer | None = None, rule: Rule | None = None, refused: str = "",
    ) -> None:  # fmt: skip
        """Append one decision; it is with the operating system when this returns."""
        entry: dict[str, Any] = {
            "at": now.astimezone(UTC).isoformat(timespec="milliseconds"),
            "who": person.name or None,
            "service": person.service or None,
            "question": question.model_dump(mode="json", exclude_none=True),
        }
        if answer is None or rule is None:
            entry["refused"] = refused
        else:
            entry["given"] = {
                "rows": answer.table.num_rows,
                "withheld": answer.label["withheld"],
                "version": answer.citation.version,
                "policy": answer.plan.name,
                "policy_sha256": answer.plan.sha256,
                "grain": rule.grain,
                "place": rule.place,
                "inform": rule.inform,
            }
        line = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
        with self._lock:
            self._turn(now)
            os.write(self._file, line)  # one call: lines of two threads never mix
            self._remember(entry)

    def check(self, person: Person, question: Question, rule: Rule, plan: Plan) -> None:
        """Refuse common values that would uncover withheld ones together with earlier answers.

        The town minus its other parts is the part that was kept back.

        Raises
        ------
        RefusedError
            In German.
        """
        if not rule.contributors:
            return
        with self._lock:
            given = self._given.get((person.name, question.dataset), set())
        other = {"area": "city", "city": "area"}.get(rule.place)
        if other in given:
            raise RefusedError(
                "Zusammen mit früheren Antworten an Ihren Zugang würde diese Antwort Werte "
                "verraten, die zurückgehalten werden."
            )

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield all decisions, oldest first; a line torn by a power cut is passed over."""
        for path in sorted(self.folder.glob("*.jsonl")):
            for line in path.read_bytes().splitlines():
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                if isinstance(entry, dict):
                    yield entry

    def forget(self, name: str) -> int:
        """Delete all decisions about a person; return how many."""
        gone = 0
        with self._lock:
            self._close()
            for path in sorted(self.folder.glob("*.jsonl")):
                lines = path.read_bytes().splitlines(keepends=True)
                kept = [line for line in lines if _who(line) != name]
                if len(kept) == len(lines):
                    continue
                gone += len(lines) - len(kept)
                draft = path.with_suffix(".draft")
                with draft.open("wb") as file:
                    file.writelines(kept)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(path)
            self._given = {k: v for k, v in self._given.items() if k[0] != name}
        return gone

    def prune(self, now: datetime) -> int:
        """Delete the files that are older than :data:`KEPT` days; return how many."""
        oldest = f"{now - timedelta(days=KEPT):%Y-%m-%d}"
        old = [path for path in self.folder.glob("*.jsonl") if path.stem < oldest]
        for path in old:
            path.unlink()
        return len(old)

    def _turn(self, now: datetime) -> None:
        day = f"{now:%Y-%m-%d}"
        if day == self._day and self._file >= 0:
            return
        self._close()
        self.prune(now)
        path = self.folder / f"{day}.jsonl"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._day = day

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._day, self._file = "", -1

    def _remember(self, entry: dict[str, Any]) -> None:
        given = entry.get("given") or {}
        if given.get("place", "sensor") != "sensor":
            key = (entry.get("who") or "", entry["question"]["dataset"])
            self._given.setdefault(key, set()).add(given["place"])


def _who(line: bytes) -> str | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found.get("who") if isinstance(found, dict) else None
