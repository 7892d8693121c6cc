"""The footfall app once more, in Panel by the book: ``panel serve panel_app.py``.

The same content from the same store with the same charts: heading, answer, two choices, map and
list of places, profile and recent days, findings. What differs is who serves it.
"""

from __future__ import annotations

import html
from typing import Any

import pandas as pd
import panel as pn
from bokeh.models import ColumnDataSource, TapTool
from bokeh.plotting import figure

from stadtlabor import data
from stadtlabor.city import city
from stadtlabor.innenstadt import LastHour, flag, last_hour
from stadtlabor.ui import colour, note, number, text, time
from stadtlabor.ui.footfall import flag_sentences, profile_figure, recent_figure

REFRESH_MS = 5000


class Footfall:
    """One visitor's page."""

    def __init__(self) -> None:
        self.series = data.datastreams("footfall")
        areas = sorted(self.series["area"].unique())
        self.area = pn.widgets.Select(name=text("footfall.choose_area"), options=areas)
        self.area.value = city().city.short_name
        self.counter = pn.widgets.Select(name=text("footfall.choose_counter"))
        self.headline, self.charts, self.flags = pn.pane.HTML(), pn.pane.HTML(), pn.pane.HTML()
        self.places = pn.Column()
        self.show_area()
        self.area.param.watch(lambda _: self.show_area(), "value")
        self.counter.param.watch(lambda _: self.show_counter(), "value")

    def page(self) -> pn.Column:
        """Return the page in the order of the original."""
        return pn.Column(
            pn.pane.HTML("<h1>Wie voll ist die Innenstadt gerade?</h1>"),
            self.headline,
            pn.Row(self.area, self.counter),
            self.places,
            self.charts,
            self.flags,
        )

    def rows(self, live: bool) -> pd.DataFrame:
        """Return the chosen town's series: hourly ones, or the live count."""
        chosen = self.series["area"] == self.area.value
        return self.series[chosen & ((self.series["interval_s"] < 3600) == live)]

    def now(self) -> LastHour | None:
        """Return the live count."""
        live = self.rows(live=True)
        if live.empty:
            return None
        start = pd.Timestamp.now("UTC") - pd.Timedelta("75min")
        frame = data.read("footfall", list(live["id"]), start=start)
        return last_hour(frame, int(live["interval_s"].iloc[0]))

    def show_headline(self) -> LastHour | None:
        """Write the answer in one sentence."""
        current = self.now()
        if current is not None:
            counters, count = len(current.per_thing), number(current.count)
            said = text("footfall.last_hour", count=count, counters=counters)
            period = text(
                "footfall.last_hour_age", start=time(current.start), end=time(current.end)
            )
            mark = f"<mark>{text('chart.simulated')}</mark>"
            self.headline.object = (
                f"<p class='stadtlabor-answer'><strong>{html.escape(said)}</strong> "
                f"{mark}<br>{html.escape(period)}</p>"
            )
        return current

    def show_area(self) -> None:
        """Show key figure, map and list, and the busiest counter."""
        current = self.show_headline()
        hourly = self.rows(live=False)
        counts = current.per_thing if current else {}
        places = pd.DataFrame(
            {
                "id": hourly["id"],
                "label": hourly["thing_name"],
                "name": [name.split(" (")[0] for name in hourly["thing_name"]],
                "lat": hourly["lat"],
                "lon": hourly["lon"],
                "value": [counts.get(thing, 0.0) for thing in hourly["thing"]],
            }
        ).sort_values("value", ascending=False)
        buttons = []
        for row in places.to_dict("records"):
            said = f"{row['name']}: {number(row['value'])} {text('footfall.unit')}"
            button = pn.widgets.Button(name=said)
            button.on_click(lambda _, place=row["id"]: self.choose(place))
            buttons.append(button)
        heading = pn.pane.HTML(f"<h2>{text('footfall.list_heading')}</h2>")
        self.places.objects = [heading, self.map(places), *buttons]
        options = dict(zip(places["label"], places["id"], strict=True))
        self.counter.param.update(options=options, value=places["id"].iloc[0])
        self.show_counter()

    def map(self, places: pd.DataFrame) -> pn.pane.Bokeh:
        """Draw the places as circles; like the original without tiles."""
        largest = max(float(places["value"].max()), 1.0)
        source = ColumnDataSource(
            {
                **{key: places[key].tolist() for key in ("id", "name", "lat", "lon")},
                "size": [24 + 36 * (value / largest) ** 0.5 for value in places["value"]],
            }
        )
        shown = figure(height=340, sizing_mode="stretch_width", tools="pan,wheel_zoom,reset")
        shown.add_tools(TapTool())
        shown.scatter(
            "lon", "lat", size="size", source=source, color=colour("pedestrians"), alpha=0.55
        )
        shown.text("lon", "lat", text="name", source=source, x_offset=20)
        source.selected.on_change("indices", lambda _a, _o, new: self.tapped(source, new))
        return pn.pane.Bokeh(shown, sizing_mode="stretch_width")

    def tapped(self, source: Any, chosen: list[int]) -> None:
        """Choose the counter whose circle was tapped."""
        if chosen:
            self.choose(source.data["id"][chosen[0]])

    def choose(self, place: str) -> None:
        """Choose a counter."""
        self.counter.value = place

    def show_counter(self) -> None:
        """Show profile, recent days and findings of the chosen counter."""
        chosen = self.counter.value
        name = next((label for label, i in self.counter.options.items() if i == chosen), "")
        frame = data.read("footfall", chosen)
        flags, small = flag(frame), note(frame)
        figures = [profile_figure(flags, name, small), recent_figure(flags, name, small)]
        self.charts.object = "".join(each._repr_html_() for each in figures)
        found = flag_sentences(flags)
        lines = [*found, text("footfall.flag_excluded")] if found else [text("footfall.flag_none")]
        items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
        self.flags.object = f"<h2>{text('footfall.flag_heading')}</h2><ul>{items}</ul>"


pn.extension(sizing_mode="stretch_width")
app = Footfall()
pn.state.add_periodic_callback(app.show_headline, REFRESH_MS)
app.page().servable(title="Passantenfrequenz")
