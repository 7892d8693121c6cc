"""Stichprobe: how sure is a survey (Mobilität, grades 10–13)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from stadtlabor.lessons.invented import invented
from stadtlabor.lessons.scene import Scene
from stadtlabor.settings import settings
from stadtlabor.simulation.answers import school_ways
from stadtlabor.simulation.dice import dice
from stadtlabor.ui.bars import bars
from stadtlabor.ui.texts import number, percent, text

__all__ = ["scene"]

PERSONS, SAMPLE = 900, 100
Z90 = 1.645
SIZES = (25, 100, 400)


def scene(sample: int = SAMPLE) -> Scene:
    """Return the material: a random sample of an invented school.

    Parameters
    ----------
    sample
        Size of the sample.
    """
    seed = settings().simulation.seed
    everyone = school_ways(seed, PERSONS)
    drawn = everyone.iloc[dice(seed, "sample", sample).permutation(PERSONS)[:sample]]
    drawn = drawn.reset_index(drop=True)
    p = float((drawn["Verkehrsmittel"] == "Fahrrad").mean())
    error = math.sqrt(p * (1 - p) / sample)
    note = invented()
    spread = [_spread(everyone, size, seed) for size in SIZES]
    return Scene(
        intro=text("stichprobe.intro", n=number(sample), persons=number(PERSONS)),
        raw=drawn.head(8),
        data=drawn,
        truths={
            "share_percent": p * 100,
            "share": p,
            "count_all": p * PERSONS,
            "other_percent": (1 - p) * 100,
            "error_points": error * 100,
            "error_share": error,
            "variance_points": p * (1 - p) * 100,
            "no_root_points": p * (1 - p) / sample * 100 * 100,
            "half_points": Z90 * error * 100,
            "whole_points": 2 * Z90 * error * 100,
            "half_share": Z90 * error,
            "four_times": sample * 4.0,
            "two_times": sample * 2.0,
            "half_sample": sample / 2.0,
            "everyone": float(PERSONS),
        },
        pictures={
            "schätzung": lambda: bars(
                [text("stichprobe.bike")], [p * 100], "%",
                title=text("stichprobe.share_title", share=percent(p)),
                subtitle=text("stichprobe.share_subtitle", n=number(sample)),
                note=note, meaning="mobility",
                low=[(p - Z90 * error) * 100], high=[(p + Z90 * error) * 100],
            ),
            "größen": lambda: bars(
                [text("stichprobe.size", n=number(n)) for n in SIZES],
                [float(np.mean(s)) * 100 for s in spread], "%",
                title=text("stichprobe.sizes_title"),
                subtitle=text("stichprobe.sizes_subtitle"),
                note=note, meaning="mobility", digits=1,
                low=[float(np.quantile(s, 0.05)) * 100 for s in spread],
                high=[float(np.quantile(s, 0.95)) * 100 for s in spread],
            ),
        },
        simulated=True,
    )  # fmt: skip


def _spread(everyone: pd.DataFrame, size: int, seed: int) -> list[float]:
    """Return the share of cyclists in 500 samples of one size."""
    rides = (everyone["Verkehrsmittel"] == "Fahrrad").to_numpy()
    throw = dice(seed, "spread", size)
    return [float(throw.permutation(rides)[:size].mean()) for _ in range(500)]
