"""Shall a pop-up shop go on? The record of a decision on pedestrian counts.

The rule stands before the result: what must come out for which option is a parameter.
"""

from __future__ import annotations

import html
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
from IPython.display import HTML

from stadtlabor import data
from stadtlabor.city import city
from stadtlabor.evidence.decision import Option, data_table, decided, options_table
from stadtlabor.evidence.words import said
from stadtlabor.innenstadt import flag
from stadtlabor.innenstadt.footfall.daily import daily
from stadtlabor.innenstadt.footfall.effect import effect_of
from stadtlabor.ui.effect import doubts, effect_picture, lay_sentence, soundness
from stadtlabor.ui.effect_counts import Counts, example_counts
from stadtlabor.ui.figure import Figure
from stadtlabor.ui.note import note
from stadtlabor.ui.texts import number

__all__ = ["OPTIONS", "PopupRecord", "counts", "recommended"]

OPTIONS = ("extend", "end", "longer")
ENOUGH_DAYS = 180
CHANCE = 0.05


class PopupRecord:
    """The record.

    Parameters
    ----------
    counter
        Counter in front of the shop; empty for the one that suggests itself.
    start, end
        First and last day, ISO 8601; empty for a period that suggests itself.
    least_percent
        So many more people must have passed for the shop to go on, per cent.
    decision, decided_by, decided_on, review_on
        See :func:`stadtlabor.evidence.decision.decided`.

    Raises
    ------
    ValueError
        In German, if a statement cannot be used.
    """

    def __init__(
        self, counter: str, start: str, end: str, least_percent: float, decision: str = "",
        decided_by: str = "", decided_on: str = "", review_on: str = "",
    ) -> None:  # fmt: skip
        self.counts = counts()
        self.counter = counter or self.counts.counter or self.counts.days.counters[0]
        self.start, self.end = self._period(start, end)
        self.least_percent = least_percent
        self.effect = effect_of(self.counts.days, self.counter, str(self.start), str(self.end))
        self.recommended = recommended(
            self.effect.percent,
            self.effect.low,
            self.effect.high,
            self.effect.p_value,
            least_percent,
        )
        self._options = [_option(key, least_percent) for key in OPTIONS]
        today = datetime.now(UTC).date()
        self.decided = decided(
            self._options, self.recommended, decision, decided_by, decided_on, review_on, today
        )

    def _period(self, start: str, end: str) -> tuple[date, date]:
        if bool(start) != bool(end):
            raise ValueError(said("decision.half"))
        if start:
            try:
                return date.fromisoformat(start), date.fromisoformat(end)
            except ValueError:
                raise ValueError(
                    said("decision.no_day", stated=f"{start}, {end}", field="start, end")
                ) from None
        if self.counts.start and self.counts.end:
            return self.counts.start, self.counts.end
        # Two whole weeks, so far back that days after them were counted too.
        last = self.counts.days.days[-1].date() - timedelta(days=21)
        return last - timedelta(days=13), last

    @property
    def answer(self) -> HTML:
        """What the result says, what it speaks for, and what was decided."""
        simulated = self.counts.note.simulated
        mark = f" <mark>{said('decision.simulated')}</mark>" if simulated else ""
        lines = [
            lay_sentence(self.effect, self.counter, self.start, self.end),
            said("popup.speaks", option=_name(self.recommended)),
            self.decided.sentence,
        ]
        first, *rest = (html.escape(line) for line in lines)
        more = "".join(f"<p>{line}</p>" for line in rest)
        return HTML(f"<p><strong>{first}</strong>{mark}</p>{more}")

    def options(self) -> HTML:
        """Return what could be decided, with the rule that stood before the result."""
        return HTML(options_table(self._options, self.recommended))

    def data(self) -> HTML:
        """Return what was read, with its version."""
        small = self.counts.note
        sources = "; ".join(small.sources)
        version = small.version or said("popup.example")
        told = "".join(f"<li>{html.escape(line)}</li>" for line in self.counts.told)
        rows = [(version, sources, "; ".join(small.licences), small.simulated)]
        return HTML(f"{data_table(rows)}<ul>{told}</ul>")

    def picture(self) -> Figure:
        """Return what was counted against what was to be expected."""
        return effect_picture(self.counts, self.effect, self.counter, self.start, self.end)

    def certainty(self) -> HTML:
        """Return how sure the result is, and what else may be behind it."""
        effect = self.effect
        lines = [
            said("popup.range", percent=number(effect.percent, 1), low=number(effect.low, 1),
                 high=number(effect.high, 1)),
            effect.sentence,
            said("popup.detectable", percent=number(effect.detectable)),
            soundness(self.counts, self.counter, self.start, self.end),
            *doubts(self.counts, effect, self.counter, self.start, self.end),
        ]  # fmt: skip
        return HTML("<ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in lines) + "</ul>")

    def decision(self) -> HTML:
        """Return who decided what, and when it will be looked at again."""
        return HTML(f"<p><strong>{html.escape(self.decided.sentence)}</strong></p>")

    def result(self) -> dict[str, Any]:
        """Return the figures for :func:`stadtlabor.promotion.record`."""
        effect, again = self.effect, self.decided.review_on
        return {
            "counter": self.counter,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "percent": round(effect.percent, 2),
            "low": round(effect.low, 2),
            "high": round(effect.high, 2),
            "p_value": round(effect.p_value, 4),
            "detectable_percent": round(effect.detectable, 1),
            "least_percent": self.least_percent,
            "recommended": self.recommended,
            "decision": self.decided.option,
            "review_on": again.isoformat() if again else "",
            "data": self.counts.note.version,
            "simulated": self.counts.note.simulated,
        }


def recommended(
    percent: float, low: float, high: float, p_value: float, least_percent: float
) -> str:
    """Return the option that a result speaks for.

    Parameters
    ----------
    percent, low, high
        Change with its 95 % interval, per cent.
    p_value
        How often chance alone does as much.
    least_percent
        What must be reached.

    Returns
    -------
    str
        ``extend`` if there is an effect and so much is within reach, ``end`` if so much is out of
        reach, else ``longer``: then it was not measured well enough.
    """
    if high < least_percent:
        return "end"
    if p_value < CHANCE and low > 0 and percent >= least_percent:
        return "extend"
    return "longer"


def counts() -> Counts:
    """Return the city's hourly counts, or the invented example where there are too few yet."""
    own = city().city.short_name
    series = data.datastreams("footfall")
    chosen = series[(series["interval_s"] == 3600) & (series["area"] == own)]
    if chosen.empty:
        return example_counts()
    stored = data.aggregate("footfall", "hour", list(chosen["id"]))
    span = stored["time"].max() - stored["time"].min() if len(stored) else pd.Timedelta(0)
    if span < pd.Timedelta(days=ENOUGH_DAYS):
        return example_counts()
    names = {row["id"]: row["thing_name"] or row["name"] for row in chosen.to_dict("records")}
    frame = pd.DataFrame(
        {
            "counter": stored["datastream"].map(names),
            "start": stored["time"].dt.tz_convert("UTC"),
            "pedestrians": stored["sum"],
        }
    )
    flagged = flag(frame)
    told = said("popup.from_city", counters=len(names), days=span.days)
    return Counts(flagged, daily(flagged), note(stored), (told,))


def _option(key: str, least_percent: float) -> Option:
    gaps = {"least": number(least_percent)}
    return Option(
        key, _name(key), said(f"popup.{key}_pro"), said(f"popup.{key}_con"),
        said(f"popup.{key}_when", **gaps),
    )  # fmt: skip


def _name(key: str) -> str:
    return said(f"popup.{key}")
