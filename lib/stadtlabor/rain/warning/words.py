"""German words of warnings, in plain German and in Leichte Sprache."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from stadtlabor.city import city
from stadtlabor.rain.warning.message import Message

__all__ = ["Wording", "level_name", "plain_text", "reason_sentences", "warning_texts", "wording"]


@dataclass(frozen=True)
class Wording:
    """What a message says in one language.

    Attributes
    ----------
    language
        ``de-DE`` or ``de-DE-simple`` (Leichte Sprache; ``simple`` is a registered variant).
    headline, description, instruction
        The sentences.
    """

    language: str
    headline: str
    description: str
    instruction: str


@cache
def warning_texts() -> dict[str, Any]:
    """Return the catalogue ``texts.de.toml``."""
    here = resources.files("stadtlabor.rain.warning")
    return tomllib.loads(here.joinpath("texts.de.toml").read_text("utf-8"))


def level_name(level: int) -> str:
    """Return what a level is called."""
    return str(warning_texts()["levels"][str(level)]["name"])


def reason_sentences(reasons: tuple[str, ...] | list[str]) -> list[str]:
    """Return a sentence for each kind of fault."""
    known = warning_texts()["faults"]
    return [str(known.get(reason, known["unreadable"])) for reason in reasons]


def wording(message: Message, easy: bool = False) -> Wording:
    """Return what a message says.

    Parameters
    ----------
    message
        The message.
    easy
        In Leichte Sprache.
    """
    words = warning_texts()
    part = {"cleared": "cleared", "test": "testing"}.get(message.reason)
    said = words[part] if part else words["levels"][str(message.level)]
    zone = ZoneInfo(city().city.timezone)
    fill = {
        "area": message.area,
        "time": f"{message.issued.astimezone(zone):%d.%m.%Y, %H:%M} Uhr",
        "mm": f"{message.threshold_mm:.0f}",
        "hours": words["one_hour" if message.span_h == 1 else "six_hours"],
        "probability": f"{100 * message.probability:.0f} %",
        "calm": _calm(),
    }
    prefix = "easy_" if easy else ""
    headline = said[f"{prefix}headline"].format(**fill)
    description = said[f"{prefix}description"].format(**fill)
    if message.reason == "held":
        description = words["held"][f"{prefix}description"].format(**fill)
    if message.status != "Actual":
        headline = f"{words['test']}: {headline}"
    notes = [words[f"{prefix}not_official"]]
    notes += [words[f"{prefix}replay"]] if message.replay else []
    notes += [words[f"{prefix}simulated"]] if message.simulated else []
    return Wording(
        "de-DE-simple" if easy else "de-DE", headline, " ".join([description, *notes]),
        said[f"{prefix}instruction"].format(**fill),
    )  # fmt: skip


def plain_text(message: Message) -> str:
    """Return a message as text for mail and the like, both languages."""
    parts = [wording(message), wording(message, easy=True)]
    return "\n\n".join(f"{p.headline}\n\n{p.description}\n\n{p.instruction}" for p in parts)


def _calm() -> int:
    settings = city().warning
    return settings.calm_min if settings else 30
