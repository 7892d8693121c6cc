"""Memory that is no longer needed goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys

__all__ = ["give_back"]


def give_back(collect: bool = True) -> None:
    """Return to the system what was needed for a moment: Python and the C library keep it.

    Parameters
    ----------
    collect
        Look for objects that refer to each other first; takes long where there are many.
    """
    if collect:
        gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
