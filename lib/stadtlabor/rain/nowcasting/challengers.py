"""Known methods, to be measured against: persistence, plain extrapolation, and pysteps'.

pysteps has no wheel, so it is an extra (``pip install 'stadtlabor[research]'``); its set-up here is
the one behind published tables: motion on 10 · log10(rate) from 0.1 mm/h with a floor of −15 dB.
"""

from __future__ import annotations

import contextlib
import io
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from stadtlabor.rain.nowcasting.carrying import extrapolate
from stadtlabor.rain.nowcasting.flow import coarse_motion

__all__ = ["CHALLENGERS", "challenge"]

Floats = npt.NDArray[np.float32]

FLOOR_DB = -15.0
CHALLENGERS = {
    "persistence": "das neueste Bild bleibt stehen",
    "extrapolation": "das neueste Bild zieht weiter (optischer Fluss von OpenCV)",
    "lucaskanade": "Verlagerung nach Lucas und Kanade (pysteps)",
    "proesmans": "Verlagerung nach Proesmans (pysteps)",
    "darts": "Verlagerung nach DARTS (pysteps)",
    "sprog": "S-PROG: kleine Strukturen vergehen (pysteps)",
    "anvil": "ANVIL: Wachsen und Vergehen örtlich (pysteps)",
    "steps": "STEPS: Ensemble (pysteps)",
}
"""Name → what it does, in German."""

MOTIONS = {"lucaskanade": ("LK", 3), "proesmans": ("proesmans", 2), "darts": ("DARTS", 9)}
"""Name → pysteps' name of the motion, frames it takes."""


def challenge(
    method: str,
    frames: npt.NDArray[np.floating],
    leads: int,
    *,
    members: int = 20,
    seed: int = 42,
    interval_s: float = 300,
    cell_km: float = 1.0,
) -> Floats:
    """Forecast by a known method.

    Parameters
    ----------
    method
        One of :data:`CHALLENGERS`.
    frames
        Rain rate, shape (n, y, x), mm/h; NaN where not seen.
    leads
        Number of intervals.
    members, seed
        Of the ensemble, for ``steps`` alone.
    interval_s, cell_km
        Of the grid, for ``steps`` alone.

    Returns
    -------
    ndarray
        mm/h, shape (leads, y, x); for ``steps`` (leads, members, y, x).

    Raises
    ------
    ValueError
        In German, if the method is unknown, pysteps is missing, or frames are too few for it.
    """
    if method == "persistence":
        return np.repeat(frames[-1:].astype("float32"), leads, axis=0)
    if method == "extrapolation":
        return extrapolate(frames[-1], coarse_motion(frames), leads)
    if method not in CHALLENGERS:
        raise ValueError(
            f"Das Verfahren „{method}“ gibt es nicht. Möglich sind: champion, "
            + ", ".join(CHALLENGERS)
            + "."
        )
    with contextlib.redirect_stdout(io.StringIO()):  # pysteps prints its settings
        return np.asarray(
            _pysteps(method, frames, leads, members, seed, interval_s, cell_km), dtype="float32"
        )


def _pysteps(
    method: str,
    frames: npt.NDArray[np.floating],
    leads: int,
    members: int,
    seed: int,
    interval_s: float,
    cell_km: float,
) -> Any:
    nowcasts, motion, extrapolation = _modules()
    level = _decibel(frames)
    name, count = MOTIONS.get(method, MOTIONS["lucaskanade"])
    needed = max(count, 4 if method == "anvil" else 3)
    if len(frames) < needed and method != "proesmans":
        raise ValueError(f"„{method}“ braucht {needed} Radarbilder, es sind {len(frames)}.")
    velocity = motion.get_method(name)(level[-count:])
    if method in MOTIONS:
        carry = extrapolation.get_method("semilagrangian")
        return carry(frames[-1], velocity, leads, allow_nonfinite_values=True)
    if method == "anvil":
        rates = np.nan_to_num(frames[-4:])
        return nowcasts.get_method("anvil")(rates, velocity, leads, ar_window_radius=25)
    if method == "sprog":
        future = nowcasts.get_method("sprog")(
            level[-3:], velocity, leads, precip_thr=-10.0, n_cascade_levels=6
        )
        return _rate(future)
    future = nowcasts.get_method("steps")(
        level[-3:],
        velocity,
        leads,
        n_ens_members=members,
        n_cascade_levels=6,
        precip_thr=-10.0,
        kmperpixel=cell_km,
        timestep=interval_s / 60,
        noise_method="nonparametric",
        vel_pert_method="bps",
        mask_method="incremental",
        seed=seed,
    )
    return _rate(future).swapaxes(0, 1)


def _modules() -> tuple[ModuleType, ModuleType, ModuleType]:
    try:
        from pysteps import extrapolation, motion, nowcasts
    except ImportError as error:
        raise ValueError(
            "Dieses Verfahren braucht die Bibliothek pysteps. Bitte einrichten mit: "
            "pip install 'stadtlabor[research]' (braucht einen C-Compiler)."
        ) from error
    return nowcasts, motion, extrapolation


def _decibel(rate: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    known = np.nan_to_num(rate.astype("float64"))
    with np.errstate(divide="ignore"):
        return np.where(known >= 0.1, 10 * np.log10(known), FLOOR_DB)


def _rate(level: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    rate = np.where(level < -10, 0.0, 10 ** (np.nan_to_num(level, nan=FLOOR_DB) / 10))
    return np.where(np.isfinite(level), rate, np.nan)
