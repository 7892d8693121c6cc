"""What if: move area, rent and opening hours, and see which shop suits and why."""

from __future__ import annotations

import html

import ipywidgets

from stadtlabor.innenstadt.matching import (
    FLAGS,
    Candidate,
    Concept,
    ConceptError,
    plans,
    rank,
    tailored,
)
from stadtlabor.ui.match_list import ranking, weight_table
from stadtlabor.ui.query import asked
from stadtlabor.ui.service import ServiceError, told
from stadtlabor.ui.shops import shops
from stadtlabor.ui.texts import number, text

__all__ = ["MatchApp"]

DAYS = {
    "days_shop": range(6),
    "days_work": range(5),
    "days_late": range(3, 6),
    "days_all": range(7),
}
USUAL_HOURS = (10, 18)


class MatchApp(ipywidgets.VBox):
    """Sliders, and the ranking that they make; computed here, by the published weights.

    Parameters
    ----------
    plan
        Plan to begin with; ``?vorhaben=…`` in the address goes before.
    """

    def __init__(self, plan: str = "cafe") -> None:
        style = {"description_width": "initial"}
        # Widgets have a margin of two pixels on either side.
        wide = {"width": "min(calc(100% - 4px), 34rem)", "min_height": "44px"}
        options = [(about["name"], key) for key, about in plans().items()]
        wanted = asked("vorhaben") or plan
        known = [key for _, key in options]
        self.plan = ipywidgets.Dropdown(
            options=options, value=wanted if wanted in known else known[0],
            description=text("match.plan"), style=style, layout=wide,
        )  # fmt: skip

        def slider(name: str, least: int, most: int, step: int = 1) -> ipywidgets.IntSlider:
            return ipywidgets.IntSlider(
                min=least, max=most, step=step, description=text(f"match.{name}"), style=style,
                layout=wide, continuous_update=False,
            )  # fmt: skip

        self.area, self.rent = slider("area", 10, 400, 5), slider("rent", 2, 60)
        self.start, self.end = slider("start", 0, 23), slider("end", 1, 24)
        self.days = ipywidgets.Dropdown(
            options=[(text(f"match.{key}"), key) for key in DAYS], style=style,
            description=text("match.days"), layout=wide,
        )  # fmt: skip
        self.flags = {
            flag: ipywidgets.Checkbox(description=text(f"match.{flag}"), indent=False)
            for flag in FLAGS
        }
        self.answer, self.list = ipywidgets.HTML(), ipywidgets.HTML()
        moved = [self.area, self.rent, self.days, self.start, self.end, *self.flags.values()]
        boxes = ipywidgets.HBox(list(self.flags.values()), layout={"flex_flow": "row wrap"})
        super().__init__(
            [
                self.answer, self.plan, self.area, self.rent, self.days, self.start,
                self.end, boxes,
                self.list, ipywidgets.HTML(weight_table()),
            ]
        )  # fmt: skip
        self.add_class("stadtlabor-app")
        self.units: list[Candidate] = []
        self.names: dict[str, str] = {}
        self.note = ""
        self.invented = False
        self.quiet = False
        self.refresh()
        self.show_plan()
        self.plan.observe(lambda _: self.show_plan(), names="value")
        for control in moved:
            control.observe(lambda _: None if self.quiet else self.show(), names="value")

    def refresh(self) -> None:
        """Fetch the shops with their surroundings."""
        try:
            found = told("/leerstand/passt/kandidaten.json")
            table = shops(told("/leerstand/daten.geojson"))
        except ServiceError as error:
            self._say(str(error))
            return
        self.units = [
            Candidate.model_validate({k: v for k, v in unit.items() if k != "name"})
            for unit in found["units"]
        ]
        public = table["name"].to_dict()
        self.names = {unit["id"]: public.get(unit["id"], unit["name"]) for unit in found["units"]}
        self.invented = bool(len(table)) and bool(table["invented"].all())
        counted = any(unit.footfall for unit in self.units)
        mark = text("match.counts_simulated") if found["simulated_counts"] else ""
        self.note = text("match.counts", mark=mark) if counted else text("match.no_counts")

    def show_plan(self) -> None:
        """Set the controls to what the plan usually needs."""
        usual = plans()[str(self.plan.value)]
        self.quiet = True
        try:
            self.area.value, self.rent.value = usual["least"], usual["rent"]
            self.days.value, self.start.value, self.end.value = next(iter(DAYS)), *USUAL_HOURS
            for flag, box in self.flags.items():
                box.value = bool(usual.get(flag))
        finally:
            self.quiet = False
        self.usual = self.concept()
        self.show()

    def concept(self) -> Concept:
        """Return what the controls say.

        Raises
        ------
        ConceptError
            In German, if it contradicts itself.
        """
        return tailored(
            str(self.plan.value), least_m2=float(self.area.value),
            rent_eur_m2=float(self.rent.value), days=tuple(DAYS[str(self.days.value)]),
            start=self.start.value, end=self.end.value,
            needs={flag: box.value for flag, box in self.flags.items()},
        )  # fmt: skip

    def _say(self, sentence: str, mark: str = "") -> None:
        self.answer.value = (
            f"<p class='stadtlabor-answer' role='status'>{html.escape(sentence)}{mark}</p>"
        )

    def show(self) -> None:
        """Rank the shops and tell the result."""
        if not self.units:
            if not self.answer.value:
                self._say(text("vacancy.empty"))
            return
        try:
            matches = rank(self.concept(), self.units)
        except ConceptError as error:
            self._say(str(error))
            self.list.value = ""
            return
        before = {match.unit: match.rank for match in rank(self.usual, self.units)}
        fitting = [match for match in matches if match.fitting]
        mark = f" <mark>{text('chart.simulated')}</mark>" if self.invented else ""
        if fitting:
            best = self.names[fitting[0].unit]
            score, count = number(fitting[0].score), number(len(fitting))
            self._say(
                text("match.answer", n=count, all=number(len(matches)), best=best, score=score),
                mark,
            )
        else:
            self._say(text("match.answer_none"), mark)
        self.list.value = f"<p>{html.escape(self.note)}</p>{ranking(matches, self.names, before)}"
