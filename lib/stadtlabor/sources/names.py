"""Turn names of streets and places into the identifiers of datastreams."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["slug"]

GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"}
)


def slug(text: str) -> str:
    """Return lower-case ASCII with single hyphens.

    Examples
    --------
    >>> slug("Schönbornstraße")
    'schoenbornstrasse'
    >>> slug("Lindau (Allgäu)")
    'lindau-allgaeu'
    """
    ascii_only = (
        unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(GERMAN))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")
