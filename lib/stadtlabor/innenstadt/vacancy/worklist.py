"""What waits for whom: the few clicks a month that keep a register alive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stadtlabor.innenstadt.vacancy.age import Freshness, freshness
from stadtlabor.innenstadt.vacancy.event import moment
from stadtlabor.innenstadt.vacancy.machine import Standing
from stadtlabor.innenstadt.vacancy.public import Withheld, withheld
from stadtlabor.innenstadt.vacancy.register import Register
from stadtlabor.innenstadt.vacancy.rules import rules

__all__ = ["Work", "work"]


@dataclass(frozen=True)
class Work:
    """Open work, each list with the most urgent first.

    Attributes
    ----------
    to_check
        Reported units: somebody has to go there.
    to_propose
        Checked units that nobody has proposed for the public yet.
    to_release
        Units that one person has proposed; another one releases.
    to_recheck
        Units on the public map with the age of their last check, soon marked or hidden.
    photos
        (unit, photo) that nobody has released.
    texts
        Texts that may name a person.
    pending
        Released units whose facts have changed since: the public sees the older ones.
    """

    to_check: tuple[str, ...]
    to_propose: tuple[str, ...]
    to_release: tuple[str, ...]
    to_recheck: tuple[tuple[str, Freshness], ...]
    photos: tuple[tuple[str, str], ...]
    texts: tuple[Withheld, ...]
    pending: tuple[str, ...]


def work(register: Register, at: datetime | None = None) -> Work:
    """Return what waits for somebody.

    Parameters
    ----------
    register
        The register.
    at
        Default now.
    """
    now = moment(at)
    units = register.units([s for s in rules().states if s not in ("rejected", "archived")])
    oldest = sorted(units, key=lambda name: (units[name].since or now, name))
    offered = [n for n in oldest if units[n].state in rules().offered]
    ages = [(n, freshness(units[n].checked_at, now)) for n in offered if units[n].released]
    soon = rules().age.mark_after_days - rules().age.warn_before_days
    due = [(n, age) for n, age in ages if age.days is None or age.days >= soon]
    return Work(
        to_check=tuple(n for n in oldest if units[n].state == "reported"),
        to_propose=tuple(n for n in offered if _is_new(units[n])),
        to_release=tuple(n for n in offered if units[n].proposed_by),
        to_recheck=tuple(sorted(due, key=lambda pair: -(pair[1].days or 10_000))),
        photos=tuple((n, p) for n in oldest for p, shown in units[n].photos if not shown),
        texts=tuple(w for n in oldest for w in withheld(units[n])),
        pending=tuple(n for n in offered if units[n].is_pending and not units[n].proposed_by),
    )


def _is_new(standing: Standing) -> bool:
    return standing.released is None and not standing.proposed_by
