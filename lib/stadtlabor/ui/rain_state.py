"""How the warning stands, as its service tells it; whatever is not known is never green."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from stadtlabor.city import city
from stadtlabor.ui.service import ServiceError, told
from stadtlabor.ui.texts import age, text, time

__all__ = ["STALE", "RainState", "rain_state"]

STALE = pd.Timedelta("10min")
"""Older data must not be acted upon."""


@dataclass(frozen=True)
class RainState:
    """What may be said about the next hour.

    Attributes
    ----------
    sentence
        The answer.
    stale
        True where nothing may be said.
    reasons
        Why, as sentences.
    newest
        End of the newest good radar interval, UTC, or None.
    simulated
        True where no radar stands behind the rain.
    areas
        Catchments as in ``/regen/daten.json``.
    """

    sentence: str
    stale: bool
    reasons: tuple[str, ...] = ()
    newest: pd.Timestamp | None = None
    simulated: bool = False
    areas: tuple[dict[str, Any], ...] = field(default=())

    def words(self, now: pd.Timestamp | None = None) -> str:
        """Return the answer as HTML, loud where it is out of date.

        Parameters
        ----------
        now
            UTC; the age is reckoned anew, so that a page that hears nothing grows stale by itself.
        """
        now = now or pd.Timestamp.now("UTC")
        mark = f" <mark>{text('chart.simulated')}</mark>" if self.simulated else ""
        said = html.escape(self.sentence)
        answer = f"<p class='stadtlabor-answer' role='status'><strong>{said}</strong>{mark}</p>"
        if self.newest is None:
            stand = text("rain_app.no_stand")
        else:
            local = self.newest.tz_convert(city().city.timezone)
            stand = text(
                "rain_app.stand", time=time(local), age=age(max(now - self.newest, pd.Timedelta(0)))
            )
        stand = f"<p>{html.escape(stand)}</p>"
        if not self.old(now):
            return answer + stand
        why = " ".join(html.escape(reason) for reason in self.reasons)
        loud = (
            f"<div class='stadtlabor-stale' role='alert'><strong>{text('rain_app.stale')}</strong> "
            f"{why} {html.escape(text('rain_app.stale_advice'))}</div>"
        )
        return loud + answer + stand

    def old(self, now: pd.Timestamp) -> bool:
        """Tell whether nothing may be said at a moment."""
        return self.stale or self.newest is None or now - self.newest > STALE


def rain_state() -> RainState:
    """Ask the web service how it stands; a service that is silent makes a stale state."""
    try:
        found = told("/regen/daten.json", "rain_app.away", "rain_app.none")
    except ServiceError as error:
        return RainState(text("rain_app.unknown"), True, (str(error),))
    newest = pd.Timestamp(found["newest"]) if found["newest"] else None
    return RainState(
        found["sentence"], bool(found["stale"]), tuple(found["reasons"]),
        newest.tz_convert("UTC") if newest is not None else None,
        bool(found["simulated"]), tuple(found["areas"]),
    )  # fmt: skip
