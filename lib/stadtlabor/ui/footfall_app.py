"""The footfall app: key figure, map with list, profile, and what is wrong with the data."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable
from typing import Any

import ipywidgets
import pandas as pd

from stadtlabor import data
from stadtlabor.city import city
from stadtlabor.innenstadt import LastHour, good, last_hour
from stadtlabor.ui.footfall import checked, flag_sentences, profile_figure, recent_figure
from stadtlabor.ui.maps import RADIUS_PX, ThemeMap
from stadtlabor.ui.note import note
from stadtlabor.ui.query import asked
from stadtlabor.ui.texts import age, date, number, text, time

__all__ = ["FootfallApp"]

SMALLEST = 5
"""Smaller counts are not published: a single person must not be recognised."""

REFRESH_S = 5.0
LARGEST_PX = 30
"""Radius of the busiest counter on the map."""


class FootfallApp(ipywidgets.VBox):
    """The app that says how full the centre is now and when it is full.

    Parameters
    ----------
    area
        Town to show first; default: the one in the page's address, else the city itself.
    live
        Keep the key figure up to date while the page is open.
    """

    def __init__(self, area: str | None = None, live: bool = True) -> None:
        self.series = data.datastreams("footfall").iloc[:0]
        self.wanted = (area, asked("gebiet"), city().city.short_name)
        style = {"description_width": "initial"}
        self.area = ipywidgets.Dropdown(description=text("footfall.choose_area"), style=style)
        self.counter = ipywidgets.Dropdown(description=text("footfall.choose_counter"), style=style)
        self.headline = ipywidgets.HTML(f"<p>{text('chart.empty')}</p>")
        self.places = ThemeMap(text("footfall.list_heading"), self._choose)
        self.charts = ipywidgets.HTML()
        self.flags = ipywidgets.HTML()
        super().__init__(
            [
                self.headline,
                ipywidgets.HBox([self.area, self.counter], layout={"flex_flow": "row wrap"}),
                self.places,
                self.charts,
                self.flags,
            ]
        )
        self.add_class("stadtlabor-app")
        self.offering = False
        self.area.observe(self._chosen_by_hand(self.show_area), names="value")
        self.counter.observe(self._chosen_by_hand(self.show_counter), names="value")
        self.refresh()
        if live:
            self.task = asyncio.get_event_loop().create_task(self._refresh())

    def refresh(self) -> None:
        """Show what is new since the last look: counts, and counters that began meanwhile."""
        found = data.datastreams("footfall")
        if found.equals(self.series):
            if len(found):
                self.show_headline()
            return
        self.series = found
        areas = sorted(found["area"].unique())
        if list(self.area.options) != areas:
            first = next((a for a in self.wanted if a in areas), None)
            # A choice made by hand outlives the change of the list.
            chosen = self.area.value if self.area.value in areas else first
            self._offer(self.area, areas, chosen)
        self.show_area()

    def _chosen_by_hand(self, show: Callable[[], None]) -> Callable[[Any], None]:
        def changed(_: Any) -> None:
            if not self.offering:
                show()

        return changed

    def _offer(self, choice: ipywidgets.Dropdown, options: list[Any], chosen: str | None) -> None:
        """Set options and value; the option that the widget picks in between is not shown."""
        self.offering = True
        try:
            choice.options = options
            choice.value = chosen
        finally:
            self.offering = False

    def _of_area(self, live: bool = False) -> pd.DataFrame:
        """Return the series of the chosen town: hourly ones, or the live count."""
        chosen = self.series["area"] == self.area.value
        rows: pd.DataFrame = self.series[chosen & ((self.series["interval_s"] < 3600) == live)]
        return rows

    def now(self) -> LastHour | None:
        """Return the live count of the chosen area, if there is one."""
        live = self._of_area(live=True)
        if live.empty:
            return None
        start = pd.Timestamp.now("UTC") - pd.Timedelta("75min")
        frame = data.read("footfall", list(live["id"]), start=start)
        return last_hour(frame, int(live["interval_s"].iloc[0]))

    def show_area(self) -> None:
        """Show the chosen town: key figure, map and list, the counter chosen or the busiest."""
        self.show_headline()
        rows = self._of_area().to_dict("records")
        options = [(row["thing_name"] or row["name"], row["id"]) for row in rows]
        busiest = self._show_places()
        if self.counter.options != tuple(options):
            chosen = self.counter.value
            kept = chosen if chosen in [row["id"] for row in rows] else busiest
            self._offer(self.counter, options, kept)
            self.show_counter()

    def show_headline(self) -> None:
        """Write the answer of the page in one sentence with unit, period and age."""
        current = self.now()
        if current is None:
            hourly = self._of_area()
            newest = data.latest("footfall", list(hourly["id"]))["time"].max()
            sentence = text(
                "footfall.no_live",
                area=self.area.value,
                end=date(newest.tz_convert(city().city.timezone)) if pd.notna(newest) else "–",
            )
            self.headline.value = f"<p class='stadtlabor-answer'>{html.escape(sentence)}</p>"
            return
        simulated = bool(self._of_area(live=True)["simulated"].any())
        behind = pd.Timestamp.now("UTC") - current.end.tz_convert("UTC")
        parts = [
            text(
                "footfall.last_hour",
                count=_count(current.count),
                counters=len(current.per_thing),
            ),
            text("footfall.last_hour_age", start=time(current.start), end=time(current.end)),
        ]
        if behind > pd.Timedelta("10min"):
            parts.append(text("chart.stale_note", time=time(current.end), age=age(behind)))
        mark = f" <mark>{text('chart.simulated')}</mark>" if simulated else ""
        self.headline.value = (
            f"<p class='stadtlabor-answer' role='status'><strong>{html.escape(parts[0])}</strong>"
            f"{mark}<br>{html.escape(' '.join(parts[1:]))}</p>"
        )

    def _show_places(self) -> str | None:
        """Show the counters as map and, in the same order, as list; return the busiest."""
        current = self.now()
        hourly = self._of_area()
        newest = data.latest("footfall", list(hourly["id"])).set_index("datastream")["value"]
        rows = []
        for row in hourly.to_dict("records"):
            live = current.per_thing.get(row["thing"]) if current is not None else None
            value = float(newest.get(row["id"], 0.0) if live is None else live)
            name = (row["thing_name"] or row["name"]).split(" (")[0]
            says = f"{name}: {_count(value)} {text('footfall.unit')}"
            rows.append({**row, "name": name, "value": value, "says": says})
        places = pd.DataFrame(rows, columns=["id", "name", "lat", "lon", "value", "says"])
        places = places.set_index("id").sort_values("value", ascending=False)
        # The area of a symbol follows the count.
        share = places["value"] / max(float(places["value"].max() or 0), 1.0)
        places["radius"] = (RADIUS_PX + share**0.5 * (LARGEST_PX - RADIUS_PX)).round()
        places["meaning"], places["entry"] = "pedestrians", places["says"]
        places["count"] = [_count(value) for value in places["value"]]
        columns = {"name": text("footfall.choose_counter"), "count": text("footfall.unit")}
        summary = text("footfall.map_summary", n=len(places))
        self.places.show(places, summary, columns)
        return str(places.index[0]) if len(places) else None

    def _choose(self, place: str) -> None:
        self.counter.value = place

    def show_counter(self) -> None:
        """Show profile, recent days and findings of the chosen counter."""
        chosen = self.counter.value
        if chosen is None:
            self.charts.value = self.flags.value = ""
            return
        frame = data.read("footfall", chosen)
        if frame.empty:
            self.charts.value = f"<p>{text('chart.empty')}</p>"
            self.flags.value = ""
            return
        flagged, small = checked(frame), note(frame)
        name = str(self.counter.label)
        figures = [recent_figure(flagged, name, small)._repr_html_()]
        if len(good(flagged)):
            figures.insert(0, profile_figure(flagged, name, small)._repr_html_())
        self.charts.value = "".join(figures)
        found = flag_sentences(flagged)
        lines = [*found, text("footfall.flag_excluded")] if found else [text("footfall.flag_none")]
        items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
        self.flags.value = f"<h2>{text('footfall.flag_heading')}</h2><ul>{items}</ul>"

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            self.refresh()


def _count(value: float) -> str:
    """Write a count; small ones are not told."""
    return number(value) if value >= SMALLEST else f"weniger als {SMALLEST}"
