"""How exact an amount is taken to be where nobody states it (``quality.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Literal

from stadtlabor.klimaschule.footprint.activities import Part, packaged

__all__ = ["Kind", "Quality", "qualities"]

Kind = Literal["measured", "billed", "filled", "surveyed", "estimated", "simulated", "published"]


class Quality(Part):
    """A way of knowing an amount.

    Attributes
    ----------
    name
        German name.
    percent
        Half of the 90 % range in per cent: an assumption of the Stadtlabor.
    """

    name: str
    percent: float


@cache
def qualities() -> dict[str, Quality]:
    """Return the ways of knowing by key."""
    return {
        k: Quality.model_validate(v) for k, v in tomllib.loads(packaged("quality.toml")).items()
    }
