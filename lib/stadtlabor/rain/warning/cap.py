"""Messages as CAP 1.2 (OASIS Common Alerting Protocol, 1 July 2010).

Status is ``Test`` unless the city decides otherwise, the sender is the city's own, and nothing here
sends anything: an entitled authority decides about MoWaS, KATWARN and the like.
"""

from __future__ import annotations

import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from stadtlabor.city import city
from stadtlabor.rain.warning.message import Message
from stadtlabor.rain.warning.words import warning_texts, wording

__all__ = ["NAMESPACE", "to_cap"]

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
LIKELY = 0.5
"""CAP, ``certainty``: Likely is a probability above about 50 %."""


def to_cap(state: Message) -> str:
    """Return a message as CAP 1.2 XML.

    Parameters
    ----------
    state
        The message: what one catchment's state has come to.

    Returns
    -------
    str
        An ``alert`` with one ``info`` in German and one in Leichte Sprache (``de-DE-simple``).
    """
    alert = ET.Element("alert", xmlns=NAMESPACE)
    words = warning_texts()
    notes = [words["not_official"]] + ([words["replay"]] if state.replay else [])
    _add(
        alert,
        ("identifier", state.identifier),
        ("sender", state.sender),
        ("sent", stamp(state.sent)),
        ("status", state.status),
        ("msgType", state.kind),
        ("scope", "Public"),
        ("note", " ".join(notes)),
    )
    if state.references:
        _add(alert, ("references", " ".join(f"{s},{i},{stamp(t)}" for s, i, t in state.references)))
    _add(alert, ("incidents", state.incident))
    for easy in (False, True):
        _info(ET.SubElement(alert, "info"), state, easy)
    ET.indent(alert)
    body = ET.tostring(alert, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def stamp(instant: datetime) -> str:
    """Write a time as CAP wants it: whole seconds and the zone as offset, never ``Z``."""
    return instant.astimezone(ZoneInfo(city().city.timezone)).isoformat(timespec="seconds")


def _info(info: ET.Element, state: Message, easy: bool) -> None:
    words, said = warning_texts(), wording(state, easy)
    over = state.reason in ("cleared", "test")
    level = _levels()[str(max(state.level, 1))]
    _add(
        info,
        ("language", said.language),
        ("category", "Met"),
        ("event", words["event"]),
        ("responseType", "AllClear" if state.reason == "cleared" else _response(state, level)),
        ("urgency", "Past" if state.reason == "cleared" else level["urgency"]),
        ("severity", "Minor" if over else level["severity"]),
        ("certainty", _certainty(state)),
    )
    _pair(info, "eventCode", "stadtlabor:level", str(state.level))
    _add(
        info,
        ("effective", stamp(state.sent)),
        ("expires", stamp(state.expires)),
        ("senderName", state.sender_name),
        ("headline", said.headline),
        ("description", said.description),
        ("instruction", said.instruction),
        ("web", state.web),
        ("contact", city().city.contact),
    )
    figures = {
        "issued": stamp(state.issued),
        "probability": f"{state.probability:.3f}",
        "cost_ratio": f"{state.cost_ratio:.3f}",
        "threshold": f"{state.threshold_mm:g} mm / {state.span_h} h",
        "expected": f"{state.expected_mm:.1f} mm / 1 h",
        "replay": str(state.replay).lower(),
        "simulated": str(state.simulated).lower(),
        **dict(sorted(state.provenance.items())),
    }
    for name, value in figures.items():
        _pair(info, "parameter", f"stadtlabor:{name}", value)
    closed = [*state.outline, state.outline[0]]
    _add(
        ET.SubElement(info, "area"),
        ("areaDesc", state.area),
        ("polygon", " ".join(f"{lat:.5f},{lon:.5f}" for lat, lon in closed)),
    )


@cache
def _levels() -> dict[str, dict[str, str]]:
    text = resources.files("stadtlabor.rain.warning").joinpath("cap.toml").read_text("utf-8")
    found: dict[str, dict[str, str]] = tomllib.loads(text)["level"]
    return found


def _response(state: Message, level: dict[str, str]) -> str:
    return "None" if state.reason == "test" else level["response"]


def _certainty(state: Message) -> str:
    if state.reason == "held":
        return "Unknown"
    if state.reason in ("cleared", "test"):
        return "Unlikely"
    return "Likely" if state.probability >= LIKELY else "Possible"


def _add(parent: ET.Element, *children: tuple[str, str]) -> None:
    for name, text in children:
        ET.SubElement(parent, name).text = text


def _pair(parent: ET.Element, name: str, key: str, value: str) -> None:
    _add(ET.SubElement(parent, name), *_named(key, value))


def _named(key: str, value: str) -> Iterable[tuple[str, str]]:
    return ("valueName", key), ("value", value)
