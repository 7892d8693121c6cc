"""What the lesson "Grundlast" shows: a school's data, its pictures and its tasks."""

from __future__ import annotations

from dataclasses import dataclass

import ipywidgets
import pandas as pd
from IPython.display import HTML

from stadtlabor import data
from stadtlabor.city import city
from stadtlabor.klimaschule import Baseload, baseload_figures, power
from stadtlabor.learning import Feedback, Lesson, open_lesson
from stadtlabor.ui.baseload import curve_figure, months_figure, share_figure
from stadtlabor.ui.figure import Figure
from stadtlabor.ui.note import Note, note
from stadtlabor.ui.texts import number, text

__all__ = ["BaseloadLesson", "baseload_lesson", "truths"]

SCHOOL_HOURS = 200 * 8
"""Hours of a school year that pupils tend to count: 200 days of 8 hours (a typical mistake)."""


@dataclass(frozen=True)
class BaseloadLesson:
    """The lesson for one school.

    Attributes
    ----------
    school
        German name.
    frame
        Observations of the electricity meter, kWh per interval.
    interval_s
        Length of the interval, seconds.
    figures
        Key figures.
    lesson
        Tasks and checks.
    note
        Small print.
    """

    school: str
    frame: pd.DataFrame
    interval_s: int
    figures: Baseload
    lesson: Lesson
    note: Note

    @property
    def intro(self) -> HTML:
        """Which school and how many days."""
        said = text(
            "baseload.chosen",
            school=self.school,
            days=number(self.figures.days),
            refused=number(self.figures.refused_days),
        )
        return HTML(f"<p>{said}</p>")

    def raw(self, rows: int = 8) -> pd.DataFrame:
        """Return the newest readings with German heads."""
        newest = self.frame.tail(rows)
        local = newest["time"].dt.tz_convert(city().city.timezone)
        return pd.DataFrame(
            {
                "Beginn": local.dt.strftime("%d.%m.%Y %H:%M").to_numpy(),
                "Energie in kWh": [number(v, 2) for v in newest["value"]],
            }
        )

    def curve(self) -> Figure:
        """Draw the power of the last week."""
        return curve_figure(power(self.frame, self.interval_s), self.school, self.note)

    def share(self) -> Figure:
        """Draw baseload and the rest."""
        return share_figure(self.figures, self.school, self.note)

    def months(self) -> Figure:
        """Draw the baseload per month."""
        series = power(self.frame, self.interval_s)
        return months_figure(series, self.interval_s, self.school, self.note)

    def form(self, task: str) -> ipywidgets.Widget:
        """Return a task as a form."""
        return self.lesson.form(task)

    def check(self, task: str, answer: object) -> Feedback:
        """Judge an answer without the form."""
        return self.lesson.check(task, answer)


def truths(figures: Baseload, interval_s: int) -> dict[str, float]:
    """Return the right and the typically wrong values of the lesson's tasks."""
    level = figures.baseload_kw
    return {
        "baseload_kw": level,
        "mean_kw": figures.mean_kw,
        "peak_kw": figures.peak_kw,
        "baseload_kwh_per_quarter": level * interval_s / 3600,
        "baseload_kwh_per_day": level * 24,
        "baseload_kwh_per_year": figures.annual_kwh,
        "energy_kwh_per_day": figures.energy_kwh / figures.days,
        "baseload_percent": figures.share * 100,
        "rest_percent": (1 - figures.share) * 100,
        "baseload_share": figures.share,
        "total_by_baseload": 1 / figures.share if figures.share else 0.0,
        "one_kw_kwh_per_year": 8760.0,
        "one_kw_kwh_per_day": 24.0,
        "one_kw_school_hours": float(SCHOOL_HOURS),
        "days_per_year": 365.0,
    }


def baseload_lesson(school: str, days: int = 365) -> BaseloadLesson:
    """Open the lesson for a school.

    Parameters
    ----------
    school
        Id of the school in ``city.toml``, or of any meter with stored readings.
    days
        So many days up to the newest reading.

    Raises
    ------
    ValueError
        In German, if nothing is measured yet.
    """
    series = data.datastreams("school-energy")
    found = series[(series["thing"] == school) & (series["observed_property"] == "electricity")]
    if found.empty:
        raise ValueError(text("baseload.no_data"))
    row = found.iloc[0].to_dict()
    newest = data.latest("school-energy", str(row["id"]))["time"].max()
    start = newest - pd.Timedelta(days=days)
    frame = data.read("school-energy", str(row["id"]), start=start)
    interval = int(row["interval_s"])
    figures = baseload_figures(frame, interval)
    known = {s.id: s.name for s in city().schools}
    return BaseloadLesson(
        school=known.get(school, str(row["thing_name"]) or school),
        frame=frame,
        interval_s=interval,
        figures=figures,
        lesson=open_lesson("grundlast", truths(figures, interval)),
        note=note(frame),
    )
