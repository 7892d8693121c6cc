"""Plans that people usually have, so that nobody has to fill in what a café needs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from stadtlabor.innenstadt.matching.concept import Concept, concept_of

__all__ = ["FLAGS", "WIDE", "plans", "tailored"]

FLAGS = ("step_free", "wc", "extraction", "short")
"""What a plan may need besides area and rent."""

WIDE = 1.8
"""The wished range of the area ends at so many times the least area."""


@cache
def plans() -> dict[str, dict[str, Any]]:
    """Return the plans of ``plans.toml`` by key: German ``name`` and what it usually needs."""
    here = files("stadtlabor.innenstadt.matching").joinpath("plans.toml")
    return tomllib.loads(here.read_text("utf-8"))


def tailored(
    plan: str, *, least_m2: float, rent_eur_m2: float, days: tuple[int, ...], start: int, end: int,
    needs: Mapping[str, bool],
) -> Concept:  # fmt: skip
    """Return a plan with the numbers that somebody has set.

    Parameters
    ----------
    plan
        Key of :func:`plans`.
    least_m2, rent_eur_m2
        Least area; most rent per m² and month.
    days
        Opening days, 0 = Monday.
    start, end
        Opening hours, full local hours.
    needs
        Which of :data:`FLAGS` hold.

    Raises
    ------
    ConceptError
        In German, if it contradicts itself.
    """
    usual = plans()[plan]
    return concept_of(
        {
            "kind": usual["kind"], "use": usual["use"], "area_least_m2": least_m2,
            "area_ideal_m2": (least_m2, least_m2 * WIDE), "rent_most_eur_m2": rent_eur_m2,
            "hours": ({"days": days, "start": start, "end": end},),
            "footfall_per_hour": usual["footfall_per_hour"],
            "complements": tuple(usual["complements"]), "rivals": tuple(usual["rivals"]),
            **{flag: bool(needs.get(flag)) for flag in FLAGS},
        }
    )  # fmt: skip
