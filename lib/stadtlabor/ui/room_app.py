"""The map of those who lead a workshop: contributions appear while people send them."""

from __future__ import annotations

import asyncio
import html
from typing import Any

import ipywidgets
import pandas as pd

from stadtlabor.ui.maps import ThemeMap
from stadtlabor.ui.query import asked
from stadtlabor.ui.service import ServiceError, told
from stadtlabor.ui.texts import text

__all__ = ["RoomApp"]

REFRESH_S = 1.0
MEANINGS = {"waiting": "neutral", "shown": "pedestrians", "hidden": "grid"}
MARKS = {"waiting": "○", "shown": "●", "hidden": "×"}


class RoomApp(ipywidgets.VBox):
    """Live map, list and counts of one room.

    Parameters
    ----------
    key
        Key of the room; default: the one in the page's address (``?raum=…``).
    live
        Look for news every second while the page is open.
    """

    def __init__(self, key: str = "", live: bool = True) -> None:
        self.key = key or asked("raum") or ""
        self.version = -1
        self.state: dict[str, Any] = {}
        self.headline = ipywidgets.HTML()
        self.only_shown = ipywidgets.Checkbox(
            value=False, description=text("room.only_shown"), indent=False
        )
        self.map = ThemeMap(text("room.map"))
        self.best = ipywidgets.HTML()
        super().__init__([self.headline, self.only_shown, self.map, self.best])
        self.add_class("stadtlabor-app")
        self.only_shown.observe(lambda _: self._draw(), names="value")
        self.refresh()
        if live and self.key:
            self.task = asyncio.get_event_loop().create_task(self._refresh())

    def refresh(self) -> None:
        """Fetch the state of the room and show it if something changed."""
        if not self.key:
            self._tell(text("room.no_key"))
            return
        try:
            state = told(f"/raum/leitung/{self.key}/stand.json", "room.offline", "room.unknown")
        except ServiceError as error:
            self._tell(str(error))
            self.version = -1
            return
        if state["version"] != self.version:
            self.version, self.state = state["version"], state
            self._draw()

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            self.refresh()

    def _tell(self, sentence: str) -> None:
        said = f"<p class='stadtlabor-answer' role='status'>{html.escape(sentence)}</p>"
        if self.headline.value != said:
            self.headline.value = said

    def _draw(self) -> None:
        if not self.state:
            return
        items = self.state["items"]
        if self.only_shown.value:
            items = [item for item in items if item["state"] == "shown"]
        counts = text("room.counts", n=len(self.state["items"]), devices=self.state["devices"],
                      votes=self.state["votes"])  # fmt: skip
        self._tell(f"{self.state['question']} {counts}")
        places = pd.DataFrame([_row(item) for item in items], columns=[*_row(EMPTY)])
        located = int(places["lat"].notna().sum())
        summary = text("room.summary", n=len(places), located=located)
        names = {"number": "#", "kind": text("room.kind"), "said": text("room.text"),
                 "where": text("room.place"), "votes": text("room.votes"),
                 "state": text("room.state")}  # fmt: skip
        self.map.show(places.set_index("id"), summary, names)
        self.best.value = _best(items)


EMPTY: dict[str, Any] = {
    "id": 0, "kind": "", "text": "", "use": "", "place": "", "lat": None, "lon": None, "up": 0,
    "down": 0, "state": "shown", "source": "",
}  # fmt: skip


def _row(item: dict[str, Any]) -> dict[str, Any]:
    kind = item["use"] or item["kind"]
    where = item["place"] or (text("room.somewhere") if item["lat"] is not None else "")
    votes = text("room.for_against", up=item["up"], down=item["down"])
    short = item["text"] if len(item["text"]) <= 60 else f"{item['text'][:57]}…"
    return {
        "id": str(item["id"]), "number": item["id"], "name": short, "mark": MARKS[item["state"]],
        "says": ". ".join(part for part in (item["text"], kind, where, votes) if part),
        "lat": item["lat"], "lon": item["lon"], "meaning": MEANINGS[item["state"]],
        "kind": kind, "said": item["text"], "where": where, "votes": votes,
        "state": text(f"room.{item['state']}"),
    }  # fmt: skip


def _best(items: list[dict[str, Any]]) -> str:
    voted = [item for item in items if item["up"] + item["down"]]
    voted.sort(key=lambda item: item["up"] - item["down"], reverse=True)
    if not voted:
        return ""
    rows = "".join(
        f"<li>{html.escape(item['text'])} – "
        f"{html.escape(text('room.for_against', up=item['up'], down=item['down']))}</li>"
        for item in voted[:5]
    )
    return f"<h2>{html.escape(text('room.best'))}</h2><ol>{rows}</ol>"
