"""Did it help? The app that measures an event, a pop-up or a rebuilt street."""

from __future__ import annotations

import datetime
import html
from collections.abc import Callable
from typing import Any

import ipywidgets
import pandas as pd

from stadtlabor.city import city
from stadtlabor.innenstadt.footfall.effect import effect_of
from stadtlabor.sources.http import SourceError
from stadtlabor.ui.effect import doubts, effect_picture, lay_sentence, soundness
from stadtlabor.ui.effect_counts import (
    Counts,
    areas,
    city_counts,
    example_counts,
    uploaded_counts,
)
from stadtlabor.ui.query import asked
from stadtlabor.ui.texts import number, text

__all__ = ["EffectApp"]

EXAMPLE, FILE = "beispiel", "datei"
MOST_MB = 8
"""Larger files do not fit through the connection of an app (10 MB with their wrapping)."""

ENOUGH_DAYS = 180
"""A town that has counted for less is not shown first: most questions would have to be refused."""


class EffectApp(ipywidgets.VBox):
    """Choose counts, counter and period; read what changed and how sure that is.

    The address of the page may choose too: ``?zaehler=…&von=2026-07-03&bis=2026-07-19``.

    Parameters
    ----------
    area
        Town to begin with; default: the one in the page's address (``?gebiet=…``), else the city.
    """

    def __init__(self, area: str = "") -> None:
        style, most = {"description_width": "initial"}, {"max_width": "calc(100% - 4px)"}
        known = areas()
        options = [(area, area) for area in known]
        options += [(text("helped.example"), EXAMPLE), (text("helped.file"), FILE)]
        self.source = ipywidgets.Dropdown(
            options=options,
            description=text("helped.source"),
            style=style,
            value=EXAMPLE,
            layout=most,
        )
        self.upload = ipywidgets.FileUpload(
            accept=".csv,.xlsx,.json,.gz", description=text("helped.upload"),
            layout={"width": "auto", "min_height": "44px"},
        )  # fmt: skip
        self.upload_help = ipywidgets.HTML(
            f"<p>{html.escape(text('helped.upload_help', most=number(MOST_MB)))}</p>"
        )
        self.file = ipywidgets.VBox([self.upload, self.upload_help])
        self.counter = ipywidgets.Dropdown(
            description=text("helped.counter"), style=style, layout=most
        )
        self.start = ipywidgets.DatePicker(description=text("helped.start"), style=style)
        self.end = ipywidgets.DatePicker(description=text("helped.end"), style=style)
        self.answer, self.told = ipywidgets.HTML(), ipywidgets.HTML()
        self.details = ipywidgets.HTML()
        choices = [self.source, self.counter, self.start, self.end]
        super().__init__(
            [
                self.answer,
                ipywidgets.HBox(choices, layout={"flex_flow": "row wrap"}),
                self.file,
                self.told,
                self.details,
            ]
        )
        self.add_class("stadtlabor-app")
        self.counts: Counts | None = None
        self.offering = False
        self.source.observe(self._by_hand(self.show_source), names="value")
        self.upload.observe(self._by_hand(self.show_file), names="value")
        for choice in (self.counter, self.start, self.end):
            choice.observe(self._by_hand(self.show), names="value")
        self._begin(known, area or asked("gebiet") or city().city.short_name)

    def _by_hand(self, show: Callable[[], None]) -> Callable[[Any], None]:
        def changed(_: Any) -> None:
            if not self.offering:
                show()

        return changed

    def _begin(self, known: list[str], own: str) -> None:
        first = own if own in known else EXAMPLE
        self.offering = True
        self.source.value = first
        self.offering = False
        self.show_source()
        if first == own and (self.counts is None or len(self.counts.days.days) < ENOUGH_DAYS):
            self.source.value = EXAMPLE
            lacking = html.escape(text("helped.short_city", area=own, days=number(ENOUGH_DAYS)))
            self.told.value = f"<p>{lacking}</p>{self.told.value}"
        for widget, name in ((self.start, "von"), (self.end, "bis")):
            try:
                if told := asked(name):
                    widget.value = datetime.date.fromisoformat(told)
            except ValueError:
                continue  # an address written by hand: the period that is offered stays
        if (wanted := asked("zaehler")) in self.counter.options:
            self.counter.value = wanted

    def show_source(self) -> None:
        """Read the chosen counts and offer their counters and a period."""
        self.file.layout.display = None if self.source.value == FILE else "none"
        if self.source.value == FILE:
            self._refuse(text("helped.no_file"))
            if self.upload.value:
                self.show_file()
            return
        chosen = str(self.source.value)
        self._take(example_counts if chosen == EXAMPLE else lambda: city_counts(chosen))

    def show_file(self) -> None:
        """Read the uploaded file."""
        if not self.upload.value:
            return
        given = self.upload.value[0]
        name, body = str(given["name"]), bytes(given["content"])
        if len(body) > MOST_MB * 1_000_000:
            size = number(len(body) / 1_000_000, 1)
            self._refuse(text("helped.too_large", file=name, size=size, most=number(MOST_MB)))
            return
        self._take(lambda: uploaded_counts(body, name))

    def _take(self, read: Callable[[], Counts]) -> None:
        try:
            counts = read()
        except (SourceError, ValueError) as error:
            self._refuse(str(error))
            return
        self.counts = counts
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in counts.told)
        self.told.value = f"<ul>{lines}</ul>"
        last: datetime.date = counts.days.days[-1].date()
        start, end = counts.start, counts.end
        if start is None or end is None:
            start, end = _weeks_ago(last)
        self.offering = True
        try:
            self.counter.options = counts.days.counters
            self.counter.value = counts.counter or counts.days.counters[0]
            self.start.value, self.end.value = start, end
        finally:
            self.offering = False
        self.show()

    def _refuse(self, sentence: str) -> None:
        """Say why nothing can be shown."""
        self.counts = None
        self.told.value = ""
        self._say(sentence)

    def _say(self, sentence: str, mark: str = "") -> None:
        self.answer.value = (
            f"<p class='stadtlabor-answer' role='status'>{html.escape(sentence)}{mark}</p>"
        )
        self.details.value = ""

    def show(self) -> None:
        """Measure the chosen period and tell the result."""
        counts, counter = self.counts, self.counter.value
        if counts is None or counter is None:
            return
        start, end = self.start.value, self.end.value
        if start is None or end is None:
            self._say(text("helped.no_period"))
            return
        if end < start:
            self._say(text("helped.turned"))
            return
        if not counts.days.days[0] <= pd.Timestamp(start) <= counts.days.days[-1]:
            first, last = (f"{day:%d.%m.%Y}" for day in counts.days.days[[0, -1]])
            self._say(text("helped.outside", first=first, last=last))
            return
        try:
            found = effect_of(counts.days, counter, str(start), str(end))
        except ValueError as error:
            self._say(str(error))
            return
        mark = f" <mark>{text('chart.simulated')}</mark>" if counts.note.simulated else ""
        self._say(lay_sentence(found, counter, start, end), mark)
        others = doubts(counts, found, counter, start, end)
        items = "".join(f"<li>{html.escape(line)}</li>" for line in others)
        sure = [found.sentence, text("helped.placebos", count=number(found.placebos))]
        sure.append(soundness(counts, counter, start, end))
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in sure)
        self.details.value = (
            f"{effect_picture(counts, found, counter, start, end)._repr_html_()}"
            f"<h2>{text('helped.doubts')}</h2><ul>{items}</ul>"
            f"<h2>{text('helped.sure')}</h2>{paragraphs}"
        )


def _weeks_ago(last: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Return two whole weeks that lie so far back that days after them were counted too."""
    end = last - datetime.timedelta(days=21 + (last.weekday() + 1) % 7)
    return end - datetime.timedelta(days=13), end
