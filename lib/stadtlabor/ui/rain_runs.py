"""A run of the rain pipeline: what it said, its figures and its proof."""

from __future__ import annotations

import html

import ipywidgets
import pandas as pd

from stadtlabor.city import city
from stadtlabor.promotion import Run
from stadtlabor.ui.rain import level_sentence
from stadtlabor.ui.rain_state import STALE
from stadtlabor.ui.texts import age, date, text, time

__all__ = ["RunView", "label", "local", "run_words"]


class RunView(ipywidgets.VBox):
    """Figures and proof of one run."""

    def __init__(self) -> None:
        self.figures, self.proof = ipywidgets.HTML(), ipywidgets.HTML()
        super().__init__([self.figures, self.proof])

    def show(self, run: Run | None, stale: bool = False) -> None:
        """Show a run; None takes everything away, a stale one is only named."""
        self.figures.value = self.proof.value = ""
        if run is None:
            return
        if stale:
            when = local(run.issue)
            said = text("rain_app.run_old", day=f"{when:%d.%m.%Y}", time=time(when))
            self.figures.value = f"<p>{html.escape(said)}</p>"
            return
        # The archive holds the figures as the run drew them: what is shown is what was computed.
        self.figures.value = "".join(path.read_text("utf-8") for path in run.figures)
        issue = f"{local(run.issue):%d.%m.%Y %H:%M} Uhr" if run.issue is not None else "–"
        rows = [
            ("Ausgabe", issue),
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


def run_words(run: Run) -> str:
    """Return what a run of the past said as HTML, loudly marked as past."""
    result = run.result
    share = {float(t): float(s) for t, s in result["share"].items()}
    sentences = [str(result["sentence"]), level_sentence(share)]
    behind = pd.Timestamp.now("UTC") - run.issue
    key = "rain.stale" if STALE < behind < pd.Timedelta("2D") else "rain.recorded"
    when = local(run.issue)
    said = text(key, time=time(when), date=date(when), age=age(behind))
    mark = f" <mark>{text('chart.simulated')}</mark>" if result["simulated"] else ""
    return (
        f"<p class='stadtlabor-stale' role='alert'><strong>{said}</strong></p>"
        f"<p class='stadtlabor-answer' role='status'><strong>{html.escape(sentences[0])}</strong>"
        f"{mark}<br>{html.escape(sentences[1])}</p>"
    )


def local(instant: pd.Timestamp) -> pd.Timestamp:
    """Return an instant in the city's time."""
    return instant.tz_convert(city().city.timezone)


def label(run: Run) -> str:
    """Return how a list names a run."""
    mark = f" ({text('chart.simulated')})" if run.result.get("simulated") else ""
    return f"{local(run.issue):%d.%m.%Y %H:%M}{mark}"
