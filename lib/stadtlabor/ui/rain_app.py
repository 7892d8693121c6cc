"""The rain app: how the warning stands, the rain on the map, and what the pipeline reckoned."""

from __future__ import annotations

import asyncio

import ipywidgets
import pandas as pd
import xarray as xr

from stadtlabor import data
from stadtlabor.city import city
from stadtlabor.data import DataError
from stadtlabor.promotion import Run, runs
from stadtlabor.rain import around, tile_probability
from stadtlabor.ui.rain_map import RainMap
from stadtlabor.ui.rain_runs import RunView, label, local, run_words
from stadtlabor.ui.rain_state import STALE, RainState, rain_state
from stadtlabor.ui.texts import number, text, time

__all__ = ["RainApp"]

PIPELINE = "regenwarnung"
REAL, SIMULATED = "rain-radar", "rain-radar-simulated"
REFRESH_S = 10.0
NOW = ""
"""Choice of the present instead of a run of the past."""

FRAMES = 7
TILE_KM = 8.0


class RainApp(ipywidgets.VBox):
    """How it stands now on map and list, or what a run said about a recorded storm.

    Parameters
    ----------
    live
        Follow what comes in while the page is open.
    """

    def __init__(self, live: bool = True) -> None:
        wide = {"description_width": "initial"}
        self.choice = ipywidgets.Dropdown(
            options=[(text("rain_app.now"), NOW)], description=text("rain.choose_run"), style=wide
        )
        warning = city().warning
        levels = [(lv.level, lv.hour_mm) for lv in warning.levels] if warning else []
        self.layer = ipywidgets.Dropdown(
            options=[
                (text("rain_app.layer_rain"), 0.0),
                *((text("rain_app.layer_chance", level=n, mm=number(mm)), mm) for n, mm in levels),
            ],
            description=text("rain_app.layer"), style=wide,
        )  # fmt: skip
        self.headline, self.note = ipywidgets.HTML(), ipywidgets.HTML()
        self.note.value = f"<p>{text('rain.research_note')}</p>"
        self.map, self.run = RainMap(), RunView()
        super().__init__([self.headline, self.note, self.layer, self.map, self.choice, self.run])
        self.add_class("stadtlabor-app")
        self.listed: list[Run] = []
        self.state = RainState(text("rain_app.unknown"), True)
        self._drawn: tuple[object, ...] = ()
        self._shown: tuple[str, bool] = ("", False)
        self.refresh()
        self.choice.observe(lambda _: self.show(), names="value")
        self.layer.observe(lambda _: self.draw(), names="value")
        if live:
            self.task = asyncio.get_event_loop().create_task(self._follow())

    def refresh(self) -> None:
        """Ask how it stands and look for new frames and runs; a chosen run stays chosen."""
        self.state = rain_state()
        found = runs(PIPELINE, "done")[:200]
        if [run.key for run in found] != [run.key for run in self.listed]:
            chosen = self.choice.value
            self.listed = found
            keys = [run.key for run in found]
            with self.hold_trait_notifications():
                self.choice.options = [
                    (text("rain_app.now"), NOW), *((label(run), run.key) for run in found)
                ]  # fmt: skip
                self.choice.value = chosen if chosen in keys else NOW
        self.show()

    def chosen(self) -> Run | None:
        """Return the run that is shown; None where it is the present without any run."""
        if self.choice.value == NOW:
            return self.listed[0] if self.listed else None
        return next(run for run in self.listed if run.key == self.choice.value)

    def show(self) -> None:
        """Write the answer in one sentence, and draw the map of the present."""
        run = self.chosen()
        past = self.choice.value != NOW
        said = run_words(run) if past and run is not None else self.state.words()
        if said != self.headline.value:
            self.headline.value = said
        # Of the present, only a run that is not out of date: nobody shall take it for the hour.
        stale = not past and run is not None and pd.Timestamp.now("UTC") - run.issue > STALE
        if (key := (run.folder.name if run else "", stale)) != self._shown:
            self._shown = key
            self.run.show(run, stale=stale)
        # The map belongs to the present: beside a run of the past it would mislead.
        hidden = "none" if past else None
        self.map.layout.display = self.layer.layout.display = hidden
        if not past:
            self.draw()

    def draw(self) -> None:
        """Draw catchments and rain; nothing is drawn again that has not changed."""
        now = pd.Timestamp.now("UTC")
        frames = self._frames()
        newest = None if frames is None else _end(frames)
        # The picture may be older than what the warning has seen, and the other way round.
        old = self.state.old(now) or newest is None or now - newest > STALE
        wanted = (newest, self.layer.value, old, self.state.sentence, str(self.state.areas))
        if wanted == self._drawn:
            return
        self._drawn = wanted
        self.map.show_areas(self.state.areas, self._summary(frames, old))
        if frames is None or (old and self.layer.value):
            self.map.show_nothing()
        elif self.layer.value:
            self.map.show_chance(
                tile_probability(frames, threshold_mm=self.layer.value, tile_km=TILE_KM)
            )
        else:
            self.map.show_rain(frames.isel(time=-1), faded=old)

    def _summary(self, frames: xr.DataArray | None, old: bool) -> str:
        if frames is None:
            return text("rain_app.summary_none")
        key = "rain_app.summary_old" if old else "rain_app.summary"
        when = local(_end(frames))
        told = text(key, time=time(when), day=f"{when:%d.%m.%Y}", km=number(city().rain.window_km))
        return f"{text('rain_app.simulated')} {told}" if frames.attrs.get("simulated") else told

    def _frames(self) -> xr.DataArray | None:
        """Return the newest frames around the city, in memory; None without any."""
        found: list[tuple[pd.Timestamp, str]] = []
        for name in [SIMULATED] if self.state.simulated else [REAL, SIMULATED]:
            try:
                times = data.grid_times(name)
            except DataError:
                continue
            if len(times):
                found.append((times[-1], name))
        if not found:
            return None
        last, name = max(found)
        known = getattr(self, "_loaded", None)
        if known is None or known[0] != (last, name):
            centre = city().city.centre
            grid = data.grid(name, start=last - FRAMES * pd.Timedelta("5min"))
            part = around(grid.isel(time=slice(-FRAMES, None)), centre.lat, centre.lon,
                          city().rain.window_km).load()  # fmt: skip
            self._loaded = ((last, name), part)
        return self._loaded[1]

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            self.refresh()


def _end(frames: xr.DataArray) -> pd.Timestamp:
    """Return the end of the newest interval, UTC."""
    return pd.Timestamp(frames["time"].to_numpy()[-1], tz="UTC") + pd.Timedelta("5min")
