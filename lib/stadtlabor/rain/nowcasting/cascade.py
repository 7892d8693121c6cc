"""Small things in rain die sooner than large ones: a forecast per scale.

The field of 10 · log10(rate) is cut into scales; each follows an autoregressive model of second
order in the frame that moves with the rain, with coefficients from the last three frames
(S-PROG: Seed 2003, "A dynamic and spatial scaling approach to advection forecasting", J. Appl.
Meteor. 42). Afterwards the field gets back the distribution of the newest frame.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from stadtlabor.rain.nowcasting.carrying import carry, origins

__all__ = ["evolved", "matched"]

Floats = npt.NDArray[np.float32]

SCALES = 6
WET_MM_H = 0.1
DRY_DB = -15.0


def evolved(frames: npt.NDArray[np.floating], velocity: Floats, steps: int) -> list[Floats]:
    """Predict how the rain changes in the frame that moves with it.

    Parameters
    ----------
    frames
        Rain rate, shape (n, y, x), mm/h, without NaN; the last three are used. With fewer the
        newest stays as it is.
    velocity
        Shape (2, y, x), cells per step.
    steps
        Number of steps.

    Returns
    -------
    list of ndarray
        One per step, shape (y, x), in dB of mm/h and smoother with every step; not yet carried.
    """
    newest = _decibel(frames[-1])
    if len(frames) < 3:
        return [newest] * steps
    first, second = origins(velocity, 2)
    before = carry(_decibel(frames[-2]), first, DRY_DB)
    earlier = carry(_decibel(frames[-3]), second, DRY_DB)
    scales = []
    for now, past, older in zip(*map(_parts, (newest, before, earlier)), strict=True):
        mean = float(now.mean())
        now, past, older = now - mean, past - past.mean(), older - older.mean()
        scales.append((now, past, _autoregression(now, past, older), mean))
    fields = []
    for _ in range(steps):
        scales = [(a * x + b * y, x, (a, b), m) for x, y, (a, b), m in scales]
        total = sum(x + m for x, _, _, m in scales)
        fields.append(np.asarray(total, dtype="float32"))
    return fields


def matched(field: Floats, rate: Floats) -> Floats:
    """Give a field the distribution of rain rates of another.

    Parameters
    ----------
    field
        Shape (y, x), any unit: only its order counts.
    rate
        Shape (y, x), mm/h.

    Returns
    -------
    ndarray
        mm/h, shape (y, x): as many wet cells as ``rate``, the highest where ``field`` is highest.
    """
    wet = int((rate >= WET_MM_H).sum())
    if wet < 2:
        return np.zeros_like(field)
    order, rates = (np.sort(a, axis=None)[::-1] for a in (field, rate))
    ranks = np.unique(np.geomspace(1, wet, 200).astype(int) - 1)[::-1]
    values = np.interp(field, order[ranks], rates[ranks])
    return np.where(field >= order[wet - 1], values, 0).astype("float32")


def _decibel(rate: npt.NDArray[np.floating]) -> Floats:
    level = 10 * np.log10(np.maximum(rate, WET_MM_H))
    return np.where(rate >= WET_MM_H, level, DRY_DB).astype("float32")


def _parts(field: Floats) -> list[Floats]:
    spectrum = scipy.fft.rfft2(field)
    shape = (field.shape[0], field.shape[1])
    return [scipy.fft.irfft2(spectrum * w, s=shape) for w in _weights(*shape)]


@lru_cache(maxsize=4)
def _weights(rows: int, columns: int) -> Floats:
    """Return Gaussian weights over wave numbers, shape (scale, y, x/2 + 1), that add up to 1."""
    longest = max(rows, columns)
    down = np.abs(scipy.fft.fftfreq(rows))[:, None] * longest
    across = scipy.fft.rfftfreq(columns)[None] * longest
    ratio = (longest / 2) ** (1 / SCALES)
    number = np.log(np.maximum(np.hypot(down, across), 1)) / np.log(ratio)
    # Scale n holds the wave numbers from ratio^n to ratio^(n+1); its centre is their mean.
    centre = np.log([(ratio**n + ratio ** (n + 1)) / 2 for n in range(SCALES)]) / np.log(ratio)
    weights = np.exp(-2 * (number - centre[:, None, None]) ** 2)
    weights[0] = np.where(number < centre[0], 1, weights[0])
    weights[-1] = np.where(number > centre[-1], 1, weights[-1])
    weights[1:, 0, 0] = 0  # the mean belongs to the largest scale
    return np.asarray(weights / weights.sum(axis=0), dtype="float32")


def _autoregression(now: Floats, past: Floats, older: Floats) -> tuple[float, float]:
    """Return the two coefficients of a stationary model (Yule–Walker)."""

    def correlation(other: Floats) -> float:
        spread = float((now * now).mean() * (other * other).mean())
        return float((now * other).mean()) / float(np.sqrt(spread + 1e-12))

    one, two = min(correlation(past), 0.9999), min(correlation(older), 0.9999)
    two = max(two, 2 * one * one - 1 + 1e-4)  # below, no such process exists
    first = one * (1 - two) / (1 - one * one)
    second = (two - one * one) / (1 - one * one)
    stationary = abs(second) < 1 and abs(first) < 1 - second
    return (first, second) if stationary else (one, 0.0)
