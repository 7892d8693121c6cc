"""What everybody may see: released facts only, with their age, coarse where that was asked for."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy.age import Freshness, freshness
from stadtlabor.innenstadt.vacancy.blur import blurred
from stadtlabor.innenstadt.vacancy.clock import clock_of
from stadtlabor.innenstadt.vacancy.machine import Standing, text_mark
from stadtlabor.innenstadt.vacancy.moderation import Finding, findings
from stadtlabor.innenstadt.vacancy.rules import rules
from stadtlabor.innenstadt.vacancy.words import words

if TYPE_CHECKING:
    from stadtlabor.innenstadt.vacancy.register import Register

__all__ = ["COLUMNS", "Item", "Public", "Withheld", "item_of", "withheld"]

COLUMNS = (
    *rules().public.fields, "lat", "lon", "blur_m", "state", "state_german", "kind",
    "checked_days", "checked_german", "marked", "vacant_since", "vacant_days", "clock_met",
)  # fmt: skip
"""Columns of the public table, in order. There is no other way out of the register."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would compute a text that begins so."""


@dataclass(frozen=True)
class Withheld:
    """A text that is not shown because it may name a person; for the moderator's eyes only.

    ``mark`` is what ``act(unit, "clear", text=mark)`` takes, if it is harmless; contacts cannot be
    cleared, only edited away.
    """

    unit: str
    field: str
    text: str
    found: tuple[Finding, ...]
    mark: str


@dataclass(frozen=True)
class Item:
    """One unit as the public sees it; ``values`` has the keys :data:`COLUMNS`."""

    values: dict[str, Any]
    age: Freshness
    photos: tuple[str, ...]
    clock_german: tuple[str, ...] = ()


@dataclass(frozen=True)
class Public:
    """The public view of a register at one time.

    Attributes
    ----------
    at
        UTC.
    items
        Units on the map, in the order of their ids.
    withheld
        Texts that wait for a moderator.
    """

    at: datetime
    items: tuple[Item, ...]
    withheld: tuple[Withheld, ...]

    @classmethod
    def of(cls, register: Register, at: datetime, only: Iterable[str] | None = None) -> Public:
        """Read the public view from a register; of some units where these are named."""
        standings = register.units(rules().offered, only)
        histories = register.histories(standings)
        today = at.astimezone(ZoneInfo(city().city.timezone)).date()
        items: list[Item] = []
        withheld: list[Withheld] = []
        for name, standing in standings.items():
            made = item_of(standing, at)
            if made is None:
                continue
            item, held = made
            told = clock_of(histories[name], today)
            item.values.update(
                vacant_since=told.since, vacant_days=told.days or None, clock_met=told.met
            )
            items.append(Item(item.values, item.age, item.photos, told.german))
            withheld += held
        return cls(at, tuple(items), tuple(withheld))

    @property
    def frame(self) -> pd.DataFrame:
        """One row per unit with the columns :data:`COLUMNS`; sizes in m², rent in €/m²."""
        table = pd.DataFrame([i.values for i in self.items], columns=list(COLUMNS))
        table["equipment"] = table["equipment"].map(", ".join)
        return table

    def csv(self) -> bytes:
        """Return the table as CSV (UTF-8, comma, decimal point): for machines and spreadsheets."""
        # Whole days, even where some are unknown: "299", not "299.0".
        table = self.frame.astype({"checked_days": "Int64", "vacant_days": "Int64"})
        for name in table.columns:
            if not pd.api.types.is_numeric_dtype(table[name]):
                table[name] = table[name].map(_safe)
        body = io.StringIO()
        table.to_csv(body, index=False, lineterminator="\r\n")
        return body.getvalue().encode("utf-8")

    def geojson(self) -> dict[str, Any]:
        """Return a GeoJSON FeatureCollection; units without a position have a null geometry."""
        features: list[dict[str, Any]] = []
        for item in self.items:
            properties = dict(item.values)
            lat, lon = properties.pop("lat"), properties.pop("lon")
            point = {"type": "Point", "coordinates": [lon, lat]} if lat is not None else None
            name = properties.pop("id")
            properties["photos"] = list(item.photos)
            told = {n: str(v) if n == "vacant_since" and v else v for n, v in properties.items()}
            features.append({"type": "Feature", "id": name, "geometry": point, "properties": told})
        return {"type": "FeatureCollection", "features": features}

    def geojson_text(self) -> str:
        """Return the GeoJSON as text."""
        return json.dumps(self.geojson(), ensure_ascii=False)

    def dcat(self, base: str) -> dict[str, Any]:
        """Return the entry for an open-data portal (DCAT-AP.de, JSON-LD).

        Parameters
        ----------
        base
            Public address below which the files lie, ending with a slash.
        """
        from stadtlabor.innenstadt.vacancy.dcat import entry

        return entry(self, base)


def item_of(standing: Standing, at: datetime) -> tuple[Item, Sequence[Withheld]] | None:
    """Return a unit as the public sees it, and its withheld texts; None if it sees nothing.

    The clock is filled in by :meth:`Public.of`, which knows the history.
    """
    facts, limits = standing.released, rules().public
    age = freshness(standing.checked_at, at)
    if facts is None or standing.state not in rules().offered or age.level == "hidden":
        return None
    values = {name: getattr(facts, name) for name in limits.fields}
    if not facts.rent_public:
        values["rent_eur_m2"] = None
    held = withheld(standing)
    for one in held:
        values[one.field] = () if one.field == "equipment" else ""
    photos = tuple(photo for photo, released in standing.photos if released)
    if facts.blur_m > 0:
        for name in limits.blurred:
            values[name] = ""
        photos = ()
    lat, lon = facts.lat, facts.lon
    if lat is not None and lon is not None:
        lat, lon = (round(v, 6) for v in blurred(lat, lon, facts.blur_m))
    values |= {
        "lat": lat, "lon": lon, "blur_m": facts.blur_m, "state": standing.state,
        "state_german": words()["states"][standing.state],
        "kind": words()["kinds"].get(standing.placed_as, ""), "checked_days": age.days,
        "checked_german": age.german, "marked": age.level == "marked",
        "vacant_since": None, "vacant_days": None, "clock_met": None,
    }  # fmt: skip
    return Item(values, age, photos), held


def withheld(standing: Standing) -> list[Withheld]:
    """Return the texts of a unit that may name a person and that nobody has cleared."""
    facts = standing.released or standing.facts
    if facts is None:
        return []
    found = []
    for name in rules().public.texts:
        value = getattr(facts, name)
        text = value if isinstance(value, str) else "; ".join(value)
        seen = tuple(findings(text))
        if seen:
            found.append(Withheld(facts.id, name, text, seen, text_mark(text)))
    return [w for w in found if w.mark not in standing.cleared or _contact(w)]


def _contact(held: Withheld) -> bool:
    return any(f.kind != "named" for f in held.found)


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
