"""A list's columns while its rows are read: sizes, dates, positions, and what has to be asked."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.innenstadt.vacancy.address import split_address
from stadtlabor.innenstadt.vacancy.cells import from_utm, is_nothing, metres, point
from stadtlabor.innenstadt.vacancy.header import Header, per_square_metre
from stadtlabor.innenstadt.vacancy.listing import texts
from stadtlabor.innenstadt.vacancy.stated import Stated
from stadtlabor.sources.meter.dates import dates
from stadtlabor.sources.question import Option, Question
from stadtlabor.sources.table import Table

__all__ = ["Listed"]

SQUARE_FOOT_M2 = 0.09290304
BOUNDS = {"area": (2.0, 50_000.0), "frontage": (0.3, 500.0), "rent": (0.1, 2_000.0)}
"""Smaller or larger is a slip of the pen: m², m, €/m²."""
FEET = re.compile(r"\b(?:sq\.?|square) ?f(?:ee)?t|\bsqft|square footage", re.IGNORECASE)


class Listed:
    """A table with its parts, while its rows are read."""

    def __init__(self, table: Table, header: Header, given: Stated) -> None:
        self.table, self.places, self.given = table, dict(header.places), given
        self._settle_number()
        self._settle_rent()
        self.sizes = {p: self._sizes(p) for p in ("area", "frontage", "rent", "rent_total")}
        self.since = self._since()
        self.lat, self.lon = self._positions()

    def cell(self, n: int, part: str) -> str:
        """Return a cell's text; "" where it is missing or says nothing."""
        place = self.places.get(part)
        if place is None:
            return ""
        text = " ".join(self.table.rows[n][place].split())
        return "" if is_nothing(text) else text

    def doubt(self, n: int, key: str, place: int, gaps: dict[str, str]) -> None:
        """Tell a cell that is left empty."""
        said = texts()["rows"][key].format(**gaps)
        self.table.ledger.doubt(
            self.table.lines[n], said, "Bitte nachtragen", self.table.header[place]
        )

    def _settle_number(self) -> None:
        """Decide whether "Nr." is the house number."""
        place = self.places.pop("number", None)
        if place is None or "house_number" in self.places or "street" not in self.places:
            return
        cells = [row[place].strip() for row in self.table.rows]
        whole = [int(c) for c in cells if re.fullmatch(r"\d+(\.0)?", c) for c in [c.split(".")[0]]]
        running = len(whole) == len(cells) > 2 and all(b - a == 1 for a, b in pairwise(whole))
        is_house = self.given.number_is_house
        has_numbers = sum(
            bool(split_address(row[self.places["street"]])[1]) for row in self.table.rows
        )
        if is_house is None and has_numbers > len(cells) / 2:
            is_house = False
        if is_house is None and running:
            q = texts()["questions"]
            raise Question(
                self.table.name,
                q["number"].format(header=self.table.header[place]),
                [
                    Option(q["number_house"], "nr-hausnummer", {"number_is_house": True}),
                    Option(q["number_running"], "nr-laufend", {"number_is_house": False}),
                ],
            )
        if is_house is not False:
            self.places["house_number"] = place

    def _settle_rent(self) -> None:
        """Decide whether "Miete" is per m² or per month."""
        place = self.places.get("rent_total")
        if place is None or "rent" in self.places:
            return
        header = self.table.header[place]
        total = self.given.rent_is_total
        if total is None and (per_square_metre(header) is False or header.lower()[:5] == "monat"):
            total = True
        filled = any(row[place].strip() for row in self.table.rows)
        if total is None and filled:
            q = texts()["questions"]
            raise Question(
                self.table.name,
                q["rent"].format(header=header),
                [
                    Option(q["rent_total"], "miete-monat", {"rent_is_total": True}),
                    Option(q["rent_each"], "miete-m2", {"rent_is_total": False}),
                ],
            )
        if total is False:
            self.places["rent"] = self.places.pop("rent_total")

    def _sizes(self, part: str) -> Any:
        place = self.places.get(part)
        if place is None:
            return np.full(len(self.table), np.nan)
        bounds = BOUNDS.get(part, (1.0, 1_000_000.0))
        raw = self.table.column(place)
        feet = np.full(len(self.table), part == "area") & (
            raw.str.contains(FEET, regex=True).to_numpy(bool)
            | bool(FEET.search(self.table.header[place]))
        )
        if feet.any():
            bounds = (bounds[0], bounds[1] / SQUARE_FOOT_M2)
            self.table.ledger.repair(self.table.header_line, texts()["rows"]["square_feet"])
        found = metres(self.table, place, self.given, bounds, self.doubt)
        return np.where(feet, np.round(found * SQUARE_FOOT_M2, 1), found)

    def _since(self) -> list[date | None]:
        place = self.places.get("vacant_since")
        if place is None:
            return [None] * len(self.table)
        raw = self.table.column(place).map(lambda c: "" if is_nothing(c) else _dated(c))
        stamps, _ = dates(raw, self.table.name, self.given.form(), self.table.is_number(place))
        found: list[date | None] = []
        today = pd.Timestamp.now().normalize()
        for n, stamp in enumerate(stamps):
            if pd.isna(stamp) or stamp > today:
                if raw.iloc[n]:
                    key = "bad_date" if pd.isna(stamp) else "future"
                    self.doubt(n, key, place, {"raw": str(self.table.rows[n][place]).strip()})
                found.append(None)
            else:
                found.append(stamp.date())
        return found

    def _positions(self) -> tuple[Any, Any]:
        empty = np.full(len(self.table), np.nan)
        if {"lat", "lon"} <= set(self.places):
            return self._degrees("lat", 90), self._degrees("lon", 180)
        if {"easting", "northing"} <= set(self.places):
            east, north = (self._degrees(p, 1e9) for p in ("easting", "northing"))
            lat, lon = from_utm(east, north)
            return lat, lon
        place = self.places.get("point")
        if place is None:
            return empty, empty
        lat, lon = empty.copy(), empty.copy()
        for n, row in enumerate(self.table.rows):
            found = point(row[place])
            if found:
                lat[n], lon[n] = found
            elif not is_nothing(row[place]):
                self.doubt(n, "bad_position", place, {"raw": row[place].strip()})
        return lat, lon

    def _degrees(self, part: str, most: float) -> Any:
        place = self.places[part]
        found = []
        for n, row in enumerate(self.table.rows):
            text = row[place].strip()
            try:
                value = float(text.replace(",", ".")) if not is_nothing(text) else np.nan
            except ValueError:
                value = np.inf
            if np.isinf(value) or abs(value) > most:
                self.doubt(n, "bad_position", place, {"raw": text})
                value = np.nan
            found.append(value)
        return np.array(found, dtype="float64")


def _dated(cell: str) -> str:
    """Complete a month or a year alone to its first day: ``03/2024``, ``2019``."""
    plain = cell.strip()
    if found := re.fullmatch(r"(\d{1,2})[./](\d{4})", plain):
        return f"01.{int(found[1]):02d}.{found[2]}"
    if re.fullmatch(r"(?:19|20)\d\d(?:\.0)?", plain):
        return f"01.01.{plain[:4]}"
    if found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?: 00:00:00)?", plain):
        return f"{found[3]}.{found[2]}.{found[1]}"
    return plain
