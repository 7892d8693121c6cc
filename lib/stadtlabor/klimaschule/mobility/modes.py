"""Ways of travelling (``modes.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

__all__ = ["Mode", "modes"]


class Mode(BaseModel):
    """A way of travelling.

    Attributes
    ----------
    name
        German name.
    activity
        Key of the activity in the footprint.
    speed_kmh, speed_pct
        Assumed speed from door to door and half of its 90 % range in per cent.
    vehicle
        True where emissions are counted per kilometre of the vehicle, not of the person.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    activity: str
    speed_kmh: float
    speed_pct: float
    vehicle: bool = False


@cache
def modes() -> dict[str, Mode]:
    """Return the ways of travelling by key."""
    text = files("stadtlabor.klimaschule.mobility").joinpath("modes.toml").read_text("utf-8")
    return {key: Mode.model_validate(row) for key, row in tomllib.loads(text).items()}
