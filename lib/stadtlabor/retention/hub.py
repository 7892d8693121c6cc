"""The account of a person at the hub: through the hub while it runs, in its file otherwise."""

from __future__ import annotations

import re
import secrets
import socket
import sqlite3
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from stadtlabor.retention.rows import rewrite
from stadtlabor.retention.texts import texts
from stadtlabor.settings import settings

__all__ = ["HubFaultError", "count", "erase", "forget_number", "numbers"]

NAME = re.compile(r"[a-z0-9-]{1,30}")
"""What a name at the hub looks like."""

# Where the hub writes names beside the table of its users: addresses and ids of servers.
_BESIDE = ("servers", "oauth_clients", "api_tokens", "oauth_codes", "spawners", "shares")


class HubFaultError(RuntimeError):
    """The account cannot be deleted now; German."""


def count(home: Path, name: str) -> int:
    """Return how many rows of the hub's register are about a person."""
    path = home / "hub" / "jupyterhub.sqlite"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=10)) as db:
        users = db.execute("SELECT count(*) FROM users WHERE name = ?", (name,)).fetchone()[0]
        return int(users) + sum(len(ids) for ids in _beside(db, name).values())


def erase(home: Path, name: str) -> int:
    """Delete the account and every session and key; return how many rows went.

    Raises
    ------
    HubFaultError
        In German, if the running hub refuses.
    """
    path = home / "hub" / "jupyterhub.sqlite"
    before = count(home, name)
    if not before:
        return 0
    if _runs():
        _ask(path, name)
    with closing(sqlite3.connect(path, timeout=20)) as db:
        db.execute("PRAGMA foreign_keys = ON")
        with db:
            db.execute("DELETE FROM users WHERE name = ?", (name,))
            for table, ids in _beside(db, name).items():
                rows = [(row,) for row in ids]
                db.executemany(f"DELETE FROM {table} WHERE rowid = ?", rows)  # noqa: S608
    rewrite(path)
    return before


def numbers(home: Path, name: str) -> int:
    """Return whether a person has a number, as 0 or 1."""
    path = home / "hub" / "people.db"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=10)) as db:
        found = db.execute("SELECT count(*) FROM people WHERE name = ?", (name,)).fetchone()
    return int(found[0])


def forget_number(home: Path, name: str) -> int:
    """Take the name from a person's number; the number is never given to anybody else."""
    if not numbers(home, name):
        return 0
    path = home / "hub" / "people.db"
    with closing(sqlite3.connect(path, timeout=20)) as db, db:
        # No name of a person has such a sign.
        db.execute("UPDATE people SET name = '*' || number WHERE name = ?", (name,))
    rewrite(path)
    return 1


def _beside(db: sqlite3.Connection, name: str) -> dict[str, list[int]]:
    """Return rows beside the users' own that tell of a person's server or client, by table."""
    sought = re.compile(rf"(?:/|user-){re.escape(name)}(?![a-z0-9-])")
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    found = {}
    for table in _BESIDE:
        if table in tables:
            rows = db.execute(f"SELECT rowid AS number_, * FROM {table}")  # noqa: S608
            found[table] = [
                row[0] for row in rows if any(sought.search(v) for v in row if isinstance(v, str))
            ]
    return {table: ids for table, ids in found.items() if ids}


def _runs() -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", settings().serve.hub_port)) == 0


def _ask(path: Path, name: str) -> None:
    """Let the running hub delete the account: it ends the person's server first.

    The key for that lives in the hub's register for a minute and can do nothing else.
    """
    from jupyterhub import orm

    session = orm.new_session_factory(f"sqlite:///{path}")()
    label = f"erasure-{secrets.token_hex(4)}"
    service = orm.Service(name=label, admin=False)
    role = orm.Role(name=label, description="deletes one account", scopes=["delete:users"])
    try:
        service.roles.append(role)
        session.add_all([service, role])
        session.commit()
        token = orm.APIToken.new(service=service, expires_in=60)
        port = settings().serve.hub_port
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/labor/hub/api/users/{quote(name)}",
            method="DELETE",
            headers={"Authorization": f"token {token}"},
        )
        with urllib.request.urlopen(request, timeout=30):  # noqa: S310  # our own hub
            pass  # the answer is empty
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise HubFaultError(
                texts("places")["faults"]["hub"].format(status=error.code)
            ) from error
    finally:
        session.delete(service)
        session.delete(role)
        session.commit()
        session.close()
