"""A small warning to test with: three catchments, three levels, invented rain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from stadtlabor.catchments import RainWarning
from stadtlabor.rain.warning import Assessment, Outlook

START = datetime(2026, 7, 1, 14, 0, tzinfo=UTC)
STEP = timedelta(minutes=5)

SETTINGS = RainWarning.model_validate({
    "sender": "starkregen@stadt.example.org",
    "sender_name": "Beispielstadt, Versuch",
    "web": "https://stadt.example.org/regen",
    "calm_min": 30,
    "levels": [
        {"level": 2, "hour_mm": 15, "six_hours_mm": 20, "cost_ratio": 0.25, "reason": "Probe"},
        {"level": 3, "hour_mm": 25, "six_hours_mm": 35, "cost_ratio": 0.15, "reason": "Probe"},
        {"level": 4, "hour_mm": 40, "six_hours_mm": 60, "cost_ratio": 0.1, "reason": "Probe"},
    ],
    "catchments": [
        {"id": "bach", "name": "Bach <& Au>", "lat": 47.72, "lon": 10.31, "radius_km": 4},
        {"id": "hang", "name": "Hang", "polygon": [[47.7, 10.2], [47.7, 10.3], [47.8, 10.25]]},
    ],
})  # fmt: skip


def outlook(catchment: str, chances: dict[int, float], unseen: float = 0.0) -> Outlook:
    return Outlook(catchment, chances, {2: 0.0, 3: 0.0, 4: 0.0}, 12.0, 3.0, 4.0, 4.0, 1.0, unseen)


def assessment(step: int, *outlooks: Outlook) -> Assessment:
    return Assessment(START + step * STEP, outlooks, False, "Probe")


def level(number: int) -> dict[int, float]:
    """Return probabilities that call exactly this level."""
    return {n: 0.5 if n <= number else 0.0 for n in (2, 3, 4)}
