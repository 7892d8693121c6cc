"""Fit the heating curve: outliers set aside, noisy days weighed less, days not independent."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from stadtlabor.klimaschule.energy.curve import PER_GROUP, Curve, felt
from stadtlabor.klimaschule.energy.idle_runs import idle_runs
from stadtlabor.klimaschule.energy.memory import remembered, unwhiten, whiten
from stadtlabor.klimaschule.energy.noise import Noise, scatter

__all__ = ["WILD", "Fit", "fit"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

WILD = 4.0
"""A day further off than so many standard deviations is set aside (1 in 16,000 by chance)."""

SURE_OFF = 4.0
"""How much more likely (twice the logarithm) a boiler off in summer must be than one running."""

CAUTION = 1.1
"""Variances are widened by this: the noise is estimated too, which the linear theory ignores."""

MOST_TAKEN_OUT = 0.5
"""Memory that the fit takes out at most. Buildings drift: with all of a long memory taken out, a
fit would follow the changes from day to day and miss the winter's level."""

ROUNDS = 6
STEPS = 12
BALANCE_C, BALANCE_SPREAD_C = 14.0, 4.0
"""Weak knowledge of the balance point: decides only where the data say nothing."""

INERTIA, INERTIA_SPREAD, INERTIA_MAX = 0.25, 0.3, 0.8
SETBACK_K, SETBACK_SPREAD_K = 1.0, 2.5
LIKE_SLOPE = 0.3
"""Other day types' slopes are expected within about 30 % of the main type's."""

WEEKDAY_SPREAD = 0.1
"""Single weekdays are expected within about 10 % of a mean heating day."""


@dataclass(frozen=True)
class Fit:
    """A fitted curve.

    Attributes
    ----------
    curve
        The days it stands on (all that were measured).
    parameters, covariance
        See :class:`~stadtlabor.klimaschule.energy.curve.Curve`.
    noise
        Scatter around the curve.
    kept
        Days that were not set aside.
    summer_off
        Whether the boiler is off from June to August.
    """

    curve: Curve
    parameters: Floats
    covariance: Floats
    noise: Noise
    kept: Bools
    summer_off: bool


def _prior(curve: Curve, parameters: Floats, level: float) -> tuple[Floats, Floats, Floats]:
    """Return rows of weak knowledge: matrix, wanted value, and weight 1/sd."""
    rows, wanted, weight = [], [], []

    def row(entries: dict[int, float], value: float, spread: float) -> None:
        line = np.zeros(curve.size)
        for place, factor in entries.items():
            line[place] = factor
        rows.append(line)
        wanted.append(value)
        weight.append(1 / spread)

    slope = max(parameters[1], 1e-6 * level)
    row({2: 1.0}, BALANCE_C, BALANCE_SPREAD_C)
    for group in range(1, curve.groups):
        first = PER_GROUP * group
        row({first: 1.0, 0: -1.0}, 0.0, 0.3 * level)
        row({first + 1: 1.0, 1: -1.0}, 0.0, LIKE_SLOPE * slope)
        row({first + 2: 1.0, 2: -1.0}, -SETBACK_K, SETBACK_SPREAD_K)
    for place in range(PER_GROUP * curve.groups, curve.size - 1):
        row({place: 1.0}, 0.0, WEEKDAY_SPREAD * level)
    row({curve.size - 1: 1.0}, INERTIA, INERTIA_SPREAD)
    return np.array(rows), np.array(wanted), np.array(weight)


def _bounded(curve: Curve, parameters: Floats, level: float) -> Floats:
    inside = parameters.copy()
    groups = inside[: PER_GROUP * curve.groups].reshape(curve.groups, PER_GROUP)
    groups[:, 0] = np.maximum(groups[:, 0], 0.0)
    groups[:, 1] = np.maximum(groups[:, 1], 1e-4 * level)
    groups[:, 2] = np.clip(groups[:, 2], 0.0, 25.0)
    inside[-1] = np.clip(inside[-1], 0.0, INERTIA_MAX)
    return inside


def _start(curve: Curve, energy: Floats, level: float) -> Floats:
    """Search the balance point on a grid, one group after the other, outliers weighed down."""
    parameters = np.zeros(curve.size)
    parameters[-1] = INERTIA
    value, _ = felt(curve.temperature_c, INERTIA)
    value = value[curve.at]
    for group in range(curve.groups):
        mine = (curve.group == group) & ~curve.off
        if mine.sum() < 15 and group:
            mine = ~curve.off
        t, y = value[mine], energy[mine]
        best = (np.inf, 0.0, 0.0, BALANCE_C)
        for balance in np.arange(7.0, 20.5, 0.5):
            x = np.maximum(0.0, balance - t)
            design = np.column_stack([np.ones_like(x), x])
            weight = np.ones_like(x)
            for _ in range(4):
                answer = np.linalg.lstsq(design * weight[:, None], y * weight, rcond=None)[0]
                rest = np.abs(y - design @ answer)
                scale = 1.4826 * np.median(rest) + 1e-9 * level
                weight = np.sqrt(np.minimum(1.0, 1.5 * scale / np.maximum(rest, 1e-12)))
            cost = np.minimum(rest / (0.15 * level), 3.0).sum()
            if cost < best[0]:
                best = (cost, answer[0], answer[1], balance)
        parameters[PER_GROUP * group : PER_GROUP * (group + 1)] = best[1:]
    return _bounded(curve, parameters, level)


def _solve(
    curve: Curve, energy: Floats, parameters: Floats, noise: Noise, kept: Bools, level: float
) -> tuple[Floats, Floats]:
    """Return the best parameters and their covariance for a given noise."""
    part = replace(
        curve, at=curve.at[kept], group=curve.group[kept],
        contrasts=curve.contrasts[kept], off=curve.off[kept],
    )  # fmt: skip
    y, days = energy[kept], part.at.astype(float)
    spread, with_memory = noise.spread(part.drive(parameters), part)
    link = min(noise.memory, MOST_TAKEN_OUT)

    def judged(at: Floats) -> tuple[float, Floats, Floats]:
        mean, slopes = part.mean_and_slopes(at, noise.steady_kwh)
        rows, wanted, weight = _prior(curve, parameters, level)
        rest = np.concatenate([
            whiten((y - mean) / spread, days, with_memory, link),
            weight * (wanted - rows @ at),
        ])  # fmt: skip
        slopes = np.concatenate([
            whiten(slopes / spread[:, None], days, with_memory, link),
            weight[:, None] * np.column_stack([rows, np.zeros(len(rows))]),
        ])  # fmt: skip
        return float(rest @ rest), rest, slopes

    cost, rest, slopes = judged(parameters)
    damping = 1e-3
    for _ in range(STEPS):
        part_slopes = slopes[:, :-1]
        normal, pull = part_slopes.T @ part_slopes, part_slopes.T @ rest
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-12), pull)
        trial = _bounded(curve, parameters + step, level)
        new = judged(trial)
        if new[0] <= cost:
            done = cost - new[0] < 1e-4 * cost / max(len(y), 1)
            parameters, (cost, rest, slopes) = trial, new
            damping = max(damping / 10, 1e-9)
            if done:
                break
        else:
            damping *= 10
            if damping > 1e6:
                break
    covariance = _covariance(rest, slopes, len(y), (days, with_memory, link), noise)
    return parameters, covariance


def _covariance(
    rest: Floats,
    slopes: Floats,
    count: int,
    chain: tuple[Floats, Floats, float],
    noise: Noise,
) -> Floats:
    """Return the parameters' covariance for the noise's whole memory.

    The fit takes out part of the memory only (``chain``: days, part with memory, memory taken
    out), so the scores of its days still hang together: a sandwich.
    """
    days, with_memory, taken = chain
    slopes, by_blur = slopes[:, :-1], slopes[:, -1]
    inverse = np.linalg.inv(slopes.T @ slopes + 1e-12 * np.eye(slopes.shape[1]))
    scores, prior = unwhiten(slopes[:count], days, with_memory, taken), slopes[count:]
    spread_out = remembered(scores * with_memory[:, None], days, noise.memory)
    middle = scores.T @ (
        spread_out * with_memory[:, None] + scores * (1 - with_memory[:, None] ** 2)
    )
    moved = inverse @ (slopes.T @ by_blur) * noise.steady_error_kwh
    whole = inverse @ (middle + prior.T @ prior) @ inverse
    return np.asarray(CAUTION * (whole + np.outer(moved, moved)))


def _summer_off(
    curve: Curve, energy: Floats, parameters: Floats, noise: Noise, summer: Bools
) -> bool:
    """Tell whether the cool summer days look like a boiler that is switched off."""
    if summer.sum() < 10:
        return False
    surprise = []
    for off in (np.zeros_like(summer), summer):
        way = replace(curve, off=off)
        spread, _ = noise.spread(way.drive(parameters), way)
        odd = (energy - way.mean(parameters, noise.steady_kwh)) / spread
        surprise.append(float((np.minimum(odd**2, WILD**2) + 2 * np.log(spread))[summer].sum()))
    return surprise[0] - surprise[1] > SURE_OFF


def fit(curve: Curve, energy: Floats, months: npt.NDArray[np.int64]) -> Fit:
    """Fit a curve.

    Parameters
    ----------
    curve
        The measured days.
    energy
        Their use, kWh.
    months
        Their months, 1–12.

    Notes
    -----
    Rounds of: standardise, set wild days aside, estimate the noise, then Levenberg–Marquardt on
    whitened residuals (generalised least squares with first-order memory).
    """
    level = max(float(np.mean(np.abs(energy))), 1e-6)
    summer, mild = (months >= 6) & (months <= 8), (months >= 4) & (months <= 10)
    summer_off, kept = False, np.ones(len(energy), dtype=bool)
    parameters = _start(curve, energy, level)
    noise = Noise(0.15 * level, 0.0, np.full(curve.groups, 0.05 * level), 0.3, 0.0)
    covariance = np.eye(curve.size)
    for number in range(ROUNDS):
        summer_off = _summer_off(curve, energy, parameters, noise, summer)
        off = summer & summer_off
        if number:
            off |= idle_runs(curve, energy, parameters, noise, mild)
        curve = replace(curve, off=off)
        drive = curve.drive(parameters)
        rest = energy - curve.mean(parameters, noise.steady_kwh)
        spread, _ = noise.spread(drive, curve)
        odd = np.abs(rest) / spread
        if number == 0:
            odd = odd / max(1.4826 * float(np.median(odd)), 1e-9)
        kept = odd < WILD + (2.0 if number == 0 else 0.0)
        noise = scatter(curve, rest, drive, kept, noise)
        parameters, covariance = _solve(curve, energy, parameters, noise, kept, level)
    return Fit(curve, parameters, covariance, noise, kept, summer_off)
