"""The result of a workshop room, as charts and sentences of a notebook."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import pandas as pd
from IPython.display import HTML

from stadtlabor.ui.bars import bars
from stadtlabor.ui.figure import Figure
from stadtlabor.ui.note import Note
from stadtlabor.ui.service import ServiceError, told
from stadtlabor.ui.texts import number, percent, text

__all__ = ["Outcome", "outcome"]

MOST = 12
"""More bars do not fit on a page; the table of the export holds all."""


@dataclass(frozen=True)
class Outcome:
    """What the room said.

    Attributes
    ----------
    title, question
        German.
    devices
        How many took part.
    ranking
        Columns as in :func:`stadtlabor.participation.result.ranking`.
    groups
        Who took part: ``group``, ``devices``, ``share``, ``city``.
    notes
        German sentences on how sure it is.
    fault
        German sentence where there is nothing to show, else empty.
    """

    title: str
    question: str
    devices: int
    ranking: pd.DataFrame
    groups: pd.DataFrame
    notes: tuple[str, ...]
    fault: str = ""

    @property
    def answer(self) -> str:
        """The result in one sentence."""
        if self.fault:
            return self.fault
        if self.ranking.empty or not (self.ranking["up"] + self.ranking["down"]).any():
            return text("room.no_votes", devices=self.devices)
        best = self.ranking.iloc[0]
        return text("room.answer", text=best["text"], up=number(best["up"]),
                    devices=self.devices, chance=percent(best["best"]))  # fmt: skip

    def headline(self) -> HTML:
        """Return the question of the room and its answer, or why there is none."""
        asked = f"<p>{html.escape(self.question)}</p>" if self.question else ""
        return HTML(f"{asked}<p class='stadtlabor-answer'>{html.escape(self.answer)}</p>")

    def votes(self) -> Figure | HTML:
        """Draw support with its range, the best first."""
        if self.fault or self.ranking.empty:
            return HTML(f"<p>{html.escape(text('room.nothing_to_draw'))}</p>")
        top = self.ranking.head(MOST)
        names = [t if len(t) <= 48 else f"{t[:45]}…" for t in top["text"]]
        return bars(
            names, (100 * top["support"]).tolist(), "%", title=self.answer,
            subtitle=text("room.votes_subtitle", devices=self.devices), note=self._note(),
            meaning="pedestrians", low=(100 * top["low"]).tolist(),
            high=(100 * top["high"]).tolist(), head=text("room.text"),
            start=min(0.0, float(100 * top["low"].min())),
        )  # fmt: skip

    def people(self) -> HTML:
        """Return who took part beside the city, as a table in German."""
        if self.fault:
            return HTML(f"<p>{html.escape(text('room.nobody_shown'))}</p>")
        small = text("room.small")

        def share(value: Any) -> str:
            return "–" if value is None or pd.isna(value) else percent(float(value))

        table = pd.DataFrame(
            {
                text("room.group"): self.groups["group"],
                text("room.devices"): [
                    small if pd.isna(n) else number(float(n)) for n in self.groups["devices"]
                ],
                text("room.share"): [share(v) for v in self.groups["share"]],
                text("room.city"): [share(v) for v in self.groups["city"]],
            }
        )
        return HTML(f"<div class='sl-wide'>{table.to_html(index=False, border=0)}</div>")

    def doubts(self) -> HTML:
        """Return how sure the result is, as a list."""
        points = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return HTML(f"<ul>{points}</ul>" if points else "")

    def _note(self) -> Note:
        return Note((text("room.source", title=self.title),), ("dl-de/by-2-0",))


def outcome(key: str) -> Outcome:
    """Fetch the result of a room.

    Parameters
    ----------
    key
        Key of the room; the leader's page has it in its address.
    """
    empty = pd.DataFrame(columns=["up", "down", "text"])
    nobody = pd.DataFrame(columns=["group", "devices", "share", "city"])
    if not key:
        return Outcome("", "", 0, empty, nobody, (), text("room.no_key"))
    path = f"/raum/leitung/{key}/auswertung.json"
    try:
        found = told(path, "room.offline", "room.unknown")
    except ServiceError as error:
        return Outcome("", "", 0, empty, nobody, (), str(error))
    ranking = pd.DataFrame(found["ranking"]) if found["ranking"] else empty
    groups = pd.DataFrame(found["groups"]) if found["groups"] else nobody
    fault = found["notes"][0] if ranking.empty and found["notes"] else ""
    return Outcome(
        found["title"], found["question"], found["devices"], ranking, groups, tuple(found["notes"]),
        fault,
    )  # fmt: skip
