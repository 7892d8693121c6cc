"""May this person read this for that purpose? Deny by default, and say in German why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stadtlabor.catalogue.policy.compiler import profile
from stadtlabor.catalogue.policy.rule import Plan, Rule

__all__ = ["ANONYMOUS", "REAL_RUN", "Denial", "Person", "decide", "open_to_real_runs"]


@dataclass(frozen=True)
class Person:
    """Who asks.

    Attributes
    ----------
    name
        Pseudonym of the hub, empty for an anonymous visitor.
    groups
        Groups of the hub.
    purposes
        Purposes that may be claimed, in the words of the profile.
    service
        Name of the service that asks, empty for a person.
    datasets
        Data sets that the credential reaches, None for all.
    """

    name: str = ""
    groups: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset({"sl:participation"})
    service: str = ""
    datasets: frozenset[str] | None = None

    @property
    def recipients(self) -> frozenset[str]:
        """The words of the profile that this person is meant by."""
        own = {"sl:everyone", *(f"sl:group:{group}" for group in self.groups)}
        if self.name:
            own.add("sl:members")
        if self.service:
            own.add(f"sl:service:{self.service}")
        return frozenset(own)


ANONYMOUS = Person()
"""A visitor of the public pages."""

REAL_RUN = Person(purposes=frozenset({"sl:participation", "sl:research"}), service="realrun")
"""The service that runs researchers' approved notebooks, see :mod:`stadtlabor.realrun`."""


@dataclass(frozen=True)
class Denial:
    """A refusal in German: why, and what to do."""

    reason: str


def decide(
    plan: Plan, person: Person, purpose: str, now: datetime, action: str = "use"
) -> list[Rule] | Denial:
    """Return the rules that apply, the most generous first, or why there is none.

    Parameters
    ----------
    plan
        Compiled policy of the data set.
    person
        Who asks.
    purpose
        What for, in the words of the profile.
    now
        Moment of the question, UTC.
    action
        ``use`` or ``distribute``.
    """
    names = profile()["purposes"]
    if purpose not in names:
        offered = ", ".join(f"„{word.removeprefix('sl:')}“" for word in names)
        return Denial(f"„{purpose.removeprefix('sl:')}“ ist kein Zweck. Möglich sind {offered}.")
    if purpose not in person.purposes:
        return Denial(f"Der Zweck „{names[purpose]}“ ist für Ihren Zugang nicht freigegeben.")
    allowed = [r for r in plan.rules if r.action == action and purpose in r.purposes]
    if not allowed:
        others = {p for r in plan.rules if r.action == action for p in r.purposes}
        said = f"Für den Zweck „{names[purpose]}“ sind diese Daten nicht freigegeben"
        listed = " und ".join(sorted(f"„{names[p]}“" for p in others))
        return Denial(f"{said}, nur für {listed}." if others else f"{said}.")
    meant = [r for r in allowed if r.recipients & person.recipients]
    if not meant:
        return Denial(f"Für den Zweck „{names[purpose]}“ gehört Ihr Zugang nicht zum Kreis.")
    current = [r for r in meant if r.expires is None or now < r.expires]
    if not current:
        last = max(r.expires for r in meant if r.expires)
        return Denial(f"Die Erlaubnis ist am {last:%d.%m.%Y} abgelaufen.")
    return current


def open_to_real_runs(plan: Plan, now: datetime) -> bool:
    """Tell whether real runs get every single value for research.

    Parameters
    ----------
    plan
        Compiled policy of the data set.
    now
        Moment of the question, UTC.
    """
    found = decide(plan, REAL_RUN, "sl:research", now)
    return not isinstance(found, Denial) and any(rule.whole for rule in found)
