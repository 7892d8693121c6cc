"""Read an uploaded list in a process of its own; strangers' spreadsheets may be large or nasty."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy import Entry, ImportReport, import_table, stated
from stadtlabor.observations import Problem
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import Ledger
from stadtlabor.sources.question import Question
from stadtlabor.web.child import answer
from stadtlabor.web.texts import texts

__all__ = ["Asked", "read", "read_with"]

MOST_MEMORY = 2_000_000_000
"""Of the process that reads, bytes: a spreadsheet unpacks to a hundred times its size."""
KINDS = ("rejected", "repaired", "doubtful")


@dataclass(frozen=True)
class Asked:
    """A question that the list leaves open: German, with (tag, label) of each answer."""

    question: str
    options: tuple[tuple[str, str], ...]


def read_with(body: bytes, name: str, tags: Sequence[str]) -> ImportReport | Asked:
    """Read a list with the answers given so far.

    Parameters
    ----------
    body
        CSV or XLSX.
    name
        File name.
    tags
        Answers to earlier questions (:attr:`Option.tag`), in any order.

    Raises
    ------
    SourceError
        In German, if it cannot be read at all.
    """
    given, left = stated(name, city().city.timezone), list(tags)
    while True:
        try:
            return import_table(body, given, name)
        except Question as question:
            chosen = next((o for o in question.options if o.tag in left), None)
            if chosen is None:
                options = tuple((o.tag, o.label) for o in question.options)
                return Asked(question.question, options)
            left.remove(chosen.tag)
            given = given.answered(chosen)


async def read(body: bytes, name: str, tags: Sequence[str]) -> ImportReport | Asked:
    """Read a list in a process of its own.

    Raises
    ------
    SourceError
        In German, if it cannot be read.
    """
    head = json.dumps({"name": name, "tags": list(tags)}).encode()
    said = await answer("stadtlabor.web.office_table", head + b"\n" + body)
    try:
        told = json.loads(said)
    except ValueError:
        raise SourceError(texts()["office"]["import"]["too_much"].format(name=name)) from None
    if "fault" in told:
        raise SourceError(told["fault"])
    if "question" in told:
        return Asked(told["question"], tuple((tag, label) for tag, label in told["options"]))
    return _report(told)


def _report(told: dict[str, Any]) -> ImportReport:
    ledger = Ledger(told["file"])
    for kind in KINDS:
        getattr(ledger, kind).extend(Problem(**problem) for problem in told[kind])
    entries = [
        Entry(
            e["line"], e["facts"], e["vacant"],
            date.fromisoformat(e["vacant_since"]) if e["vacant_since"] else None,
        )
        for e in told["entries"]
    ]  # fmt: skip
    private = {int(line): found for line, found in told["private"].items()}
    return ImportReport(told["file"], told["rows"], entries, told["detected"], ledger, private)


def _told(report: ImportReport) -> dict[str, Any]:
    return {
        "file": report.file, "rows": report.rows, "detected": report.detected,
        "entries": [asdict(entry) for entry in report.entries], "private": report.private,
        **{kind: [asdict(p) for p in getattr(report.ledger, kind)] for kind in KINDS},
    }  # fmt: skip


def main() -> None:
    """Read answers and a list from stdin; write what was read, a question or a fault as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    head, _, body = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(head)
    try:
        found = read_with(body, asked["name"], asked["tags"])
    except SourceError as error:
        told: dict[str, Any] = {"fault": str(error)}
    else:
        told = asdict(found) if isinstance(found, Asked) else _told(found)
    sys.stdout.write(json.dumps(told, default=str))


if __name__ == "__main__":
    main()
