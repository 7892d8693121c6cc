"""What the page of vacant shops shows: filter, list, map, rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stadtlabor.innenstadt.vacancy import Item, Public, Register, rates, rules
from stadtlabor.ui.texts import number, percent
from stadtlabor.web.texts import texts

__all__ = ["Wanted", "listed", "rate_rows", "real", "rules_sentence", "shown"]

AIR = 0.0012
"""Degrees of air around the outermost shop on the map."""


@dataclass(frozen=True)
class Wanted:
    """What a visitor looks for; the address of the page holds it."""

    street: str = ""
    area: str = ""
    step_free: bool = False
    popup: bool = False

    @property
    def least_m2(self) -> float:
        """Return the least area, 0 where none or no number is given."""
        try:
            return max(0.0, float(self.area.strip().replace(",", ".")))
        except ValueError:
            return 0.0

    def fits(self, values: dict[str, Any]) -> bool:
        """Tell whether a shop is wanted."""
        return (
            (not self.street or values["street"] == self.street)
            and (not self.least_m2 or (values["area_m2"] or 0) >= self.least_m2)
            and (not self.step_free or bool(values["step_free"]))
            and (not self.popup or bool(values["popup_possible"]))
        )


def real(public: Public) -> list[Item]:
    """Return the shops to show: simulated ones only where there is no real one."""
    items = list(public.items)
    return [i for i in items if not i.values["invented"]] or items


def listed(item: Item) -> dict[str, Any]:
    """Return one shop as the list shows it."""
    words, values = texts()["vacancy"], item.values
    facts = [
        words["facts_area"].format(n=number(values["area_m2"]))
        if values["area_m2"]
        else words["unknown_area"]
    ]
    if values["frontage_m"]:
        facts.append(words["facts_front"].format(n=number(values["frontage_m"], 1)))
    for name in ("step_free", "wc", "popup"):
        key = "popup_possible" if name == "popup" else name
        if values[key]:
            facts.append(words[f"facts_{name}"])
    if values["rent_eur_m2"]:
        facts.append(words["facts_rent"].format(n=number(values["rent_eur_m2"], 2)))
    since = ""
    if values["vacant_since"]:
        days = number(values["vacant_days"] or 0)
        since = words["vacant_since"].format(date=f"{values['vacant_since']:%d.%m.%Y}", days=days)
    name = f"{values['street']} {values['house_number']}".strip()
    return {
        **values, "name": name, "facts": facts, "since": since, "age": item.age.german,
        "note": item.age.note, "clock": item.clock_german,
        "status": values["kind"] or values["state_german"],
    }  # fmt: skip


def shown(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return places and window of the map."""
    spots = [
        {"id": i["id"], "name": i["name"], "lat": i["lat"], "lon": i["lon"], "vacant": True}
        for i in items
        if i["lat"] is not None
    ]
    if not spots:
        return {}
    lats, lons = [s["lat"] for s in spots], [s["lon"] for s in spots]
    window = {
        "south": min(lats) - AIR, "west": min(lons) - AIR, "north": max(lats) + AIR,
        "east": max(lons) + AIR,
    }  # fmt: skip
    return {"spots": spots, "window": window, "pin": False}


def rate_rows(register: Register) -> list[list[str]]:
    """Return the table of rates, in German; streets without a counted shop are left out."""
    words, rows = texts()["vacancy"], []
    for row in rates(register).to_dict("records"):
        if not row["stock"]:
            continue
        span = f"{percent(row['low'])} bis {percent(row['high'])}"
        rows.append([row["street"] or words["rate_all"], number(row["vacant"]),
                     number(row["stock"]), percent(row["rate"]), span])  # fmt: skip
    return rows


def rules_sentence() -> str:
    """Return in German when a record is marked and when it leaves the map."""
    age = rules().age
    sentence: str = texts()["vacancy"]["rules"]
    return sentence.format(mark=age.mark_after_days, hide=age.hide_after_days)
