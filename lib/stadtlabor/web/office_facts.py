"""The form of a unit's facts: German numbers in, German sentences about what will not do out."""

from __future__ import annotations

import re
from typing import Any

from stadtlabor.innenstadt.vacancy import MoveError, Unit
from stadtlabor.ui.texts import number
from stadtlabor.web.texts import texts

__all__ = ["FIELDS", "facts_of", "news", "told", "written"]

TEXTS = {"street": 120, "house_number": 20, "floor": 60, "former_use": 200, "description": 2000,
         "zoning": 20}  # fmt: skip
"""Texts and their longest length."""
NUMBERS = {"area_m2": 1, "frontage_m": 1, "rent_eur_m2": 2, "blur_m": 0, "lat": 6, "lon": 6}
"""Numbers and their decimals."""
CHOICES = ("step_free", "wc", "extraction")
YES = ("rent_public", "popup_possible")
FIELDS = (*TEXTS, *NUMBERS, *CHOICES, *YES, "equipment")
TRUTH = {"ja": True, "nein": False}
THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+")


def written(facts: Unit) -> dict[str, str]:
    """Return the facts as the form shows them."""
    found = {name: str(getattr(facts, name)) for name in TEXTS}
    for name, digits in NUMBERS.items():
        value = getattr(facts, name)
        plain = "" if value is None else number(value, digits).replace(".", "")
        found[name] = re.sub(r",?0+$", "", plain) if "," in plain else plain
    for name in CHOICES:
        value = getattr(facts, name)
        found[name] = "" if value is None else "ja" if value else "nein"
    found |= {name: "1" if getattr(facts, name) else "" for name in YES}
    found["equipment"] = ", ".join(facts.equipment)
    return found


def facts_of(given: dict[str, str]) -> dict[str, Any]:
    """Return the facts that a form tells.

    Raises
    ------
    MoveError
        In German, if a number is none or something is missing.
    """
    w = texts()["office"]
    names, faults = w["facts"], w["faults"]
    found: dict[str, Any] = {}
    for name, most in TEXTS.items():
        plain = " ".join(given.get(name, "").split())
        if len(plain) > most:
            raise MoveError(faults["long"].format(field=names[name], most=most))
        found[name] = plain
    if not found["street"]:
        raise MoveError(faults["street"])
    for name in NUMBERS:
        found[name] = _number(name, given.get(name, ""))
    found["blur_m"] = found["blur_m"] or 0.0
    if (found["lat"] is None) != (found["lon"] is None):
        raise MoveError(faults["position"])
    if 0 < found["blur_m"] < 1:
        raise MoveError(faults["blur"])
    found |= {name: TRUTH.get(given.get(name, "")) for name in CHOICES}
    found |= {name: given.get(name) == "1" for name in YES}
    found["equipment"] = [e.strip() for e in given.get("equipment", "").split(",") if e.strip()]
    return found


def _number(name: str, text: str) -> float | None:
    w = texts()["office"]
    plain = text.strip().replace(" ", "")
    if not plain:
        return None
    if name not in ("lat", "lon") and THOUSANDS.fullmatch(plain):
        raise MoveError(w["faults"]["thousands"].format(field=w["facts"][name], raw=text.strip()))
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        said = w["faults"]["number"].format(field=w["facts"][name], raw=text.strip()[:40])
        raise MoveError(said) from None


def news(before: Unit, facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts that are new; what differs beyond the digits of the form is not."""
    shown = written(before)
    same = before.model_dump(mode="json")
    after = written(before.changed(facts))
    return {n: v for n, v in facts.items() if same[n] != v and shown[n] != after[n]}


def told(error: MoveError) -> str:
    """Return a sentence of the library with the names of the form's fields."""
    sentence = str(error)
    for name in FIELDS:
        sentence = sentence.replace(f"„{name}“", f"„{texts()['office']['facts'][name]}“")
    return sentence
