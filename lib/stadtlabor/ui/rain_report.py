"""The report on the rain forecast in operation: every figure is reckoned, none is written down."""

from __future__ import annotations

import html
import itertools
from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd
import xarray as xr
from IPython.display import HTML

from stadtlabor.city import city
from stadtlabor.rain.research.appraisal import Appraisal, appraise
from stadtlabor.rain.research.event import event
from stadtlabor.rain.verification import wilson
from stadtlabor.ui.figure import Figure, number_axis
from stadtlabor.ui.note import Note, note
from stadtlabor.ui.palette import colour
from stadtlabor.ui.rain_scores import lead_figure, reliability_figure, tile_figure
from stadtlabor.ui.texts import number, percent, text

__all__ = ["RainReport", "rain_report"]

RATE_MM_H = 5.0
ALARM = 0.25
"""Where the city has stated no cost ratio."""

BINS = np.arange(0, 65, 10)


class RainReport:
    """The report on some storms.

    Parameters
    ----------
    storms
        Name → radar frames, mm/h.
    threshold_mm
        Sum of an hour somewhere in a tile that people are warned of.
    every
        Take every n-th interval as issue time.
    """

    def __init__(
        self, storms: Mapping[str, xr.DataArray], threshold_mm: float, every: int = 3
    ) -> None:
        warning = city().warning
        self.alarm = warning.levels[0].cost_ratio if warning else ALARM
        self.threshold_mm = threshold_mm
        self.found: Appraisal = appraise(
            storms, threshold_mm, self.alarm, rate_mm_h=RATE_MM_H, every=every
        )
        notes = [note(storm) for storm in storms.values()]
        self.note = Note(
            tuple(dict.fromkeys(s for n in notes for s in n.sources)),
            tuple(dict.fromkeys(s for n in notes for s in n.licences)),
            simulated=any(n.simulated for n in notes),
        )
        self._names = {name: text(f"rain_scores.{name}") for name in ("champion", "persistence")}

    @property
    def answer(self) -> HTML:
        """The answer in one sentence, with what it rests on."""
        row = self.found.scores.xs("champion").xs("tile").xs(self.threshold_mm).iloc[0]
        said = text(
            "rain_report.answer", pod=percent(row["pod"]), far=percent(row["far"]),
            mm=number(self.threshold_mm),
        )  # fmt: skip
        basis = text(
            "rain_report.basis", storms=number(self.found.storms), issues=number(row["issues"]),
            events=number(row["hits"] + row["misses"]),
        )  # fmt: skip
        mark = f" <mark>{text('chart.simulated')}</mark>" if self.note.simulated else ""
        warn = f"<p>{html.escape(text('rain_report.simulated'))}</p>" if mark else ""
        return HTML(
            f"<p class='stadtlabor-answer'><strong>{html.escape(said)}</strong>{mark}</p>"
            f"<p>{html.escape(basis)}</p>{warn}"
        )

    def by_lead(self) -> Figure:
        """Draw the score by lead time."""
        return lead_figure(self.found.scores, RATE_MM_H, self._names, self.note)

    def by_tile(self) -> Figure:
        """Draw hits and false alarms of the question of a warning."""
        return tile_figure(self.found.scores, self.threshold_mm, self._names, self.note)

    def chances(self) -> Figure:
        """Draw stated chances against what came."""
        return reliability_figure(self.found.chances, self.threshold_mm, self.note)

    def lead_times(self) -> Figure:
        """Draw how long before the threshold was passed the warning came."""
        leads = self.found.leads["lead_min"]
        counts, _ = np.histogram(leads.dropna(), BINS)
        names = [f"{a} bis {b - 1}" for a, b in itertools.pairwise(BINS)]
        names = [*names[:-1], f"{BINS[-2]} bis {BINS[-1]}", text("rain_report.missed")]
        frame = pd.DataFrame({"name": names, "tiles": [*counts, int(leads.isna().sum())]})
        shades = [*["rain"] * len(counts), "highlight"]
        frame["shade"] = [colour(s) for s in shades]

        def draw(width: int) -> alt.LayerChart:
            base = alt.Chart(frame, width=width, height=30 * len(frame)).encode(
                y=alt.Y("name:N", sort=names, axis=alt.Axis(title=None)),
                x=alt.X("tiles:Q", axis=number_axis("")),
            )
            bars = base.mark_bar().encode(color=alt.Color("shade:N", scale=None))
            words = base.mark_text(align="left", dx=4, fontSize=13).encode(text="tiles:Q")
            return bars + words

        low, high = wilson(int((leads >= 20).sum()), len(leads))
        told = {
            "median": number(self.found.median_lead) if leads.notna().any() else "–",
            "early": percent(self.found.early) if len(leads) else "–",
        }
        return Figure(
            title=text("rain_report.lead_title", **told),
            subtitle=text(
                "rain_report.lead_subtitle", mm=number(self.threshold_mm), n=number(len(leads)),
                alarm=percent(self.alarm), low=percent(low), high=percent(high),
            ),
            draw=draw,
            table=frame[["name", "tiles"]].rename(
                columns={
                    "name": text("rain_report.minutes"), "tiles": text("rain_report.tiles"),
                }
            ),
            alt=text("rain_report.lead_alt", **told),
            note=self.note,
        )  # fmt: skip


def rain_report(
    events: list[str], threshold_mm: float = 10.0, *, km: float = 192.0, every: int = 3
) -> RainReport:
    """Make the report.

    Parameters
    ----------
    events
        Storms by name, folder or data set (:func:`stadtlabor.rain.research.event.event`).
    threshold_mm
        Sum of an hour somewhere in a tile that people are warned of.
    km
        Side of the square that is looked at.
    every
        Take every n-th interval as issue time.
    """
    return RainReport({name: event(name, km=km) for name in events}, threshold_mm, every)
