"""Pages made from notebooks: framed, compressed and kept until a newer one is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from stadtlabor.render.page import Page, made_at, pages, read_page
from stadtlabor.web.packed import Packed, Press

__all__ = ["FRESH_MIN", "StaticPages"]

FRESH_MIN = 30
"""An older page says loudly how old it is."""


class StaticPages:
    """Frames each page once per version, so that a thousand visitors cost what one costs.

    Parameters
    ----------
    frame
        Returns the whole page, given its content and whether it is out of date.
    press
        Packs the pages.
    """

    def __init__(self, frame: Callable[[Page, bool], str], press: Press) -> None:
        self._frame = frame
        self._press = press
        self._kept: dict[str, tuple[tuple[float, bool], Packed]] = {}

    def names(self) -> set[str]:
        """Return the names of the pages there are."""
        return pages()

    def get(self, name: str) -> Packed | None:
        """Return a page, None where there is none."""
        made = made_at(name)
        if made is None:
            return None
        old = datetime.now(UTC).timestamp() - made > FRESH_MIN * 60
        version = (made, old)
        known = self._kept.get(name)
        if known and known[0] == version:
            return known[1]
        page = read_page(name)
        if page is None:
            return None
        packed = self._press.pack(self._frame(page, old).encode(), "text/html")
        self._kept[name] = (version, packed)
        return packed
