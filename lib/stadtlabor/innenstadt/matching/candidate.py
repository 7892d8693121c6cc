"""A unit with its surroundings, as the rating sees it: nothing about persons is in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from stadtlabor.city import city
from stadtlabor.innenstadt.matching.concept import Hours
from stadtlabor.innenstadt.vacancy import Register, Unit, clock_of, freshness
from stadtlabor.innenstadt.vacancy.address import street_key
from stadtlabor.innenstadt.vacancy.blur import metres_between
from stadtlabor.innenstadt.vacancy.event import moment
from stadtlabor.innenstadt.vacancy.rules import rules

__all__ = ["Candidate", "Neighbour", "candidates", "mean_in", "week"]

HOURS = 7 * 24
NEIGHBOURS_WITHIN_M = 400.0
"""Farther away nobody walks for a second shop: larger than any limit in ``weights.toml``."""


Week = Annotated[tuple[float | None, ...], Field(min_length=HOURS, max_length=HOURS)]


class Part(BaseModel):
    """Base: unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Neighbour(Part):
    """Use of a unit nearby, and how far it is, metres."""

    use: str
    metres: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Candidate(Part):
    """A unit that may be rated.

    Attributes
    ----------
    id
        Identifier of the unit.
    area_m2, rent_eur_m2, step_free, wc, extraction, popup_possible, zoning
        As in :class:`stadtlabor.innenstadt.vacancy.Unit`; None: not recorded.
    footfall
        168 means, persons per hour, Monday 0 h first; None for an hour without a count, or as a
        whole where nobody counts.
    neighbours
        Units in use nearby; None where the stock is not recorded.
    vacant_days
        From the vacancy clock; None if not known.
    wished, unwished
        Uses that the street's target picture wishes and does not; None without a picture.
    """

    id: str
    area_m2: float | None = None
    rent_eur_m2: float | None = None
    step_free: bool | None = None
    wc: bool | None = None
    extraction: bool | None = None
    popup_possible: bool | None = None
    zoning: str = ""
    footfall: Week | None = None
    neighbours: tuple[Neighbour, ...] | None = None
    vacant_days: int | None = None
    wished: tuple[str, ...] | None = None
    unwished: tuple[str, ...] = ()


def week(profile: pd.DataFrame) -> tuple[float | None, ...]:
    """Return a profile (``stadtlabor.innenstadt.profile``) as 168 means, Monday 0 h first."""
    means: list[float | None] = [None] * HOURS
    columns = (profile[name].tolist() for name in ("weekday", "hour", "mean"))
    for weekday, hour, mean in zip(*columns, strict=True):
        means[weekday * 24 + hour] = None if math.isnan(mean) else float(mean)
    return tuple(means)


@lru_cache(maxsize=4096)
def mean_in(footfall: tuple[float | None, ...] | None, hours: tuple[Hours, ...]) -> float | None:
    """Return the mean per hour within opening hours; None where no such hour was counted."""
    if footfall is None:
        return None
    open_ = {d * 24 + h for one in hours for d in one.days for h in range(one.start, one.end)}
    counted = [value for n in sorted(open_) if (value := footfall[n]) is not None]
    return sum(counted) / len(counted) if counted else None


def candidates(
    register: Register,
    footfall: Mapping[str, tuple[float | None, ...]] | None = None,
    targets: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] | None = None,
    at: datetime | None = None,
) -> list[Candidate]:
    """Return the units on the public map that are to be had, with their surroundings.

    Parameters
    ----------
    register
        The register; occupied units are the neighbours.
    footfall
        Street, however it is spelled → :func:`week` of its counter.
    targets
        Street → wished and unwished uses.
    at
        Default now.
    """
    now = moment(at)
    today = now.astimezone(ZoneInfo(city().city.timezone)).date()
    counted = {street_key(street): means for street, means in (footfall or {}).items()}
    pictures = {street_key(street): picture for street, picture in (targets or {}).items()}
    standings = register.units()
    offered = {
        name: s.released
        for name, s in standings.items()
        if s.released is not None
        and s.state in rules().offered
        and s.placed_as != "lease"
        and freshness(s.checked_at, now).level != "hidden"
    }
    used = [s.facts for s in standings.values() if s.state == "occupied" and s.facts is not None]
    histories = register.histories(offered)
    found = []
    for name, unit in sorted(offered.items()):
        wished, unwished = pictures.get(street_key(unit.street), (None, ()))
        found.append(
            Candidate(
                id=name,
                area_m2=unit.area_m2,
                # Reasons are shown to applicants; a rent that is not public must not be in them.
                rent_eur_m2=unit.rent_eur_m2 if unit.rent_public else None,
                step_free=unit.step_free,
                wc=unit.wc,
                extraction=unit.extraction,
                popup_possible=unit.popup_possible,
                zoning=unit.zoning,
                footfall=counted.get(street_key(unit.street)),
                neighbours=_neighbours(unit, used),
                vacant_days=clock_of(histories[name], today).days or None,
                wished=wished,
                unwished=unwished,
            )
        )
    return found


def _neighbours(unit: Unit, used: list[Unit]) -> tuple[Neighbour, ...] | None:
    if unit.lat is None or unit.lon is None or not used:
        return None
    found = []
    for other in used:
        if other.lat is None or other.lon is None or not other.former_use:
            continue
        metres = metres_between((unit.lat, unit.lon), (other.lat, other.lon))
        if metres <= NEIGHBOURS_WITHIN_M:
            found.append(Neighbour(use=other.former_use, metres=round(metres, 1)))
    return tuple(sorted(found, key=lambda n: (n.metres, n.use)))
