"""Published series of balances, told as far as they are published (``stories``)."""

from __future__ import annotations

import tomllib

from stadtlabor.klimaschule.footprint.activities import Part, packaged
from stadtlabor.klimaschule.footprint.inputs import Inputs

__all__ = ["Story", "story"]


class Story(Part):
    """A series of balances of one school.

    Attributes
    ----------
    title
        German title.
    sources
        German: where each figure was published.
    caveats
        German sentences: what the publications leave open.
    balances
        Inputs in the order of time.
    """

    title: str
    sources: list[str]
    caveats: list[str]
    balances: list[Inputs]


def story(name: str) -> Story:
    """Return a story of the folder ``stories``, for example ``hildegardis``."""
    return Story.model_validate(tomllib.loads(packaged(f"stories/{name}.toml")))
