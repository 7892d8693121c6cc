"""Vacant shops on a map, with filter, list, table and the age of every record."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets
import pandas as pd

from stadtlabor.innenstadt.vacancy import rules
from stadtlabor.ui.maps import ThemeMap
from stadtlabor.ui.query import asked
from stadtlabor.ui.service import ServiceError, told
from stadtlabor.ui.shops import COLUMNS, by_street, links, shops
from stadtlabor.ui.texts import number, text

__all__ = ["VacancyApp"]


class VacancyApp(ipywidgets.VBox):
    """Map, list and table of the shops that are to be had.

    The address of the page filters too, with the words of the page ``/leerstand``:
    ``?strasse=…&flaeche=50&stufenlos=1&kurz=1``.

    Parameters
    ----------
    street
        Street to begin with; default: all.
    """

    def __init__(self, street: str = "") -> None:
        style = {"description_width": "initial"}
        self.shops = pd.DataFrame()
        self.answer = ipywidgets.HTML()
        self.street = ipywidgets.Dropdown(
            options=[("", "")], description=text("vacancy.street"), style=style
        )
        self.area = ipywidgets.BoundedIntText(
            value=_whole(asked("flaeche")), min=0, max=10_000, step=10,
            description=text("vacancy.least"), style=style,
        )  # fmt: skip
        self.step_free = ipywidgets.Checkbox(
            value=asked("stufenlos") == "1", description=text("vacancy.step_free"), indent=False
        )
        self.popup = ipywidgets.Checkbox(
            value=asked("kurz") == "1", description=text("vacancy.popup"), indent=False
        )
        self.map = ThemeMap(text("vacancy.map"), self._choose)
        self.links, self.bars = ipywidgets.HTML(), ipywidgets.HTML()
        limits = rules().age
        self.key = ipywidgets.HTML(
            f"<p>{html.escape(text('vacancy.key', mark=number(limits.mark_after_days)))} "
            f"{html.escape(text('vacancy.rules', hide=number(limits.hide_after_days)))}</p>"
        )
        choices = [self.street, self.area, self.step_free, self.popup]
        super().__init__(
            [
                self.answer,
                ipywidgets.HBox(choices, layout={"flex_flow": "row wrap"}),
                self.map,
                self.links,
                self.key,
                self.bars,
            ]
        )
        self.add_class("stadtlabor-app")
        self.refresh(street or asked("strasse") or "")
        for choice in choices:
            choice.observe(lambda _: self.show(), names="value")

    def refresh(self, street: str = "") -> None:
        """Fetch the shops and show them; with a street, only its own."""
        try:
            self.shops = shops(told("/leerstand/daten.geojson"))
        except ServiceError as error:
            self._say(str(error))
            return
        streets = sorted(self.shops["street"].unique())
        self.street.options = [(text("vacancy.all_streets"), ""), *((s, s) for s in streets)]
        self.street.value = street if street in streets else ""
        self.show()

    def _say(self, sentence: str, mark: str = "") -> None:
        self.answer.value = (
            f"<p class='stadtlabor-answer' role='status'>{html.escape(sentence)}{mark}</p>"
        )

    def show(self) -> None:
        """Show the shops that pass the filter."""
        if self.shops.empty:
            self._say(text("vacancy.empty"))
            return
        table = self.shops
        if self.street.value:
            table = table[table["street"] == self.street.value]
        if self.area.value:
            table = table[table["area_m2"] >= self.area.value]
        if self.step_free.value:
            table = table[table["step_free"]]
        if self.popup.value:
            table = table[table["popup_possible"]]
        free = table[table["free"]]
        answer = text(
            "vacancy.answer", n=number(len(table)), all=number(len(self.shops)),
            free=number(len(free)),
        )  # fmt: skip
        mark = f" <mark>{text('chart.simulated')}</mark>" if self.shops["invented"].all() else ""
        self._say(answer if len(table) else text("vacancy.none"), mark)
        located = int(table["lat"].notna().sum())
        summary = text("vacancy.summary", n=number(len(table)), located=number(located))
        self.map.show(table, summary, {name: text(f"vacancy.column_{name}") for name in COLUMNS})
        if self.map.chosen not in table.index:
            self.links.value = ""
        self.bars.value = by_street(free)._repr_html_() if len(free) else ""

    def _choose(self, place: str) -> None:
        row: Any = self.shops.loc[place]
        self.links.value = links(place, str(row["name"]))


def _whole(value: str | None) -> int:
    """Return a whole number of the address, 0 where there is none."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 5 else 0
