"""What a radar file says about single cells, beside the rain itself."""

from __future__ import annotations

from enum import IntFlag

import numpy as np
import numpy.typing as npt

__all__ = ["Quality"]


class Quality(IntFlag):
    """Bits of the coordinate ``quality`` of a radar grid (uint8).

    Source of the RADOLAN bits: DWD, RADOLAN/RADVOR-OP Kompositformat 2.5 (bits 13 to 16 of a cell).
    """

    NODATA = 1
    """No radar sees the cell; the rain is NaN. RADOLAN 0x2000."""
    SECONDARY = 2
    """The value comes from the product's second choice (interpolated stations); it counts.
    RADOLAN 0x1000: who takes this bit for rain gets 409.6 units too much."""
    NEGATIVE = 4
    """The number has a minus sign; the rain is NaN. RADOLAN 0x4000."""
    CLUTTER = 8
    """The echo is no rain (ground, wind turbine, insects); the rain is NaN. RADOLAN 0x8000."""
    CAPPED = 16
    """The echo was stronger than rain can be and was cut."""

    def of(self, quality: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Tell where any of these bits is set."""
        set_bits: npt.NDArray[np.uint8] = np.asarray(quality, dtype="uint8") & np.uint8(int(self))
        return set_bits.astype(bool)
