"""What must be true of a replay's messages, however often its process was killed."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from stadtlabor.rain.warning import Journal

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


def outbox(folder: Path) -> dict[str, bytes]:
    """Return identifier → CAP of everything that was sent to files."""
    return {p.stem: p.read_bytes() for p in sorted((folder / "outbox").glob("*.xml"))}


def check(folder: Path, schema: etree.XMLSchema | None) -> int:
    """Check validity, chains and receipts; return how many messages there are."""
    journal, sent = Journal(folder), outbox(folder)
    decided = [e.key for e in journal.events("message")]
    assert len(decided) == len(set(decided))
    assert set(decided) == set(sent), "lost, or sent without a decision"
    receipts = [e.key for e in journal.events("sent") if e.key.startswith("outbox/")]
    wanted = sorted(f"outbox/{key}" for key in decided)
    assert sorted(receipts) == wanted, set(receipts) ^ set(wanted)
    newest: dict[str, str] = {}
    ended: set[str] = set()
    for key in decided:
        alert = etree.fromstring(sent[key])
        if schema is not None:
            schema.assertValid(alert)
        kind, incident = alert.findtext(f"{CAP}msgType"), alert.findtext(f"{CAP}incidents")
        reference = alert.findtext(f"{CAP}references")
        if kind == "Alert":
            assert reference is None
            assert incident not in newest
        else:
            _, identifier, time = reference.split(",")
            assert identifier == newest[incident]
            assert incident not in ended
            before = etree.fromstring(sent[identifier])
            assert time == before.findtext(f"{CAP}sent")
        if kind == "Cancel":
            ended.add(incident)
        newest[incident] = key
    return len(decided)
