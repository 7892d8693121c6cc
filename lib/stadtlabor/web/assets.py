"""Style sheets, fonts and icons: where they lie and under which address they are cached.

All addresses carry one hash over everything, so browsers may keep each file for good while
style sheets go on naming their fonts by relative paths.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from stadtlabor.settings import root

__all__ = ["FONTS", "KERN", "OWN", "STYLES", "prefix", "url"]

OWN = Path(__file__).parent / "static"
"""Our own files."""

KERN = "kern"
"""Name of the folder of KERN, the design system of the German administration (EUPL-1.2)."""

FONTS = "fonts"
"""Name of the folder of the typeface, Fira Sans (OFL-1.1)."""

STYLES = ("kern/kern.min.css", "fonts.css", "site.css")
"""Style sheets of every page, in this order."""


def kern_folder() -> Path:
    """Return where the npm package of KERN keeps its built files."""
    return root() / "node_modules" / "@kern-ux" / "native" / "dist"


def font_folder() -> Path:
    """Return where the npm package of the typeface keeps its files."""
    return root() / "node_modules" / "@fontsource" / "fira-sans" / "files"


@cache
def prefix() -> str:
    """Return the folder of all addresses, ``/static/<hash>``."""
    digest = hashlib.sha256((root() / "package-lock.json").read_bytes())
    for path in sorted(OWN.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return f"/static/{digest.hexdigest()[:12]}"


def url(name: str) -> str:
    """Return the address of a file, for example ``kern/kern.min.css`` or ``site.css``."""
    return f"{prefix()}/{name}"
