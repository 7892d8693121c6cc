"""What the hub's pages need to know beyond what the hub tells them."""

from __future__ import annotations

from typing import Any

from stadtlabor.city import city
from stadtlabor.separation import shared
from stadtlabor.web import assets

__all__ = ["variables"]


def variables() -> dict[str, Any]:
    """Return names for the templates: the city, its address, what is worth a warning."""
    return {
        "city": city().city.short_name,
        "contact": city().city.contact,
        "styles": [assets.url(name) for name in assets.STYLES],
        "icon": assets.url("icon.svg"),
        "shared": shared(),
    }
