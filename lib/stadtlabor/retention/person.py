"""Everything that is kept about one person: shown, and erased."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from stadtlabor.retention import hub
from stadtlabor.retention.rows import databases, found, rewrite
from stadtlabor.retention.texts import texts
from stadtlabor.retention.words import blank, lines, word

__all__ = ["PLACES", "Place", "UnknownNameError", "check", "kept"]

# What the login takes, and the invented names of hand-ins.
_NAME = re.compile(r"[a-z0-9-]{1,30}|[A-Za-zÄÖÜäöüß]{2,20}-\d{1,3}")


class UnknownNameError(ValueError):
    """What was given can be nobody's name here; German."""


@dataclass(frozen=True)
class Place:
    """A place where a person's data lie.

    Attributes
    ----------
    key
        Of ``places.de.toml``.
    count, erase
        How many things about a person lie there; take them away and tell how many.
    """

    key: str
    count: Callable[[Path, str], int]
    erase: Callable[[Path, str], int]

    @property
    def where(self) -> str:
        """German: where it is."""
        return str(texts("places")[self.key]["where"])

    @property
    def what(self) -> str:
        """German: what lies there."""
        return str(texts("places")[self.key]["what"])


def check(name: str) -> None:
    """Refuse what can be nobody's name.

    Raises
    ------
    UnknownNameError
        In German.
    """
    if not _NAME.fullmatch(name):
        raise UnknownNameError(texts("places")["faults"]["name"].format(name=name))


def _notes(home: Path, name: str) -> list[Path]:
    folder = home / "run" / "people"
    paths = [path for path in folder.glob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in paths if path.read_text(encoding="utf-8").strip() == name]


def _drop_notes(home: Path, name: str) -> int:
    gone = _notes(home, name)
    for path in gone:
        path.unlink()
    return len(gone)


def _folder(home: Path, name: str) -> Path:
    return home / "homes" / name


def _files(home: Path, name: str) -> int:
    folder = _folder(home, name)
    return sum(not path.is_dir() or path.is_symlink() for path in folder.rglob("*"))


def _drop_folder(home: Path, name: str) -> int:
    count, folder = _files(home, name), _folder(home, name)
    if folder.is_dir():
        shutil.rmtree(folder)
    return count


def _sockets(home: Path, name: str) -> list[Path]:
    return [p for p in Path(tempfile.gettempdir()).glob(f"stadtlabor-*/{name}") if p.is_dir()]


def _drop_sockets(home: Path, name: str) -> int:
    gone = _sockets(home, name)
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)


def _about(name: str) -> Callable[[bytes], bool]:
    def about(line: bytes) -> bool:
        try:
            entry = json.loads(line)
        except ValueError:
            return False
        return isinstance(entry, dict) and entry.get("who") == name

    return about


def _decisions(home: Path) -> list[Path]:
    return sorted((home / "data" / "decisions").rglob("*.jsonl"))


def _logs(home: Path) -> list[Path]:
    paths = sorted((home / "logs").glob("*"))
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def _handins(home: Path, name: str) -> int:
    return _in_handins(home, "SELECT count(*) FROM hand_in WHERE alias = ?", name)


def _drop_handins(home: Path, name: str) -> int:
    count = _handins(home, name)
    if count:
        _in_handins(home, "DELETE FROM hand_in WHERE alias = ?", name)
        rewrite(home / "classes" / "registers.db")
    return count


def _in_handins(home: Path, query: str, name: str) -> int:
    path = home / "classes" / "registers.db"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path, timeout=20)) as db, db:
        if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'hand_in'").fetchone():
            return 0
        row = db.execute(query, (name,)).fetchone()
    return int(row[0]) if row else 0


PLACES = (
    # The account first: the hub ends the person's server, which could write into the rest.
    Place("hub", hub.count, hub.erase),
    Place("people", hub.numbers, hub.forget_number),
    Place("note", lambda home, name: len(_notes(home, name)), _drop_notes),
    Place("folder", _files, _drop_folder),
    Place("sockets", lambda home, name: len(_sockets(home, name)), _drop_sockets),
    Place(
        "decisions",
        lambda home, name: sum(lines(p, _about(name)) for p in _decisions(home)),
        lambda home, name: sum(blank(p, _about(name)) for p in _decisions(home)),
    ),
    Place("handins", _handins, _drop_handins),
    # Last, for what goes before is logged.
    Place(
        "logs",
        lambda home, name: sum(lines(p, word(name).search) for p in _logs(home)),
        lambda home, name: sum(blank(p, word(name).search) for p in _logs(home)),
    ),
)
"""All places in the order in which they are erased."""

_ERASED = {"users", "people", "hand_in", "servers", "oauth_clients", "api_tokens", "oauth_codes",
           "spawners", "shares"}  # fmt: skip


# Measured values and what is packed: no words, or searched by the proof alone.
_WORDLESS = {"store", "spool", "tiles", "homes", "logs"}
_LARGEST = 20 * 2**20


def kept(home: Path, name: str) -> Iterator[tuple[str, int, str]]:
    """Yield where else a name stands, in databases and files: place, how often, what to do."""
    advice = texts("places")["kept"]
    for path in databases(home):
        place = path.relative_to(home)
        for table, count in found(path, word(name)).items():
            if table not in _ERASED:
                told = advice.get(place.parts[0], advice["other"])
                yield f"{place}, Tabelle {table}", count, told
    seen = set(databases(home))
    for folder in sorted(home.iterdir()):
        if folder.name in _WORDLESS or folder.is_symlink() or not folder.is_dir():
            continue
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_file() or path in seen:
                continue
            if path.stat().st_size > _LARGEST or path in _decisions(home):
                continue
            if count := len(word(name).findall(path.read_bytes())):
                told = advice.get(folder.name, advice["other"])
                yield str(path.relative_to(home)), count, told
