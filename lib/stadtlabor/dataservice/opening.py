"""The desk of this installation."""

from __future__ import annotations

import os
import secrets
from functools import lru_cache
from pathlib import Path

from stadtlabor.catalogue.cards import find, folder
from stadtlabor.city import city
from stadtlabor.dataservice.answer import Desk
from stadtlabor.dataservice.guarded import guardian
from stadtlabor.dataservice.journal import Journal
from stadtlabor.dataservice.refusal import RefusedError
from stadtlabor.settings import home
from stadtlabor.store.opening import observation_store

__all__ = ["closed", "desk", "found", "place", "secret"]


def place() -> Path:
    """Return the folder of the service: key, decision log."""
    return home() / "data"


def desk(name: str) -> Desk:
    """Return the desk of this process; each process writes a log of its own.

    Parameters
    ----------
    name
        Name of the log's folder.
    """
    return _desk(str(home()), name, os.getpid())


@lru_cache(maxsize=8)
def _desk(at: str, name: str, process: int) -> Desk:
    return Desk(
        observation_store(),
        guardian(found, folder() / "policies"),
        Journal(place() / "decisions" / name),
        secret(place() / "noise.key"),
        city().city.timezone,
    )


def found(dataset: str) -> tuple[str, str] | None:
    """Return policy and contact of a data set, None where it has no card."""
    card = find(dataset)
    if card is None:
        return None
    return card.policy, f"{card.contact.name}, {card.contact.email}"


def closed(dataset: str) -> bool:
    """Tell whether other system users must not read the files of a data set.

    Only what its policy opens to everybody, value by value, lies open.
    """
    try:
        return not guardian(found, folder() / "policies")(dataset).plan.open
    except RefusedError:
        return True


def secret(path: Path) -> bytes:
    """Return the key of the noise; the first call makes one up and keeps it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass  # an earlier start has made one: noise must stay the same for ever
    key = path.read_bytes()
    if len(key) != 32:
        raise ValueError(f"{path}: Der Schlüssel ist beschädigt. Bitte die Sicherung einspielen.")
    return key
