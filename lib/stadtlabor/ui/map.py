"""Maps of places. There is no tile from elsewhere; a list with the same content stands beside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipyleaflet
import ipywidgets
import pandas as pd

from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import text

__all__ = ["place_map"]

MIN_RADIUS_PX, MAX_RADIUS_PX = 12, 30
"""A symbol is at least 24 px wide, so that a thumb hits it."""


def place_map(
    places: pd.DataFrame, meaning: str, choose: Callable[[str], Any]
) -> ipywidgets.Widget:
    """Draw places as circles whose area follows a value.

    Parameters
    ----------
    places
        Index: id of the place. Columns ``name``, ``lat``, ``lon`` (degrees), ``value``,
        ``says`` (German sentence for the pop-up).
    meaning
        Colour of the palette.
    choose
        Called with the id of a clicked place.
    """
    middle = (float(places["lat"].mean()), float(places["lon"].mean()))
    view = ipyleaflet.Map(
        center=middle,
        zoom=15,
        layers=(),
        scroll_wheel_zoom=False,
        attribution_control=False,
        zoom_control=False,  # the default one speaks English
        layout=ipywidgets.Layout(height="340px", width="100%"),
    )
    largest = max(float(places["value"].max()), 1.0)
    for row in places.reset_index(names="place").to_dict("records"):
        size = (float(row["value"]) / largest) ** 0.5
        circle = ipyleaflet.CircleMarker(
            location=(row["lat"], row["lon"]),
            radius=round(MIN_RADIUS_PX + size * (MAX_RADIUS_PX - MIN_RADIUS_PX)),
            color=colour(meaning),
            fill_color=colour(meaning),
            fill_opacity=0.55,
            weight=2,
        )
        circle.popup = ipywidgets.HTML(row["says"])
        circle.on_click(lambda place=row["place"], **_: choose(str(place)))
        view.add(circle)
        label = ipyleaflet.DivIcon(
            html=f"<span style='white-space:nowrap;font-size:13px'>{row['name']}</span>",
            icon_size=[0, 0],
            icon_anchor=[-circle.radius - 6, 10],
        )
        view.add(ipyleaflet.Marker(location=(row["lat"], row["lon"]), icon=label, keyboard=False))
    view.add(
        ipyleaflet.ZoomControl(
            position="topleft",
            zoom_in_title=text("map.zoom_in"),
            zoom_out_title=text("map.zoom_out"),
        )
    )
    view.add(ipyleaflet.ScaleControl(position="bottomleft", imperial=False))
    spread = places[["lat", "lon"]]
    view.fit_bounds([spread.min().tolist(), spread.max().tolist()])
    return view
