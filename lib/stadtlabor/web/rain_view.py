"""What the pages on heavy rain show: list, map, ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from stadtlabor.catchments import RainWarning
from stadtlabor.city import city
from stadtlabor.rain.warning.display import Area, Display
from stadtlabor.rain.warning.ledger import Entry, Row, entries, observed, rows
from stadtlabor.ui.texts import number, percent
from stadtlabor.web.texts import texts

__all__ = ["drawn", "ledgers", "listed", "stand", "thresholds"]

WIDTH, HEIGHT = 360.0, 300.0
AIR = 24.0


def stand(shown: Display, now: datetime) -> str:
    """Say how old the newest radar frame is."""
    words = texts()["rain"]
    if shown.newest is None:
        return str(words["stand_none"])
    local = shown.newest.astimezone(ZoneInfo(city().city.timezone))
    same = local.date() == now.astimezone(local.tzinfo).date()
    time = f"{local:%H:%M}" if same else f"{local:%d.%m.%Y, %H:%M}"
    return str(words["stand"]).format(time=time, age=_age(shown.age_min or 0))


def listed(area: Area, settings: RainWarning) -> dict[str, Any]:
    """Return one catchment as the list shows it."""
    words = texts()["rain"]
    figures = ""
    if area.expected_mm is not None and area.fallen_mm is not None:
        figures = words["figures"].format(
            expected=number(area.expected_mm, 1), fallen=number(area.fallen_mm, 1)
        )
    chances = [
        (str(lv.level), words["mm"].format(n=number(lv.hour_mm)), percent(area.chances[lv.level]))
        for lv in settings.levels
        if lv.level in area.chances
    ]
    return {
        "id": area.id, "name": area.name, "level": area.level, "state": area.state,
        "sentence": area.sentence, "instruction": area.instruction, "easy": area.easy,
        "badge": _badge(area), "chances": chances, "figures": figures,
    }  # fmt: skip


def thresholds(settings: RainWarning) -> list[tuple[str, ...]]:
    """Return the rows of the table of levels."""
    words = texts()["rain"]

    def mm(value: float | None) -> str:
        return str(words["mm"]).format(n=number(value)) if value else "–"

    return [
        (str(lv.level), mm(lv.hour_mm), mm(lv.six_hours_mm), percent(lv.cost_ratio), lv.reason)
        for lv in settings.levels
    ]


def drawn(areas: tuple[Area, ...]) -> dict[str, Any]:
    """Return the map: outlines in the units of an SVG picture, and its alternative text."""
    words = texts()["rain"]
    points = [point for area in areas for point in area.outline]
    south, north = (f(lat for lat, _ in points) for f in (min, max))
    west, east = (f(lon for _, lon in points) for f in (min, max))
    # A degree of longitude is shorter than one of latitude: 0.67 at 48° N.
    narrow = 0.67
    scale = min(
        (WIDTH - 2 * AIR) / max((east - west) * narrow, 1e-6),
        (HEIGHT - 2 * AIR) / max(north - south, 1e-6),
    )

    def place(lat: float, lon: float) -> tuple[float, float]:
        return AIR + (lon - west) * narrow * scale, AIR + (north - lat) * scale

    shapes = []
    for area in sorted(areas, key=lambda a: (a.level, a.id)):
        corners = [place(*corner) for corner in area.outline]
        middle = [sum(values) / len(corners) for values in zip(*corners, strict=True)]
        shapes.append({
            "points": " ".join(f"{x:.1f},{y:.1f}" for x, y in corners), "state": area.state,
            "level": area.level, "x": f"{middle[0]:.1f}", "y": f"{middle[1]:.1f}",
            "mark": "?" if area.state == "unknown" else str(area.level),
        })  # fmt: skip
    told = "; ".join(f"{area.name}: {_badge(area)}" for area in areas)
    height = 2 * AIR + (north - south) * scale
    width = 2 * AIR + (east - west) * narrow * scale
    return {
        "shapes": shapes, "alt": words["map_alt"].format(areas=told), "width": f"{width:.0f}",
        "height": f"{height:.0f}",
    }  # fmt: skip


def ledgers(folder: Path, settings: RainWarning) -> list[dict[str, Any]]:
    """Return the ledger of the operation and one per replay, as tables."""
    words = texts()["rain"]["ledger"]
    names = {c.id: c.name for c in settings.catchments}
    replays = [path.parent for path in sorted((folder / "replays").glob("*/journal.db"))]
    told = []
    for place in [folder, *replays]:
        found, live = entries(place, settings.levels), place == folder
        heading = words["live_heading" if live else "replay_heading"].format(name=place.name)
        told.append({
            "heading": heading, "note": "" if live else words["replay_note"],
            **_sum(place, found), "rows": [_cells(r, names) for r in rows(found, catchments=live)],
        })  # fmt: skip
    return told


def _sum(place: Path, found: list[Entry]) -> dict[str, str]:
    """Return what was counted, in a sentence, and over which period."""
    words = texts()["rain"]["ledger"]
    seen = observed(place)
    if seen is None:
        return {"sentence": str(words["never"]), "period": ""}
    zone = ZoneInfo(city().city.timezone)
    first, last = (f"{at.astimezone(zone):%d.%m.%Y, %H:%M} Uhr" for at in seen[:2])
    period = words["period"].format(first=first, last=last, frames=number(seen[2]))
    if not found:
        return {"sentence": str(words["nothing"]), "period": period}
    kinds = [entry.kind for entry in found]
    hits, misses = kinds.count("hit"), kinds.count("miss")
    sentence = words["answer"].format(
        events=number(hits + misses), hits=number(hits), false=number(kinds.count("false"))
    )
    return {"sentence": sentence, "period": period}


def _cells(row: Row, names: dict[str, str]) -> list[str]:
    words = texts()["rain"]["ledger"]

    def share(value: tuple[float, float, float] | None) -> str:
        if value is None:
            return str(words["none"])
        parts = dict(zip(("share", "low", "high"), map(percent, value), strict=True))
        return str(words["share"]).format(**parts)

    area = words["all_areas"] if row.catchment is None else names.get(row.catchment, row.catchment)
    lead = words["lead"].format(n=number(row.lead_min)) if row.lead_min is not None else None
    early = percent(row.early) if row.early is not None else None
    return [
        str(row.level), str(area), number(row.hits), number(row.misses), number(row.false),
        share(row.found), share(row.vain), lead or words["none"], early or words["none"],
    ]  # fmt: skip


def _badge(area: Area) -> str:
    words = texts()["rain"]
    if area.level:
        return str(words["level_badge"]).format(level=area.level)
    return str(words["level_unknown" if area.state == "unknown" else "level_none"])


def _age(minutes: int) -> str:
    words = texts()["rain"]
    span = timedelta(minutes=max(0, minutes))
    if span < timedelta(hours=2):
        return str(words["one_minute"] if minutes == 1 else words["minutes"].format(n=minutes))
    return str(words["hours"]).format(n=number(span.total_seconds() // 3600))
