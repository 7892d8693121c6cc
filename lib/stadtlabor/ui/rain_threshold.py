"""A threshold to move: hits, misses, false alarms and what they cost, at once."""

from __future__ import annotations

import html

import ipywidgets
import pandas as pd

from stadtlabor.rain.verification.table import count, scored
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import number, percent, text

__all__ = ["ThresholdSlider"]


class ThresholdSlider(ipywidgets.VBox):
    """Move the threshold of a warning and see what becomes of it.

    Parameters
    ----------
    cases
        Columns ``Vorhersage_mm`` and ``Gefallen_mm``, one row per forecast and place.
    event_mm
        So much is an event, mm.
    loss
        A missed event costs so many times as much as an alarm.
    start
        Threshold at the beginning, mm.
    """

    def __init__(
        self, cases: pd.DataFrame, event_mm: float = 10.0, loss: float = 10.0, start: int = 8
    ) -> None:
        self._said = cases["Vorhersage_mm"].to_numpy()
        self._fell = cases["Gefallen_mm"].to_numpy() >= event_mm
        self._loss = loss
        self.threshold = ipywidgets.IntSlider(
            value=start, min=1, max=20, description=text("wann_warnen.slider"),
            style={"description_width": "initial"}, layout=ipywidgets.Layout(width="100%"),
            continuous_update=False,
        )  # fmt: skip
        self.told = ipywidgets.HTML()
        super().__init__([self.threshold, self.told])
        self.add_class("stadtlabor-app")
        self.threshold.observe(lambda _: self._tell(), names="value")
        self._tell()

    def figures(self) -> dict[str, float]:
        """Return counts, ``pod``, ``far`` (0–1) and ``cost`` (points) at the threshold chosen."""
        counts = count(self._said >= self.threshold.value, self._fell)
        cost = counts["hits"] + counts["false_alarms"] + self._loss * counts["misses"]
        return {**counts, **scored(counts), "cost": cost}

    def _tell(self) -> None:
        found = self.figures()
        most = max(len(self._fell[self._fell]) * self._loss, found["cost"], 1.0)
        rows = [
            ("pod", percent(found["pod"]) if found["pod"] == found["pod"] else "–", found["pod"]),
            ("far", percent(found["far"]) if found["far"] == found["far"] else "–", found["far"]),
            ("cost", f"{number(found['cost'])} {text('wann_warnen.points')}", found["cost"] / most),
        ]
        shades = {"pod": "mobility", "far": "electricity", "cost": "rain"}
        bars = "".join(_bar(text(f"wann_warnen.{k}"), v, s, shades[k]) for k, v, s in rows)
        said = text(
            "wann_warnen.told", mm=self.threshold.value, hits=number(found["hits"]),
            misses=number(found["misses"]), false=number(found["false_alarms"]),
            loss=number(self._loss),
        )  # fmt: skip
        self.told.value = (
            f"<p role='status'><strong>{html.escape(said)}</strong> "
            f"<mark>{text('chart.simulated')}</mark></p>{bars}"
        )


def _bar(name: str, value: str, share: float, meaning: str) -> str:
    # The words carry the value; the bar is only for the eye.
    width = 0.0 if share != share else 100 * min(max(share, 0.0), 1.0)
    return (
        f"<div style='margin:.4rem 0'><div>{html.escape(name)}: <strong>{html.escape(value)}"
        "</strong></div><div aria-hidden='true' style='background:#D9DEE3;height:14px'>"
        f"<div style='width:{width:.1f}%;height:14px;background:{colour(meaning)}'></div></div>"
        "</div>"
    )
