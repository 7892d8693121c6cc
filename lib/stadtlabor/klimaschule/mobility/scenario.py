"""What if: some of those who live near change how they travel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stadtlabor.klimaschule.mobility.answer import Answer, Leg

__all__ = ["shift"]


def shift(
    answers: Sequence[Answer],
    to: str,
    share: float,
    within_km: float,
    away_from: str = "car",
    seed: int = 1,
) -> list[Answer]:
    """Let a share of the near ones travel another way.

    Parameters
    ----------
    answers
        Answers of a survey.
    to, away_from
        Keys of modes.
    share
        Part of those who could change, 0–1.
    within_km
        Only ways up to this length, km.
    seed
        Which ones change is drawn; the same seed draws the same.

    Returns
    -------
    list of Answer
        All answers; those who change have one leg of the same length.
    """
    could = [
        i
        for i, a in enumerate(answers)
        if a.main_mode == away_from and sum(leg.distance_km for leg in a.legs) <= within_km
    ]
    drawn = np.random.default_rng(seed).permutation(could)[: round(share * len(could))]
    changed = {int(i) for i in drawn}
    return [
        a.model_copy(update={"legs": (Leg(mode=to, km=sum(leg.distance_km for leg in a.legs)),)})
        if i in changed
        else a
        for i, a in enumerate(answers)
    ]
