"""A simulated stock of shops, so that pages have something to show before the first real list.

Streets are those of the counters in ``city.toml``; the shops do not exist and say so. The same
seed makes the same shops.
"""

from __future__ import annotations

import math
import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy.blur import METRES_PER_DEGREE
from stadtlabor.innenstadt.vacancy.event import Actor, moment
from stadtlabor.innenstadt.vacancy.register import Register
from stadtlabor.innenstadt.vacancy.unit import Unit
from stadtlabor.simulation.dice import dice
from stadtlabor.sources.names import slug

__all__ = ["fill", "invented_units"]

EDITOR = Actor("editor", "simulation-redaktion")
PUBLISHER = Actor("publisher", "simulation-freigabe")
CITIZEN = Actor("citizen", "simulation-meldung")
DAY = timedelta(days=1)


@cache
def _plan() -> dict[str, Any]:
    here = files("stadtlabor.innenstadt.vacancy").joinpath("example.toml")
    return tomllib.loads(here.read_text("utf-8"))


def invented_units(seed: int) -> list[Unit]:
    """Return the simulated stock: the same for the same seed and city."""
    plan, found = _plan(), []
    weights = np.array([u["weight"] for u in plan["uses"]], dtype="float64")
    for counter in city().counters:
        street = counter.name.split("(")[0].strip()
        throw = dice(seed, f"vacancy/{counter.id}", 0)
        angle = throw.uniform(0, math.pi)
        for n in range(plan["units_per_street"]):
            use = plan["uses"][throw.choice(len(weights), p=weights / weights.sum())]
            along = (n / (plan["units_per_street"] - 1) - 0.5) * plan["length_m"]
            across = 8.0 if n % 2 else -8.0
            north = along * math.sin(angle) + across * math.cos(angle)
            east = along * math.cos(angle) - across * math.sin(angle)
            area = round(float(throw.uniform(*use["area"])), 0)
            equipment = throw.choice(plan["equipment"], size=int(throw.integers(0, 4)))
            found.append(
                Unit(
                    id=f"sim-{slug(street)}-{n + 1:02d}",
                    street=street,
                    house_number=str(2 * (n // 2) + 1 + n % 2),
                    floor="EG",
                    area_m2=area,
                    frontage_m=round(float(throw.uniform(2.5, 4) + area / 40), 1),
                    rent_eur_m2=round(float(use["rent"] * throw.uniform(0.75, 1.3)), 1),
                    equipment=tuple(sorted({str(e) for e in equipment})),
                    rent_public=True,
                    step_free=bool(throw.random() < 0.6),
                    wc=bool(throw.random() < 0.7),
                    extraction=use["name"] in ("Gastronomie", "Café", "Bäckerei")
                    or bool(throw.random() < 0.1),
                    former_use=use["name"],
                    description=plan["description"],
                    zoning=str(throw.choice(plan["zoning"])),
                    lat=round(counter.lat + north / METRES_PER_DEGREE, 6),
                    lon=round(
                        counter.lon
                        + east / METRES_PER_DEGREE / math.cos(math.radians(counter.lat)),
                        6,
                    ),
                    popup_possible=bool(throw.random() < 0.4),
                    invented=True,
                )
            )
    return found


def fill(register: Register, seed: int, at: datetime | None = None) -> int:
    """Fill a register with the simulated stock and its histories; return the number of units.

    Nothing happens where simulated units are in it already.

    Parameters
    ----------
    register
        Where to.
    seed
        Of the installation (``settings.toml``).
    at
        The day up to which things happened, default now.
    """
    now = moment(at)
    units = invented_units(seed)
    with register.writing() as connection:
        if any(register.is_known(connection, unit.id) for unit in units):
            return 0
        for unit in units:
            facts = {"facts": unit.model_dump(mode="json", exclude_defaults=True)}
            for days, what, actor, data in _life(unit, seed):
                when = (now - days * DAY).astimezone(UTC)
                told = facts if what in ("enrol", "report") else data
                register.write(connection, unit.id, actor, what, "Simulation", told, when)
    return len(units)


def _life(unit: Unit, seed: int) -> list[tuple[float, str, Actor, dict[str, Any]]]:
    """Return what happened to a unit: days before now, move, who, data."""
    throw = dice(seed, f"vacancy-life/{unit.id}", 0)
    told: list[tuple[float, str, Actor, dict[str, Any]]] = [(800.0, "enrol", EDITOR, {})]
    if throw.random() > _plan()["vacant_share"]:
        return told
    empty = float(throw.choice([40, 120, 260, 420, 600])) + float(throw.uniform(0, 40))
    # Some records grow old on purpose: the page must show what that looks like.
    checked = min(empty - 6, float(throw.choice([3, 12, 30, 60, 110, 150])))
    told.append((empty, "report", CITIZEN, {}))
    if throw.random() < 0.1:
        return told  # waits for its check
    told.append((empty - 3, "check", EDITOR, {}))
    told.append((empty - 4, "propose", EDITOR, {}))
    told.append((empty - 5, "release", PUBLISHER, {}))
    if throw.random() < 0.7:
        told.append((empty - 5.5, "market", EDITOR, {}))
        if unit.popup_possible and throw.random() < 0.5:
            told.append((checked + 0.5, "place", EDITOR, {"kind": "popup"}))
    told.append((checked, "recheck", EDITOR, {}))
    return sorted(told, key=lambda step: -step[0])
