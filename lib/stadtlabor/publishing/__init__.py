"""From a notebook to a public version: checked, read by a second person, kept for good.

>>> from stadtlabor import publishing
>>> publishing.button()                                               # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stadtlabor.publishing.errors import PublishingError

if TYPE_CHECKING:
    from stadtlabor.publishing.widget import button

__all__ = ["PublishingError", "button"]


def __getattr__(name: str) -> Any:
    # Widgets are for notebooks alone; the pages use this room without them.
    if name == "button":
        from stadtlabor.publishing.widget import button

        return button
    raise AttributeError(name)
