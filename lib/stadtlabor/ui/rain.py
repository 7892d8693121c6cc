"""Pictures of rain: the radar around the city and the next hour."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
import xarray as xr

from stadtlabor.city import Place, city
from stadtlabor.rain import Outlook, place_index
from stadtlabor.ui.figure import WIDE, Figure, number_axis
from stadtlabor.ui.note import Note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import number, percent, text, time

__all__ = ["level_sentence", "outlook_figure", "radar_figure"]

CLASSES = [0.1, 1.0, 2.5, 10.0, 25.0, 50.0]
"""Lower bounds of the colour classes, mm/h."""

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
    rows, columns = np.nonzero(np.nan_to_num(values) >= CLASSES[0])
    rates = values[rows, columns]
    wet = pd.DataFrame(
        {
            "east": (columns - column) * cell_km,
            "north": (rows - row) * cell_km,
            "class": np.searchsorted(CLASSES, rates, side="right") - 1,
        }
    )
    names = [f"ab {number(c, 1 if c % 1 else 0)} mm/h" for c in CLASSES]
    wet["label"] = [names[c] for c in wet["class"]]
    half = len(frame["x"]) / 2 * cell_km
    peak = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
    when = _local(pd.Timestamp(frame["time"].values.item(), tz="UTC"))

    def draw(width: int) -> alt.LayerChart:
        size = min(width, 480)
        scale = alt.Scale(domain=[-half, half], nice=False)
        axis = alt.Axis(title="Kilometer nach Osten", format=",.0f", tickCount=5)
        x = alt.X("east:Q", scale=scale, axis=axis)
        y = alt.Y("north:Q", scale=scale, axis=number_axis("Kilometer nach Norden"))
        cells = (
            alt.Chart(wet, width=size, height=size)
            .mark_square(size=max(4.0, (size / (2 * half)) ** 2 * 1.3), opacity=1)
            .encode(
                x=x,
                y=y,
                color=alt.Color(
                    "label:N",
                    scale=alt.Scale(domain=names, range=SHADES),
                    legend=alt.Legend(title="Regen", orient="bottom", columns=3),
                ),
            )
        )
        mark = pd.DataFrame({"east": [0.0], "north": [0.0], "name": [place.name]})
        here = alt.Chart(mark).encode(x=x, y=y)
        cross = here.mark_point(shape="cross", size=160, color=colour("ink"), strokeWidth=2)
        name = here.mark_text(align="left", dx=12, fontSize=14, fontWeight="bold").encode(
            text="name:N"
        )
        return cells + cross + name

    counts = [int((wet["class"] == c).sum()) for c in range(len(CLASSES))]
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
    dry = outlook.sum_mm < 0.1
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

    title = (
        text("rain.lead_title_dry", place=place.name)
        if dry
        else text("rain.lead_title_wet", place=place.name, sum=number(outlook.sum_mm, 1))
    )
    return Figure(
        title=title,
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


def level_sentence(share: dict[float, float], at_least: float = 0.1) -> str:
    """Say which threshold is in sight, as share of the neighbourhood, never as a warning."""
    seen = [threshold for threshold, part in share.items() if part >= at_least]
    if not seen:
        return text("rain.level_none")
    worst = max(seen)
    return text("rain.level", threshold=number(worst), share=percent(share[worst]))
