"""The key of a chart: above it, clear of the axis' title, one below the other on a phone."""

from __future__ import annotations

import altair as alt

__all__ = ["key"]

TITLE_PX = 28
"""Height that the title of the vertical axis takes above the plot."""

PHONE_PX = 400


def key(width: int) -> alt.Legend:
    """Return the legend of a chart of this width in pixels."""
    return alt.Legend(
        title=None,
        orient="top",
        offset=TITLE_PX,
        direction="vertical" if width < PHONE_PX else "horizontal",
        labelLimit=width,
    )
