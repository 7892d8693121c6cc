"""The rain app: the newest run of the rain pipeline, with its age and its proof."""

from __future__ import annotations

import asyncio
import html

import ipywidgets
import pandas as pd

from stadtlabor.city import city
from stadtlabor.promotion import Run, runs
from stadtlabor.ui.rain import level_sentence
from stadtlabor.ui.texts import age, date, text, time

__all__ = ["RainApp"]

PIPELINE = "regenwarnung"
STALE = pd.Timedelta("10min")
"""Older results must not be acted upon."""

REFRESH_S = 10.0


class RainApp(ipywidgets.VBox):
    """What the rain pipeline says now, or what it said about a recorded storm.

    Parameters
    ----------
    live
        Follow new runs while the page is open.
    """

    def __init__(self, live: bool = True) -> None:
        self.choice = ipywidgets.Dropdown(
            description=text("rain.choose_run"), style={"description_width": "initial"}
        )
        self.headline = ipywidgets.HTML()
        self.figures = ipywidgets.HTML()
        self.proof = ipywidgets.HTML()
        super().__init__([self.headline, self.choice, self.figures, self.proof])
        self.add_class("stadtlabor-app")
        self.listed: list[Run] = []
        self.choice.observe(lambda _: self.show(), names="value")
        self.refresh()
        if live:
            self.task = asyncio.get_event_loop().create_task(self._follow())

    def refresh(self) -> None:
        """Look for new runs; stay on a run that was chosen, follow the newest otherwise."""
        found = runs(PIPELINE, "done")[:200]
        keys = [run.key for run in found]
        if not found:
            self.headline.value = f"<p class='stadtlabor-answer'>{text('rain.none')}</p>"
            return
        followed = not self.listed or self.choice.value == self.listed[0].key
        if keys != [run.key for run in self.listed]:
            chosen = keys[0] if followed or self.choice.value not in keys else self.choice.value
            self.listed = found
            self.choice.options = [(_label(run), run.key) for run in found]
            self.choice.value = chosen
        self.show_headline()

    def chosen(self) -> Run:
        """Return the run that is shown."""
        return next(run for run in self.listed if run.key == self.choice.value)

    def show(self) -> None:
        """Show figures and proof of the chosen run."""
        if self.choice.value is None:
            return
        run = self.chosen()
        self.show_headline()
        # The archive holds the figures as the run drew them: what is shown is what was computed.
        self.figures.value = "".join(path.read_text("utf-8") for path in run.figures)
        rows = [
            ("Ausgabe", f"{_local(run.issue):%d.%m.%Y %H:%M} Uhr"),
            ("Datenstand", run.data_version),
            ("Eingabe (SHA-256)", run.input_hash[:16]),
            ("Programmstand", f"{run.commit} ({run.code_hash[:12]})"),
            ("Rechenzeit", f"{run.seconds:.0f} s"),
            ("Lauf", run.folder.name),
        ]
        items = "".join(f"<dt>{html.escape(k)}</dt><dd>{html.escape(v)}</dd>" for k, v in rows)
        self.proof.value = (
            f"<details><summary>{text('chart.whence')}</summary><dl>{items}</dl></details>"
        )

    def show_headline(self) -> None:
        """Write the answer in one sentence, and loudly when it is out of date."""
        run = self.chosen()
        result = run.result
        share = {float(t): float(s) for t, s in result["share"].items()}
        sentences = [result["sentence"], level_sentence(share)]
        behind = pd.Timestamp.now("UTC") - run.issue
        newest = self.listed[0].key == run.key
        stale = ""
        if not newest or behind > STALE:
            key = "rain.stale" if behind < pd.Timedelta("2D") else "rain.recorded"
            when = _local(run.issue)
            said = text(key, time=time(when), date=date(when), age=age(behind))
            stale = f"<p class='stadtlabor-stale' role='alert'><strong>{said}</strong></p>"
        mark = f" <mark>{text('chart.simulated')}</mark>" if result["simulated"] else ""
        self.headline.value = (
            f"{stale}<p class='stadtlabor-answer' role='status'><strong>"
            f"{html.escape(sentences[0])}</strong>{mark}<br>{html.escape(sentences[1])}</p>"
            f"<p>{text('rain.research_note')}</p>"
        )

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            self.refresh()


def _local(instant: pd.Timestamp) -> pd.Timestamp:
    return instant.tz_convert(city().city.timezone)


def _label(run: Run) -> str:
    mark = f" ({text('chart.simulated')})" if run.result.get("simulated") else ""
    return f"{_local(run.issue):%d.%m.%Y %H:%M}{mark}"
