"""A rule, a counter and a moment for tests of the data service."""

from __future__ import annotations

from datetime import UTC, datetime

from stadtlabor.catalogue.policy import Rule
from stadtlabor.observations import Datastream

NOW = datetime(2026, 11, 30, 12, 20, tzinfo=UTC)
ALL = frozenset({"sl:teaching", "sl:participation", "sl:research", "sl:administration"})
EVERYONE = frozenset({"sl:everyone"})


def rule(**facts) -> Rule:
    return Rule("use", ALL, EVERYONE, **facts)


def counter(name: str, area: str = "Mitte", unit: str = "1") -> Datastream:
    return Datastream(
        f"count/{name}/quarter", f"Zähler {name}", "pedestrians", unit, 900, "Probe", "CC0",
        area=area, thing_name=name,
    )  # fmt: skip
