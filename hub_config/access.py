"""What people's tokens may claim of the city's data: scopes and roles of the hub.

The hub says who may claim which purpose; what that purpose gives, the policies of the data sets
say (``datasets/policies``). A server's token carries these scopes and nothing else of its owner's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stadtlabor.catalogue.cards import folder
from stadtlabor.dataservice.scopes import PURPOSES, READ
from stadtlabor.settings import Settings, settings

__all__ = ["RESEARCH", "custom_scopes", "purpose", "roles", "user_scopes"]

RESEARCH = "forschung"
"""Group of the hub whose members may claim research."""

_EVERYBODY = (READ, f"{PURPOSES}teaching", f"{PURPOSES}participation")
_SERVER = ("users:activity!user", "access:servers!server")


def custom_scopes() -> dict[str, dict[str, Any]]:
    """Return the scopes that the hub does not know by itself.

    A token may be made out for one data set alone: those that have a card.
    """
    names = sorted(path.stem for path in folder().glob("*.toml"))
    single = {f"{READ}:{name}": {"description": f"Datensatz {name} lesen"} for name in names}
    purposes = {
        f"{PURPOSES}{name}": {"description": f"Daten für den Zweck {name} lesen"}
        for name in ("teaching", "participation", "research", "administration")
    }
    every = {READ: {"description": "Alle Datensätze lesen", "subscopes": sorted(single)}}
    return {**every, **single, **purposes}


def user_scopes() -> list[str]:
    """Return what every person with a login may claim."""
    return list(_EVERYBODY)


def purpose(groups: Iterable[str]) -> str:
    """Return what a person's questions are for, where they do not say.

    Administration is for its members: an administrator of the hub is none by that.
    """
    return "administration" if settings().labs.staff_group in groups else "teaching"


def roles(chosen: Settings) -> list[dict[str, Any]]:
    """Return the roles of researchers, staff and of people's servers."""
    research, administration = f"{PURPOSES}research", f"{PURPOSES}administration"
    return [
        {"name": "data-research", "groups": [RESEARCH], "scopes": [research]},
        {
            "name": "data-staff",
            "groups": [chosen.labs.staff_group],
            "scopes": [research, administration],
        },
        # A server gets what of these its owner has.
        {"name": "server", "scopes": [*_SERVER, *_EVERYBODY, research, administration]},
    ]
