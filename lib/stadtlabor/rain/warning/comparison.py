"""What a frame must not do within a few minutes, held against the last good one."""

from __future__ import annotations

from typing import Any

import numpy as np

from stadtlabor.rain.warning.digest import COARSE, Digest

__all__ = ["alone", "flipped", "jump"]


def alone(new: Digest, rules: dict[str, Any], shape: str | None) -> str | None:
    """Return what is wrong with a frame whatever came before, or None.

    Parameters
    ----------
    new
        The frame.
    rules
        Table ``watch`` of ``rules.toml``.
    shape
        Grid that is expected, or None before the first frame.
    """
    seconds = rules["interval_s"]
    faults = (
        ("units", new.units != "mm/h" or new.interval_s != seconds),
        ("grid", shape is not None and new.shape != shape),
        ("blind", new.seen == 0),
        ("absurd", not np.isfinite(new.highest) or new.highest > rules["highest_mm_h"]),
        ("negative", new.lowest < 0),
        ("clock", new.time.timestamp() % seconds != 0),
    )
    return next((kind for kind, wrong in faults if wrong), None)


def jump(new: Digest, last: Digest, rules: dict[str, Any]) -> str | None:
    """Return what no weather does between two frames, or None.

    Parameters
    ----------
    new, last
        The frame, and the last good one.
    rules
        Table ``watch`` of ``rules.toml``.
    """
    if abs(new.seen - last.seen) > rules["coverage_change"]:
        return "coverage"
    if _quarter_of_nothing(last, new, rules["vanished_cells"]):
        return "vanished"
    if _quarter_of_nothing(new, last, rules["appeared_cells"]):
        return "appeared"
    enough = min(new.cells, last.cells) >= rules["scale_cells"]
    if enough and min(new.q90, last.q90, new.mean, last.mean) > 0:
        ratios = np.log([new.q90 / last.q90, new.mean / last.mean])
        # Both measures, in the same direction: growth of one strong cell moves only one of them.
        if abs(ratios.sum()) == np.abs(ratios).sum() and (
            np.abs(ratios).min() > np.log(rules["scale_factor"])
        ):
            return "scale"
    return None


def flipped(new: Digest, before: Digest, margin: float) -> bool:
    """Tell whether a frame looks like the mirror image of what must follow the one before."""
    pictures = [np.array(d.coarse, "float64").reshape(COARSE, COARSE) for d in (new, before)]
    if min(picture.std() for picture in pictures) == 0:
        return False

    def likeness(picture: np.ndarray) -> float:
        return float(np.corrcoef(picture.ravel(), pictures[1].ravel())[0, 1])

    straight = likeness(pictures[0])
    mirrored = max(likeness(pictures[0][::-1]), likeness(pictures[0][:, ::-1]))
    return mirrored > straight + margin


def _quarter_of_nothing(rained: Digest, other: Digest, cells: int) -> bool:
    """Tell whether a quarter holds inner rain in one frame and not a drop in the other."""
    return any(w >= cells and not any_ for w, any_ in zip(rained.wet, other.any_wet, strict=True))
