"""Turn the fields of the form into an answer, for browsers without script."""

from __future__ import annotations

from typing import Any

from stadtlabor.klimaschule.mobility import Answer
from stadtlabor.web.texts import texts

__all__ = ["LEGS", "answer_of"]

LEGS = 3
"""Parts of the way that the form asks for."""


def answer_of(fields: dict[str, str]) -> Answer:
    """Return the answer that a form holds.

    Parameters
    ----------
    fields
        ``group``, ``days``, ``season`` and per part n ``mode_n``, ``km_n``, ``minutes_n``,
        ``persons_n``, ``only_n``.

    Raises
    ------
    ValueError
        If no part of the way is filled in; the message is one of the catalogue.
    pydantic.ValidationError
        If a field does not do.
    """
    legs: list[dict[str, Any]] = []
    for n in range(1, LEGS + 1):
        mode = fields.get(f"mode_{n}", "")
        if not mode:
            continue
        leg: dict[str, Any] = {"mode": mode}
        for name in ("km", "minutes"):
            stated = fields.get(f"{name}_{n}", "").strip().replace(",", ".")
            if stated:
                leg[name] = stated
        if mode == "car":
            leg["persons"] = fields.get(f"persons_{n}") or 2
            leg["only_for_school"] = fields.get(f"only_{n}") == "1"
        legs.append(leg)
    if not legs:
        raise ValueError(texts()["survey"]["faults"]["mode"])
    given = {
        "group": fields.get("group", ""),
        "days": fields.get("days", "5"),
        "season": fields.get("season", "all"),
        "legs": legs,
    }
    return Answer.model_validate(given)
