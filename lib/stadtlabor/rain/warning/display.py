"""What a display shows: the state of all catchments, or loudly that nothing is known.

Every display goes through here. "No warning" is only said where the service has given a sign of
life, the newest good frame is young enough now (not only when the service looked), and the radar
sees the catchment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from stadtlabor.catchments import RainWarning
from stadtlabor.city import city
from stadtlabor.rain.warning.area import corners
from stadtlabor.rain.warning.journal import Journal
from stadtlabor.rain.warning.message import Message
from stadtlabor.rain.warning.outlook import Assessment, Outlook
from stadtlabor.rain.warning.pulse import pulse
from stadtlabor.rain.warning.rules import rules
from stadtlabor.rain.warning.words import level_name, reason_sentences, warning_texts, wording

__all__ = ["Area", "Display", "display"]


@dataclass(frozen=True)
class Area:
    """One catchment on a display.

    Attributes
    ----------
    id, name, outline
        As in ``city.toml``.
    level
        In force, also while nothing is known; 0 is none.
    state
        ``unknown``, ``none`` or ``warned``.
    sentence
        What a display says.
    instruction, easy
        What to do, in plain German and in Leichte Sprache; empty where nothing is warned of.
    chances
        Level → probability, 0–1; empty where nothing is known.
    expected_mm, fallen_mm
        Largest sums of the coming and of the last hour, mm; None where nothing is known.
    """

    id: str
    name: str
    outline: tuple[tuple[float, float], ...]
    level: int
    state: str
    sentence: str
    instruction: str
    easy: str
    chances: dict[int, float]
    expected_mm: float | None
    fallen_mm: float | None


@dataclass(frozen=True)
class Display:
    """The whole picture.

    Attributes
    ----------
    stale
        True where nothing may be said about the next hour.
    sentence
        The answer in one sentence.
    reasons
        Why it is stale, as sentences.
    newest
        End of the newest good radar interval, UTC, or None.
    age_min
        Its age in whole minutes, or None.
    simulated
        True where no radar stands behind the rain.
    source
        Who measured.
    areas
        Catchments, the highest level first.
    """

    stale: bool
    sentence: str
    reasons: tuple[str, ...]
    newest: datetime | None
    age_min: int | None
    simulated: bool
    source: str
    areas: tuple[Area, ...]


def display(folder: Path, settings: RainWarning, now: datetime) -> Display:
    """Read how it stands at a moment.

    Parameters
    ----------
    folder
        Of the warning; it is only read.
    settings
        Table ``[warning]`` of the city.
    now
        With zone.
    """
    journal = Journal(folder)
    state: dict[str, Any] = journal.memory("state") or {}
    warner: dict[str, Any] = journal.memory("warner") or {}
    newest = datetime.fromisoformat(state["newest"]) if state.get("newest") else None
    age = now - newest if newest else None
    reasons = list(state.get("reasons", ["start"]))
    limit = timedelta(minutes=rules("watch")["old_min"])
    if pulse(folder, now).silent:
        reasons.insert(0, "silent")
    if (age is None or age > limit) and "old" not in reasons and "start" not in reasons:
        reasons.append("old")
    if age is not None and age < -timedelta(minutes=rules("watch")["early_min"]):
        reasons.append("clock")
    assessment = state.get("assessment")
    told = Assessment.from_dict(assessment) if assessment else None
    if told is None and not reasons:
        reasons.append("start")
    stale = bool(reasons)
    outlooks = {o.catchment: o for o in told.outlooks} if told else {}
    areas = [
        _area(c.id, c.name, tuple(corners(c)), warner.get(c.id, {}), outlooks.get(c.id), stale)
        for c in settings.catchments
    ]
    areas.sort(key=lambda area: (-area.level, area.state != "unknown", area.name))
    return Display(
        stale=stale,
        sentence=_sentence(areas, newest, stale),
        reasons=tuple(reason_sentences(list(dict.fromkeys(reasons)))),
        newest=newest,
        age_min=int(age.total_seconds() // 60) if age is not None else None,
        simulated=bool(told and told.simulated),
        source=told.source if told else "",
        areas=tuple(areas),
    )


def _area(
    name: str,
    title: str,
    outline: tuple[tuple[float, float], ...],
    standing: dict[str, Any],
    outlook: Outlook | None,
    stale: bool,
) -> Area:
    words = warning_texts()["display"]
    level = int(standing.get("level", 0))
    blind = outlook is None or outlook.blind
    unknown = stale or blind
    message = Message.from_dict(standing["message"]) if level and standing.get("message") else None
    if level:
        said = words["warned_unknown" if unknown else "warned"].format(
            level=level, name=level_name(level)
        )
    else:
        said = words["unknown_area" if blind and not stale else "unknown" if unknown else "none"]
    known = None if unknown else outlook
    chances = {n: known.probability(n) for n in known.hour} if known else {}
    return Area(
        id=name,
        name=title,
        outline=outline,
        level=level,
        state="warned" if level else "unknown" if unknown else "none",
        sentence=said,
        instruction=wording(message).instruction if message else "",
        easy=wording(message, easy=True).instruction if message else "",
        chances=chances,
        expected_mm=known.expected_mm if known else None,
        fallen_mm=known.fallen_hour_mm if known else None,
    )


def _sentence(areas: list[Area], newest: datetime | None, stale: bool) -> str:
    words = warning_texts()["display"]
    zone = ZoneInfo(city().city.timezone)
    time = f"{newest.astimezone(zone):%H:%M} Uhr" if newest else words["never"]
    warned = [area for area in areas if area.level]
    top = max((area.level for area in warned), default=0)
    if stale:
        return str(words["answer_stale_warned" if warned else "answer_stale"]).format(
            time=time, level=top, name=level_name(top)
        )
    if warned:
        count = words["one_area"] if len(warned) == 1 else words["areas"].format(n=len(warned))
        return str(words["answer_warned"]).format(level=top, name=level_name(top), areas=count)
    unknown = [area for area in areas if area.state == "unknown"]
    return str(words["answer_partly" if unknown else "answer_none"]).format(time=time)
