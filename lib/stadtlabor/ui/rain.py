"""Pictures of rain: the radar around the city and the next hour."""

from __future__ import annotations

import base64

import altair as alt
import cv2
import numpy as np
import pandas as pd
import xarray as xr

from stadtlabor.city import Place, city
from stadtlabor.rain import Outlook, place_index
from stadtlabor.ui.figure import WIDE, Figure, number_axis
from stadtlabor.ui.note import Note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import number, percent, text, time

__all__ = ["level_sentence", "outlook_figure", "outlook_sentence", "radar_figure"]

CLASSES = [0.1, 1.0, 2.5, 10.0, 25.0, 50.0]
"""Lower bounds of the colour classes, mm/h."""

PIXELS_PER_CELL = 5

SHADES = ["#C6DBEF", "#9ECAE1", "#4292C6", "#08519C", "#7A0F7A", "#B00020"]


def _local(instant: pd.Timestamp) -> pd.Timestamp:
    return instant.tz_convert(city().city.timezone)


def radar_figure(frame: xr.DataArray, place: Place, note: Note) -> Figure:
    """Draw one radar frame around a place.

    Parameters
    ----------
    frame
        Rain rate (``y``, ``x``), mm/h, with the attributes of the grid and scalar ``time``.
    place
        Marked in the middle.
    note
        Small print.
    """
    row, column = place_index(frame, place.lat, place.lon)
    values = frame.to_numpy()
    cell_km = abs(float(frame["x"][1] - frame["x"][0])) / 1000
    classes = np.searchsorted(CLASSES, np.nan_to_num(values), side="right") - 1
    names = [f"ab {number(c, 1 if c % 1 else 0)} mm/h" for c in CLASSES]
    half = len(frame["x"]) / 2 * cell_km
    peak = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
    when = _local(pd.Timestamp(frame["time"].values.item(), tz="UTC"))

    picture = _image(classes, np.isfinite(values))

    def draw(width: int) -> alt.LayerChart:
        size = min(width, 480)
        scale = alt.Scale(domain=[-half, half], nice=False)
        axis = alt.Axis(title="Kilometer nach Osten", format=",.0f", tickCount=5)
        x = alt.X("east:Q", scale=scale, axis=axis)
        y = alt.Y("north:Q", scale=scale, axis=number_axis("Kilometer nach Norden"))
        corner = pd.DataFrame({"east": [0.0], "north": [0.0], "url": [picture]})
        # One image instead of ten thousand squares keeps the page light.
        cells = (
            alt.Chart(corner, width=size, height=size)
            .mark_image(width=size, height=size)
            .encode(x=x, y=y, url="url:N")
        )
        key = (
            alt.Chart(pd.DataFrame({"label": names}))
            .mark_square(opacity=0)
            .encode(
                color=alt.Color(
                    "label:N",
                    scale=alt.Scale(domain=names, range=SHADES),
                    legend=alt.Legend(
                        title="Regen",
                        orient="bottom",
                        columns=3,
                        symbolType="square",
                        symbolOpacity=1,
                        symbolSize=180,
                    ),
                )
            )
        )
        mark = pd.DataFrame({"east": [0.0], "north": [0.0], "name": [place.name]})
        here = alt.Chart(mark).encode(x=x, y=y)
        cross = here.mark_point(shape="cross", size=160, color=colour("ink"), strokeWidth=2)
        # A white rim keeps the name readable on every colour.
        label = {"align": "left", "dx": 12, "fontSize": 14, "fontWeight": "bold"}
        rim = here.mark_text(stroke="white", strokeWidth=4, **label).encode(text="name:N")
        name = here.mark_text(**label).encode(text="name:N")
        return cells + key + cross + rim + name

    counts = [int((classes == c).sum()) for c in range(len(CLASSES))]
    return Figure(
        title=text("rain.map_title", time=time(when), peak=number(peak)),
        subtitle=text(
            "rain.map_subtitle", width=number(2 * half), place=place.name, date=f"{when:%d.%m.%Y}"
        ),
        draw=draw,
        table=pd.DataFrame({"Regen": names, "Fläche in km²": [c * cell_km**2 for c in counts]}),
        alt=text(
            "rain.map_alt",
            peak=number(peak),
            place=place.name,
            here=number(float(np.nan_to_num(values[row, column])), 1),
        ),
        note=note,
    )


def outlook_figure(outlook: Outlook, place: Place, note: Note) -> Figure:
    """Draw the predicted rain rate of the next hour with the span of the neighbourhood."""
    rates = outlook.rates
    frame = rates.assign(time=[_local(t).tz_localize(None) for t in rates.index])
    peak = float(np.nan_to_num(rates["here"].max()))

    def draw(width: int) -> alt.LayerChart:
        axis = alt.Axis(title=None, format="%H:%M", labelOverlap=True)
        base = alt.Chart(frame, width=width, height=220).encode(x=alt.X("time:T", axis=axis))
        top = max(5.0, float(np.nan_to_num(rates["high"].max())) * 1.1)
        y_axis = number_axis("Regen in mm/h", 1 if top < 10 and width >= WIDE else 0)
        scale = alt.Scale(domain=[0, top])
        span = base.mark_area(color=colour("rain"), opacity=0.25).encode(
            y=alt.Y("low:Q", axis=y_axis, scale=scale), y2="high:Q"
        )
        line = base.mark_line(color=colour("rain"), strokeWidth=3).encode(
            y=alt.Y("here:Q", scale=scale)
        )
        return span + line

    return Figure(
        title=outlook_sentence(outlook, place),
        subtitle=text(
            "rain.lead_subtitle",
            place=place.name,
            time=time(_local(outlook.issued)),
            radius=number(outlook.radius_km),
        ),
        draw=draw,
        table=pd.DataFrame(
            {
                "Zeit": [f"{t:%H:%M}" for t in frame["time"]],
                "am Ort in mm/h": rates["here"].to_numpy(),
                "Umkreis niedrig": rates["low"].to_numpy(),
                "Umkreis hoch": rates["high"].to_numpy(),
            }
        ),
        alt=text("rain.lead_alt", minutes=len(rates) * 5, peak=number(peak, 1)),
        note=note,
    )


def outlook_sentence(outlook: Outlook, place: Place) -> str:
    """Say in one sentence what the next hour brings to a place."""
    if outlook.sum_mm < 0.1:
        return text("rain.lead_title_dry", place=place.name)
    return text("rain.lead_title_wet", place=place.name, sum=number(outlook.sum_mm, 1))


def level_sentence(share: dict[float, float], at_least: float = 0.1) -> str:
    """Say which threshold is in sight, as share of the neighbourhood, never as a warning."""
    seen = [threshold for threshold, part in share.items() if part >= at_least]
    if not seen:
        return text("rain.level_none")
    worst = max(seen)
    return text("rain.level", threshold=number(worst), share=percent(share[worst]))


def _image(classes: np.ndarray, seen: np.ndarray) -> str:
    """Paint rain classes as a PNG data URL, north up; grey where the radar does not see."""
    shades = [tuple(int(shade[i : i + 2], 16) for i in (5, 3, 1)) for shade in SHADES]
    image = np.zeros((*classes.shape, 4), dtype="uint8")
    image[~seen] = (200, 200, 200, 255)
    for number_, shade in enumerate(shades):
        image[classes == number_] = (*shade, 255)
    large = image[::-1].repeat(PIXELS_PER_CELL, axis=0).repeat(PIXELS_PER_CELL, axis=1)
    _, png = cv2.imencode(".png", large)
    return "data:image/png;base64," + base64.b64encode(png.tobytes()).decode()
