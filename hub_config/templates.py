"""What the hub's pages need to know beyond what the hub tells them."""

from __future__ import annotations

from typing import Any

from stadtlabor.city import city
from stadtlabor.web import assets

__all__ = ["variables"]


def variables() -> dict[str, Any]:
    """Return names for the templates: the city, the style sheets, the mail address."""
    return {
        "city": city().city.short_name,
        "contact": city().city.contact,
        "styles": [assets.url(name) for name in assets.STYLES],
        "icon": assets.url("icon.svg"),
    }
