"""Alerts of the city's schools as a page: finding, certainty, test, what to do."""

from __future__ import annotations

import html
from dataclasses import dataclass

import pandas as pd
from IPython.display import HTML

from stadtlabor.city import city
from stadtlabor.data import DataError
from stadtlabor.klimaschule import Alert, School, alerts, open_school, unknown
from stadtlabor.klimaschule.school import SchoolError
from stadtlabor.ui.figure import Figure
from stadtlabor.ui.lines import lines
from stadtlabor.ui.note import Note
from stadtlabor.ui.texts import number, text

__all__ = ["AlertView", "alert_view"]

SHOWN = 5
"""Alerts per school: more would not be read. The largest come first."""

MEANING = {"electricity": "electricity", "heat": "heat", "gas": "heat", "water": "water"}
DRAWN = (
    "measured",
    "ratio",
    "energy_kwh",
    "solar_kwh",
    "base_kw",
    "night_kw",
    "peak_kw",
    "start_hour",
    "night_m3_h",
    "use_m3",
    "weight_kg",
)
"""Columns of an alert's evidence that have a German name; the first that is there is drawn."""

ORDER = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True)
class AlertView:
    """What was found at the schools.

    Attributes
    ----------
    found
        School → its alerts, the most important first.
    open_questions
        School name → German sentences on what cannot be said yet.
    refused
        German sentences on schools without data.
    days
        Days that were looked at.
    """

    found: dict[str, tuple[School, list[Alert]]]
    open_questions: dict[str, list[str]]
    refused: list[str]
    days: int

    @property
    def answer(self) -> HTML:
        """Say how much was found."""
        count = sum(len(found) for _, found in self.found.values())
        schools = sum(bool(found) for _, found in self.found.values())
        if not self.found:
            said = text("alert.no_data")
        elif not count:
            said = text("alert.nothing", days=number(self.days))
        else:
            said = text(
                "alert.answer",
                count=number(count),
                schools=number(schools),
                all=number(len(self.found)),
                days=number(self.days),
            )
        return HTML(f'<p class="stadtlabor-answer">{html.escape(said)}</p>')

    @property
    def cards(self) -> HTML:
        """Show each finding with its picture, its test and what pupils and caretaker can do."""
        parts = []
        for name, (school, found) in self.found.items():
            parts.append(f"<h2>{html.escape(name)}</h2>")
            if not found:
                parts.append(f"<p>{text('alert.none_here')}</p>")
            parts += [_card(alert, school) for alert in found[:SHOWN]]
            if len(found) > SHOWN:
                parts.append(f"<p>{text('alert.more', count=number(len(found) - SHOWN))}</p>")
            parts.append(_list(text("alert.unknown"), self.open_questions.get(name, [])))
        parts.append(_list(text("alert.refused"), self.refused))
        return HTML("".join(parts))


def alert_view(days: int = 60) -> AlertView:
    """Look at the newest days of all schools of the city.

    Parameters
    ----------
    days
        So many days up to the newest reading; what lies before is each school's own measure.
    """
    found: dict[str, tuple[School, list[Alert]]] = {}
    questions: dict[str, list[str]] = {}
    refused = []
    for place in city().schools:
        try:
            school = open_school(place.id)
        except (SchoolError, DataError) as error:
            refused.append(str(error))
            continue
        end = max(meter.values.index[-1] for meter in school.meters).normalize()
        start = end - pd.Timedelta(days=days)
        told = alerts(school, start.date(), end.date())
        told.sort(key=lambda alert: (ORDER[alert.severity], -alert.confidence))
        found[school.name] = (school, told)
        questions[school.name] = unknown(school, start.date(), end.date())
    return AlertView(found, questions, refused, days)


def _card(alert: Alert, school: School) -> str:
    picture = _picture(alert, school)
    drawn = picture._repr_html_() if picture else ""
    doing = "".join(
        f"<li><strong>{text(f'alert.{who}')}</strong> {html.escape(what)}</li>"
        for who, what in (
            ("pupils", alert.pupil_task),
            ("caretaker", alert.caretaker_action),
        )
        if what
    )
    return (
        f"<section><h3>{html.escape(alert.title)}</h3><p>{html.escape(alert.sentence)}</p>"
        f"<ul>{doing}</ul><details><summary>{text('alert.evidence')}</summary>{drawn}</details>"
        "</section>"
    )


def _picture(alert: Alert, school: School) -> Figure | None:
    """Draw what the alert stands on; nothing if that is no series of days."""
    evidence = alert.evidence
    column = next((name for name in DRAWN if name in evidence), None)
    if not isinstance(evidence.index, pd.DatetimeIndex) or column is None:
        return None
    shown = evidence[column].astype("float64")
    shown = shown[shown.index >= evidence.index[-1] - pd.Timedelta(days=180)]
    if shown.dropna().empty:
        return None
    meter = school.meter(alert.medium)
    return lines(
        {text(f"alert.{column}"): shown},
        text(f"alert.{column}"),
        title=alert.title,
        subtitle=text("alert.subtitle", school=school.name),
        note=Note(
            sources=(meter.source if meter else school.name,),
            licences=(meter.licence if meter else "",),
            simulated=alert.simulated,
        ),
        meaning=MEANING.get(alert.medium, "neutral"),
        stepped=False,
    )


def _list(head: str, sentences: list[str]) -> str:
    if not sentences:
        return ""
    items = "".join(f"<li>{html.escape(said)}</li>" for said in sentences)
    return f"<details><summary>{head}</summary><ul>{items}</ul></details>"
