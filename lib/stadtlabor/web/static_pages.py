"""Pages made from notebooks: framed, compressed and kept until a newer one is made."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from stadtlabor.render.page import Page, made_at, pages, read_page

__all__ = ["FRESH_MIN", "Framed", "StaticPages"]

FRESH_MIN = 30
"""An older page says loudly how old it is."""


@dataclass(frozen=True)
class Framed:
    """A page as it goes to the browser.

    Attributes
    ----------
    html, packed
        UTF-8, plain and gzip.
    etag
        Changes with every byte.
    """

    html: bytes
    packed: bytes
    etag: str


class StaticPages:
    """Frames each page once per version, so that a thousand visitors cost what one costs.

    Parameters
    ----------
    frame
        Returns the whole page, given its content and whether it is out of date.
    """

    def __init__(self, frame: Callable[[Page, bool], str]) -> None:
        self._frame = frame
        self._kept: dict[str, tuple[tuple[float, bool], Framed]] = {}

    def names(self) -> set[str]:
        """Return the names of the pages there are."""
        return pages()

    def get(self, name: str) -> Framed | None:
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
        html = self._frame(page, old).encode()
        framed = Framed(html, gzip.compress(html), f'"{hashlib.sha256(html).hexdigest()[:20]}"')
        self._kept[name] = (version, framed)
        return framed
