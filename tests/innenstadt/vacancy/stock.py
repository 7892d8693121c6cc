"""Units and persons that the tests of the register share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from stadtlabor.innenstadt.vacancy import Actor, Register, Standing, Unit

NOW = datetime.now(UTC).replace(microsecond=0)
CITIZEN = Actor("citizen", "buerger")
EDITOR = Actor("editor", "redaktion")
AGENT = Actor("agent", "verwalter")
PUBLISHER = Actor("publisher", "freigabe")


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def shop(name: str = "laden", **facts) -> Unit:
    known = {"street": "Fischerstraße", "house_number": "12", "area_m2": 84.0, "lat": 47.7252,
             "lon": 10.3158, "former_use": "Schuhe"}  # fmt: skip
    return Unit(id=name, **{**known, **facts})


def released(register: Register, unit: Unit, checked: datetime | None = None) -> Standing:
    """Bring a unit onto the public map."""
    checked = checked or days_ago(1)
    register.report(unit, CITIZEN, at=checked)
    register.act(unit.id, "check", EDITOR, at=checked)
    register.act(unit.id, "propose", EDITOR, at=checked)
    return register.act(unit.id, "release", PUBLISHER, at=checked)
