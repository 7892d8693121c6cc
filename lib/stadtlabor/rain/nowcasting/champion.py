"""The nowcast in operation: what is likely to fall, decided rate by rate.

Two predictions are weighed at every rate: the evolving cascade (``cascade``),
best for "will it rain", and the newest frame carried along, best for heavy cores. Both become
probabilities (``exceeding``). A field of single numbers is cut from them:
around the median where a mean error counts, towards the best critical success index from 1 to
10 mm/h, where people decide.

Storms that stand still: if over the last half hour the unmoved frame was about as good as the
carried one, both are mixed. In fast convection the unmoved frame has no part.

The constants were chosen on MeteoSwiss 2016-07-11 and RADKLIM 2017-08-16, in the middle of flat
optima (``tests/benchmarks/nowcast.py``); judge them on other events.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from stadtlabor.rain.nowcasting.carrying import carry, fill_holes, origins
from stadtlabor.rain.nowcasting.cascade import evolved, matched
from stadtlabor.rain.nowcasting.exceeding import RATES, Spread, best_cut, blur, decided, exceedance
from stadtlabor.rain.nowcasting.flow import coarse_motion, motion

__all__ = ["Outcome", "accumulated", "predicted", "still_share"]

Floats = npt.NDArray[np.float32]

SUB_STEPS = 4
"""75 s: a cell of 1 km then leaves no gaps in a sum, however fast it moves."""
STILL_FRAMES = 6
"""Half an hour: over this lead, standing still and moving are compared."""
STILL_NEVER, STILL_EVEN, STILL_MOST = 1.8, 1.0, 0.5
"""Error of the unmoved frame divided by that of the carried one: from the first on the unmoved
frame has no part, from the second down it has the third. Both events above lie beyond 2.2."""


@dataclass(frozen=True)
class Outcome:
    """What the champion says.

    Attributes
    ----------
    rates
        Shape (leads, y, x), mm/h.
    hour_mm
        Sum of the first hour (or of all leads, if fewer), shape (y, x): the carried rain added up
        in sub-steps, because the best guess of a sum is not the sum of best guesses.
    """

    rates: Floats
    hour_mm: Floats


def predicted(frames: npt.NDArray[np.floating], leads: int, interval_s: float) -> Outcome:
    """Predict rates and the sum of the hour.

    Parameters
    ----------
    frames
        Rain rate, shape (n ≥ 2, y, x), mm/h, evenly spaced; up to the last seven are used.
    leads
        Number of intervals.
    interval_s
        Their length, s.
    """
    frames = np.stack([fill_holes(frame) for frame in frames[-1 - STILL_FRAMES :]])
    newest, wet = frames[-1], np.nan_to_num(frames)
    velocity = motion(wet)
    still = still_share(wet, velocity)
    growing = evolved(wet, velocity, leads)
    fields = []
    for step, origin in enumerate(origins(velocity, leads)):
        seen = np.isfinite(carry(newest, origin))
        probability = _probability(
            carry(matched(growing[step], wet[-1]), origin, 0.0),
            carry(wet[-1], origin, 0.0),
            wet[-1] if still > 0 else None,
            still,
            (step + 1) * interval_s / 300,
        )
        cuts = [_cut(p, float(rate)) for p, rate in zip(probability, RATES, strict=True)]
        fields.append(np.where(seen, decided(probability, np.array(cuts)), np.nan))
    hour = min(leads, round(3600 / interval_s))
    return Outcome(
        np.stack(fields).astype("float32"), accumulated(frames, hour, interval_s, still=still)
    )


def accumulated(
    frames: npt.NDArray[np.floating],
    steps: int,
    interval_s: float,
    *,
    still: float | None = None,
) -> Floats:
    """Add up the newest frame as it moves on.

    Parameters
    ----------
    frames
        Rain rate, shape (n ≥ 2, y, x), mm/h.
    steps
        Intervals to add up.
    interval_s
        Their length, s.
    still
        Share of the unmoved frame, 0–1; reckoned if not given.

    Returns
    -------
    ndarray
        mm, shape (y, x); NaN where most of the air comes from outside the radar's sight.
    """
    wet = np.nan_to_num(frames)
    velocity = coarse_motion(wet)
    still = still_share(wet, velocity) if still is None else still
    total = np.zeros(wet.shape[1:], dtype="float32")
    seen = np.zeros_like(total)
    sight = np.isfinite(frames[-1]).astype("float32")
    for origin in origins(velocity, steps, SUB_STEPS):
        total += carry(wet[-1], origin, 0.0)
        seen += carry(sight, origin, 0.0)
    moving = total * interval_s / 3600 / SUB_STEPS
    result = (1 - still) * moving + still * wet[-1] * (steps * interval_s / 3600)
    return np.where(seen >= steps * SUB_STEPS / 2, result, np.nan).astype("float32")


def still_share(wet: npt.NDArray[np.floating], velocity: npt.NDArray[np.floating]) -> float:
    """Return the part that the unmoved frame deserves, judged by what has just happened.

    Parameters
    ----------
    wet
        Rain rate, shape (n ≥ 2, y, x), mm/h, without NaN.
    velocity
        Shape (2, y, x), cells per step.
    """
    steps = min(STILL_FRAMES, len(wet) - 1)
    if steps < 3:
        return 0.0
    *_, origin = islice(origins(velocity, steps), steps)
    # Heavy rain decides, but no single pixel of hail.
    before, now = (blur(np.minimum(f, 50).astype("float32"), 2) for f in (wet[-1 - steps], wet[-1]))
    stood = float(((before - now) ** 2).sum())
    moved = float(((carry(before, origin, 0.0) - now) ** 2).sum())
    if moved <= 0:
        return 0.0
    share = (STILL_NEVER - stood / moved) / (STILL_NEVER - STILL_EVEN)
    return float(np.clip(share, 0, 1) * STILL_MOST)


def _probability(
    evolving: Floats, carried: Floats, unmoved: Floats | None, still: float, fives: float
) -> Floats:
    """Weigh the predictions for a lead of ``fives`` times five minutes; shape (rates, y, x)."""
    smooth = Spread(factor=0.1 + 0.03 * fives, cells=0.2 + 0.3 * fives)
    rough = Spread(factor=0.2 + 0.06 * fives, cells=0.5 + 0.7 * fives)
    # All the cascade up to 1 mm/h, all the carried frame from 16 mm/h.
    share = np.clip(1 - 0.25 * np.log2(RATES), 0, 1)
    result = np.zeros((len(RATES), *carried.shape), dtype="float32")
    light, heavy = share > 0, share < 1
    result[light] += share[light, None, None] * exceedance(evolving, RATES[light], smooth)
    core = exceedance(carried, RATES[heavy], rough)
    if unmoved is not None:
        core = (1 - still) * core + still * exceedance(unmoved, RATES[heavy], rough)
    result[heavy] += (1 - share[heavy, None, None]) * core
    return result


def _cut(probability: Floats, rate: float) -> float:
    if rate < 1:
        return 0.5
    weight = 0.7 if rate <= 10 else 0.4
    return weight * best_cut(probability) + (1 - weight) * 0.5
