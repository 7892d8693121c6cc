"""A public page keeps to itself: no script, no form, nothing fetched from elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser

from stadtlabor.publishing.words import said

__all__ = ["foreign"]

FORBIDDEN = (
    "script",
    "iframe",
    "frame",
    "object",
    "embed",
    "form",
    "meta",
    "base",
    "link",
    "input",
)


class _Markup(HTMLParser):
    """Collects what a public page must not have."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: dict[str, None] = {}
        self.headings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        self.headings += tag == "h1"
        if tag in FORBIDDEN:
            self.bad[said("markup.element", tag=tag)] = None
        for name, value in attrs:
            address = (value or "").strip().lower()
            if name.startswith("on"):
                self.bad[said("markup.script")] = None
            elif name in ("src", "srcset", "poster", "data", "background") or (
                name.endswith("href") and tag not in ("a", "area")
            ):
                if address and not address.startswith(("data:", "#", "/static/")):
                    self.bad[said("markup.elsewhere")] = None
            elif name == "href" and address.startswith(("javascript:", "vbscript:")):
                self.bad[said("markup.script")] = None
            elif name == "style" and "url(" in address.replace("url(#", ""):
                self.bad[said("markup.elsewhere")] = None


def foreign(page: str) -> list[str]:
    """Return German sentences about what a page must not have, and about its heading.

    Parameters
    ----------
    page
        Content of ``<main>``, HTML.
    """
    parser = _Markup()
    parser.feed(page)
    parser.close()
    faults = list(parser.bad)
    if parser.headings != 1:
        faults.append(said("markup.heading", count=parser.headings))
    return faults
