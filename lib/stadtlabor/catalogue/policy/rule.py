"""What a compiled policy is: rules that the data service applies, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

__all__ = ["GRAINS", "Place", "Plan", "Rule", "coarser"]

GRAINS = ("hour", "day", "week", "month")
"""Periods of the city's clock, the finest first."""

Place = Literal["sensor", "area", "city"]


@dataclass(frozen=True)
class Rule:
    """One permission. What it does not name is not allowed.

    Attributes
    ----------
    action
        ``use`` or ``distribute``.
    purposes, recipients
        For what and for whom, in the words of the profile.
    grain
        Finest period of the city's clock that is handed out, None for single values.
    place
        ``sensor`` hands out each series, ``area`` and ``city`` only their common sums or means.
    persons
        Values that count people are withheld below so many, 0 for no limit.
    contributors
        A common value rests on at least so many meters or counters, 0 for no limit.
    oldest
        Older values are not handed out, None for no limit.
    expires
        From this moment (UTC) on nothing is allowed any more.
    noise
        Spread (scale of a two-sided geometric distribution) of the noise added to values, 0 for
        none.
    attribute, inform
        Duties: name source and licence; tell the owner of each answer.
    """

    action: str
    purposes: frozenset[str]
    recipients: frozenset[str]
    grain: str | None = None
    place: Place = "sensor"
    persons: int = 0
    contributors: int = 0
    oldest: timedelta | None = None
    expires: datetime | None = None
    noise: float = 0.0
    attribute: bool = True
    inform: bool = False

    @property
    def whole(self) -> bool:
        """Whether single values leave the house just as they are kept."""
        return self.grain is None and self.place == "sensor" and not self.persons and not self.noise


@dataclass(frozen=True)
class Plan:
    """A compiled policy.

    Attributes
    ----------
    name
        Name of the policy: its file in ``datasets/policies``.
    sha256
        Hash of the document it was compiled from.
    title
        German name.
    rules
        Permissions, the most generous first.
    """

    name: str
    sha256: str
    title: str
    rules: tuple[Rule, ...]

    @property
    def open(self) -> bool:
        """Whether everybody may read every single value for every purpose."""
        return any(
            r.whole and "sl:everyone" in r.recipients and not r.oldest and not r.expires
            and not r.inform and r.action == "use" and "sl:participation" in r.purposes
            for r in self.rules
        )  # fmt: skip


def coarser(grain: str, limit: str | None) -> bool:
    """Tell whether periods of ``grain`` are as long as those of ``limit`` or longer.

    Weeks do not fit into months: a rule for weeks allows weeks alone.
    """
    if limit is None or grain == limit:
        return True
    return limit != "week" and GRAINS.index(grain) > GRAINS.index(limit)
