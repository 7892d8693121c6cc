"""Read addresses as people write them, and tell when two mean the same."""

from __future__ import annotations

import re
from functools import cache

from stadtlabor.sources.names import slug

__all__ = ["address_key", "floor_key", "number_key", "split_address", "street_key"]

NUMBER = r"\d{1,5}\s?[a-zA-Z]?(?:\s?[-–/+&]\s?\d{1,5}\s?[a-zA-Z]?)?(?:\s?½)?"
FLOOR = r"(?:EG|UG|DG|\d\.?\s?OG|OG|Erdgeschoss|Erdgeschoß|\d\.\s?(?:Stock|Etage)|Parterre)\b.*"
TRAILING = re.compile(
    rf"^(.*?[^\d\s,])[\s,]+({NUMBER})(?:\s*[,;(–-]?\s*({FLOOR})\)?)?$", re.IGNORECASE
)
LEADING = re.compile(rf"^({NUMBER})[\s,]+(.*[A-Za-zÄÖÜäöüß].*)$")
CITY = re.compile(r"[,;]?\s*\b\d{5}\b\s*[A-ZÄÖÜ][\w\s().-]*$")


def split_address(text: str) -> tuple[str, str, str]:
    """Split an address into street, number and position in the house.

    Examples
    --------
    >>> split_address("Bahnhofstr. 12 a, EG links")
    ('Bahnhofstr.', '12 a', 'EG links')
    >>> split_address("4806 7 AVENUE")
    ('7 AVENUE', '4806', '')
    >>> split_address("Residenzplatz")
    ('Residenzplatz', '', '')
    """
    plain = CITY.sub("", " ".join(text.split())).strip(" ,;")
    found = TRAILING.match(plain)
    if found:
        return found[1].strip(" ,"), " ".join(found[2].split()), (found[3] or "").strip(" )")
    found = LEADING.match(plain)
    if found:
        return found[2].strip(), " ".join(found[1].split()), ""
    return plain, "", ""


@cache
def street_key(street: str) -> str:
    """Return a street's name as all its spellings have it.

    Examples
    --------
    >>> street_key("Bahnhof-Str.") == street_key("BAHNHOFSTRASSE") == street_key("Bahnhofstr")
    True
    """
    plain = slug(street)
    plain = re.sub(r"(^|-)st-", r"\1sankt-", plain)
    plain = re.sub(r"str(?:asse)?$", "strasse", plain)
    plain = re.sub(r"pl$", "platz", plain)
    plain = re.sub(r"(?:-|^)(ave?)$", "-avenue", plain)
    return plain.replace("-", "")


@cache
def number_key(number: str) -> str:
    """Return a house number without spaces: ``12 A`` → ``12a``, ``12 – 14`` → ``12-14``."""
    plain = number.lower().replace("½", "1/2")
    plain = re.sub(r"\s*[-–/+&]\s*", "-", plain)
    return re.sub(r"[^a-z0-9-]", "", plain).lstrip("0")


@cache
def floor_key(floor: str) -> str:
    """Return a position in the house: ``Erdgeschoß li.`` → ``eglinks``; "" stays ""."""
    plain = slug(floor)
    for pattern, short in (
        (r"erdgeschoss|parterre|ground-?floor", "eg"),
        (r"untergeschoss|souterrain", "ug"),
        (r"obergeschoss|stock|etage", "og"),
        (r"\bli\b", "links"),
        (r"\bre\b", "rechts"),
    ):
        plain = re.sub(pattern, short, plain)
    return plain.replace("-", "")


def address_key(street: str, number: str, floor: str = "") -> str:
    """Return what two spellings of the same address have in common."""
    return "/".join((street_key(street), number_key(number), floor_key(floor)))
