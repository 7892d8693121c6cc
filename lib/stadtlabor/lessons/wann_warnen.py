"""Wann warnen: a threshold decides between missed storms and false alarms (grades 9–12).

The rain is that of the simulated city, the nowcast the one in operation: only the rain is invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from stadtlabor.city import Place, city
from stadtlabor.lessons.invented import invented
from stadtlabor.lessons.scene import Scene, SceneError
from stadtlabor.rain.nowcasting.champion import accumulated
from stadtlabor.rain.research.event import event
from stadtlabor.rain.verification.table import count
from stadtlabor.ui.bars import bars
from stadtlabor.ui.rain import radar_figure
from stadtlabor.ui.texts import number, text

__all__ = ["scene"]

EVENT_MM = 10.0
"""So much in half an hour counts as heavy rain in this lesson; official levels are of an hour."""

THRESHOLDS = tuple(range(2, 17, 2))
STEP = 4
"""By so many mm task 3 lowers the threshold."""

LOSSES = (5, 20)
FRAMES, EVERY, HISTORY, INTERVAL_S = 6, 3, 7, 300.0
TILE_KM = 8
"""Also the number of cells: the simulated radar has cells of 1 km."""

FEWEST_EVENTS = 20
STORMS = 4


def scene(threshold: int = 8, loss: int = 10) -> Scene:
    """Return the material: half-hour forecasts of a simulated storm, tile by tile.

    Parameters
    ----------
    threshold
        The forecast must reach so many mm in 30 minutes for a warning; even, 6 to 12.
    loss
        A missed event costs so many times as much as an alarm, 5 to 20.

    Raises
    ------
    SceneError
        In German, if these do not fit or no storm is heavy enough.
    """
    if threshold not in THRESHOLDS or not 6 <= threshold <= 12:
        raise SceneError(text("wann_warnen.no_threshold"))
    if not LOSSES[0] <= loss <= LOSSES[1]:
        raise SceneError(text("wann_warnen.no_loss", low=LOSSES[0], high=LOSSES[1]))
    table, frame, issued = _storm()
    costs = [_cost(table, mm, loss) for mm in THRESHOLDS]
    told = _counts(table, threshold)
    place = _town()
    note = invented()
    drawn = [("hits", "mobility"), ("misses", "highlight"), ("false_alarms", "electricity")]
    local = issued.tz_localize("UTC").tz_convert(city().city.timezone)
    return Scene(
        intro=text(
            "wann_warnen.intro", town=place.name, day=f"{local:%d.%m.%Y}",
            cases=number(len(table)), events=number(told["hits"] + told["misses"]),
        ),
        raw=table.sort_values("Gefallen_mm", ascending=False, kind="stable").head(8),
        data=table,
        truths=_truths(table, threshold, loss, costs),
        pictures={
            "regen": lambda: radar_figure(frame, place, note),
            "fälle": lambda: bars(
                [text(f"wann_warnen.{name}") for name, _ in drawn],
                [float(told[name]) for name, _ in drawn], text("wann_warnen.cases"),
                title=text("wann_warnen.cases_title", mm=threshold),
                subtitle=text("wann_warnen.cases_subtitle", n=number(len(table))),
                note=note, meaning=[meaning for _, meaning in drawn],
            ),
            "kosten": lambda: bars(
                [text("wann_warnen.mm", mm=mm) for mm in THRESHOLDS], costs,
                text("wann_warnen.points"),
                title=text("wann_warnen.cost_title", mm=THRESHOLDS[int(np.argmin(costs))]),
                subtitle=text("wann_warnen.cost_subtitle", loss=loss),
                note=note, meaning="rain", head=text("wann_warnen.threshold"),
            ),
        },
        simulated=True,
    )  # fmt: skip


def _truths(
    table: pd.DataFrame, threshold: int, loss: int, costs: Sequence[float]
) -> Mapping[str, float]:
    told, lower = _counts(table, threshold), _counts(table, threshold - STEP)
    hits, misses, false = (float(told[name]) for name in ("hits", "misses", "false_alarms"))
    return {
        "hits": hits,
        "events": hits + misses,
        "pod": 100 * hits / (hits + misses),
        "pod_share": hits / (hits + misses),
        "missed": 100 * misses / (hits + misses),
        "right_alarms": 100 * hits / (hits + false),
        "far": 100 * false / (hits + false),
        "far_share": false / (hits + false),
        "quiet_alarmed": 100 * false / (false + told["correct_negatives"]),
        "false": false,
        "more_false": float(lower["false_alarms"]) - false,
        "lower_false": float(lower["false_alarms"]),
        "more_hits": float(lower["hits"]) - hits,
        "cost": _cost(table, threshold, loss),
        "cost_misses": loss * misses,
        "cost_no_hits": false + loss * misses,
        "cost_turned": loss * (hits + false) + misses,
        "event_mm": EVENT_MM,
        "cheapest": float(THRESHOLDS[int(np.argmin(costs))]),
        "lowest": float(THRESHOLDS[0]),
        "highest": float(THRESHOLDS[-1]),
        "cheapest_cost": float(min(costs)),
    }


def _counts(table: pd.DataFrame, threshold: float) -> dict[str, int]:
    said = (table["Vorhersage_mm"] >= threshold).to_numpy()
    return count(said, (table["Gefallen_mm"] >= EVENT_MM).to_numpy())


def _cost(table: pd.DataFrame, threshold: float, loss: float) -> float:
    told = _counts(table, threshold)
    return float(told["hits"] + told["false_alarms"] + loss * told["misses"])


def _town() -> Place:
    home = city()
    near = next((p for p in home.rain.places if p.name == home.city.name), None)
    return near or home.rain.places[0]


@cache
def _storm() -> tuple[pd.DataFrame, xr.DataArray, pd.Timestamp]:
    """Return forecasts and truth of the first storm heavy enough, its heaviest frame, its start."""
    for rank in range(1, STORMS + 1):
        rain = event(f"simuliert-{rank}")
        table = _table(rain)
        told = _counts(table, THRESHOLDS[3])
        if told["hits"] + told["misses"] >= FEWEST_EVENTS and min(told.values()) > 0:
            heaviest = int(np.nan_to_num(rain.max(("y", "x")).to_numpy()).argmax())
            return table, rain.isel(time=heaviest), pd.Timestamp(rain["time"].to_numpy()[0])
    raise SceneError(text("wann_warnen.no_storm"))


def _table(rain: xr.DataArray) -> pd.DataFrame:
    zone = city().city.timezone
    values = rain.to_numpy()
    parts = []
    for now in range(HISTORY, rain.sizes["time"] - FRAMES + 1, EVERY):
        said = _most(accumulated(values[now - HISTORY : now], FRAMES, INTERVAL_S))
        fell = _most(values[now : now + FRAMES].sum(axis=0) * INTERVAL_S / 3600)
        clock = pd.Timestamp(rain["time"].to_numpy()[now], tz="UTC").tz_convert(zone)
        parts.append(
            pd.DataFrame(
                {
                    "Ausgabe": f"{clock:%d.%m.%Y %H:%M}",
                    "Kachel": np.arange(1, fell.size + 1),
                    "Vorhersage_mm": np.nan_to_num(said).round(1),
                    "Gefallen_mm": fell.round(1),
                }
            ).dropna()
        )
    return pd.concat(parts, ignore_index=True)


def _most(sums: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the largest sum of each tile, mm; NaN where no cell was seen."""
    grid = xr.DataArray(sums, dims=("y", "x"))
    tiles = grid.coarsen(y=TILE_KM, x=TILE_KM, boundary="trim").max()
    return np.asarray(tiles.to_numpy().ravel(), dtype="float64")
