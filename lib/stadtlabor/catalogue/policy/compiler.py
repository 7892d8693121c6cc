"""From an ODRL document to rules; what cannot be enforced is refused, never ignored.

A policy that nobody enforces is worse than none: it makes believe. So every key, operand, operator
and value of a document must be known here and have its counterpart in the data service.
"""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, cast

import pandas as pd

from stadtlabor.catalogue.policy.rule import GRAINS, Place, Plan, Rule

__all__ = ["PolicyError", "compiled", "profile"]

_TOP = {"@context", "@type", "uid", "profile", "title", "permission"}
_PERMISSION = {"action", "constraint", "duty"}
_CONSTRAINT = {"leftOperand", "operator", "rightOperand"}
_MOST = 50
"""Permissions of one document, and values of one list."""


class PolicyError(ValueError):
    """A policy cannot be enforced; the message says in German where, why and what to do."""


@cache
def profile() -> Mapping[str, Any]:
    """Return the words of the profile (``profile.toml``)."""
    text = files("stadtlabor.catalogue.policy").joinpath("profile.toml").read_text("utf-8")
    return tomllib.loads(text)


def compiled(text: str, name: str) -> Plan:
    """Compile a policy.

    Parameters
    ----------
    text
        ODRL document, JSON-LD.
    name
        Name of the policy.

    Returns
    -------
    Plan
        Its rules.

    Raises
    ------
    PolicyError
        In German, for everything that the data service does not enforce.
    """
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except ValueError as error:
        raise _refusal(name, "", f"Das ist kein gültiges JSON ({error}).") from error
    top = _object(document, name, "", _TOP, {"@context", "@type", "uid", "profile", "permission"})
    if top["@type"] != "Set":
        raise _refusal(name, "@type", "Verarbeitet wird nur „Set“.")
    title = top.get("title", name)
    for field, text_ in {"title": title, "uid": top["uid"], "profile": top["profile"]}.items():
        if not isinstance(text_, str) or not text_:
            raise _refusal(name, field, "Bitte einen Text eintragen.")
    stated = top["permission"]
    if not isinstance(stated, list) or not 0 < len(stated) <= _MOST:
        raise _refusal(name, "permission", f"Bitte 1 bis {_MOST} Erlaubnisse eintragen.")
    rules = [_rule(each, name, f"permission[{place}]") for place, each in enumerate(stated)]
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Plan(name, digest, title, tuple(sorted(rules, key=_generosity)))


def _generosity(rule: Rule) -> tuple[Any, ...]:
    """Order rules: whoever may read more in one way is answered in that way."""
    grain = -1 if rule.grain is None else GRAINS.index(rule.grain)
    place = ("sensor", "area", "city").index(rule.place)
    reach = rule.oldest.total_seconds() if rule.oldest else math.inf
    return (place, grain, rule.persons, rule.noise, rule.contributors, -reach, rule.inform)


def _rule(stated: Any, name: str, where: str) -> Rule:
    permission = _object(stated, name, where, _PERMISSION, {"action", "constraint"})
    action = permission["action"]
    if not _in(action, profile()["actions"]):
        raise _refusal(name, f"{where}.action", _choice(action, profile()["actions"]))
    constraints = permission["constraint"]
    if not isinstance(constraints, list):
        raise _refusal(name, f"{where}.constraint", "Bitte eine Liste eintragen.")
    facts: dict[str, Any] = {}
    for place, each in enumerate(constraints):
        here = f"{where}.constraint[{place}]"
        field, value = _constraint(each, name, here)
        if field in facts:
            raise _refusal(name, here, "Diese Bedingung steht zweimal da.")
        facts[field] = value
    for needed in ("purposes", "recipients"):
        if needed not in facts:
            word = {"purposes": "purpose", "recipients": "recipient"}[needed]
            raise _refusal(name, where, f"Die Bedingung „{word}“ fehlt. Ohne sie gilt nichts.")
    _consistent(facts, name, where)
    facts |= _duties(permission.get("duty", []), name, f"{where}.duty")
    return Rule(action, **facts)


def _consistent(facts: Mapping[str, Any], name: str, where: str) -> None:
    """Refuse conditions that only make sense together with another one."""
    if facts.get("place", "sensor") == "sensor" and "contributors" in facts:
        raise _refusal(
            name, where,
            "„sl:contributors“ zählt, aus wie vielen Zählern ein gemeinsamer Wert besteht. Bitte "
            "dazu „sl:spatialGrain“ auf „sl:area“ oder „sl:city“ setzen.",
        )  # fmt: skip
    coarse = facts.get("place", "sensor") != "sensor"
    if (coarse or "persons" in facts or "noise" in facts) and facts.get("grain") is None:
        raise _refusal(
            name, where,
            "Für Einzelwerte lässt sich diese Bedingung nicht durchsetzen. Bitte dazu "
            "„sl:temporalGrain“ angeben.",
        )  # fmt: skip


def _constraint(stated: Any, name: str, where: str) -> tuple[str, Any]:
    constraint = _object(stated, name, where, _CONSTRAINT, _CONSTRAINT)
    left, operator, right = (constraint[k] for k in ("leftOperand", "operator", "rightOperand"))
    known = profile()["operators"]
    if not _in(left, known):
        raise _refusal(name, f"{where}.leftOperand", _choice(left, known))
    if operator != known[left]:
        raise _refusal(
            name, f"{where}.operator", f"Zu „{left}“ gehört „{known[left]}“, nicht „{operator}“."
        )
    field, read = _READERS[left]
    try:
        return field, read(right)
    except ValueError as error:
        raise _refusal(name, f"{where}.rightOperand", str(error)) from error


def _duties(stated: Any, name: str, where: str) -> dict[str, bool]:
    if not isinstance(stated, list):
        raise _refusal(name, where, "Bitte eine Liste eintragen.")
    found = {"attribute": True, "inform": False}
    for place, each in enumerate(stated):
        here = f"{where}[{place}]"
        duty = _object(each, name, here, {"action"}, {"action"})["action"]
        if not _in(duty, profile()["duties"]):
            reason = profile()["refused"].get(duty) if isinstance(duty, str) else None
            said = f"{reason}." if reason else _choice(duty, profile()["duties"])
            raise _refusal(name, f"{here}.action", said)
        found[duty] = True
    return found


def _purposes(right: Any) -> frozenset[str]:
    return _words(right, lambda word: word in profile()["purposes"], profile()["purposes"])


def _recipients(right: Any) -> frozenset[str]:
    def known(word: str) -> bool:
        kind, _, rest = word.removeprefix("sl:").partition(":")
        group = word.startswith("sl:") and kind in ("group", "service") and bool(rest)
        return word in profile()["recipients"] or group

    offered = [*profile()["recipients"], "sl:group:…", "sl:service:…"]
    return _words(right, known, offered)


def _words(right: Any, known: Callable[[str], bool], offered: Any) -> frozenset[str]:
    if not isinstance(right, list) or not 0 < len(right) <= _MOST:
        raise ValueError("Bitte eine Liste mit mindestens einem Wort eintragen.")
    for word in right:
        if not isinstance(word, str) or not known(word):
            raise ValueError(_choice(word, offered))
    return frozenset(right)


def _grain(right: Any) -> str:
    grains = profile()["temporal_grains"]
    if not _in(right, grains):
        raise ValueError(_choice(right, grains))
    return str(grains[right])


def _place(right: Any) -> Place:
    places = profile()["spatial_grains"]
    if not _in(right, places):
        raise ValueError(_choice(right, places))
    return cast("Place", places[right])


def _count(right: Any) -> int:
    if isinstance(right, bool) or not isinstance(right, int) or not 2 <= right <= 1_000:
        raise ValueError("Bitte eine ganze Zahl von 2 bis 1000 eintragen.")
    return right


def _noise(right: Any) -> float:
    if isinstance(right, bool) or not isinstance(right, int | float) or not 0 < right <= 1_000:
        raise ValueError("Bitte eine Zahl größer als 0, höchstens 1000, eintragen.")
    return float(right)


def _age(right: Any) -> timedelta:
    try:
        age = pd.Timedelta(right) if isinstance(right, str) and right.startswith("P") else None
    except ValueError:
        age = None
    if age is None or not timedelta() < age <= timedelta(days=36_525):
        raise ValueError("Bitte eine Dauer in Tagen oder Stunden eintragen, zum Beispiel „P365D“.")
    return timedelta(seconds=age.total_seconds())


def _moment(right: Any) -> datetime:
    try:
        moment: datetime | None = datetime.fromisoformat(right)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(
            "Bitte Tag, Uhrzeit und Zeitzone eintragen, zum Beispiel „2027-07-31T23:59:59+02:00“."
        )
    return moment.astimezone(UTC)


_READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "purpose": ("purposes", _purposes),
    "recipient": ("recipients", _recipients),
    "dateTime": ("expires", _moment),
    "sl:temporalGrain": ("grain", _grain),
    "sl:spatialGrain": ("place", _place),
    "sl:persons": ("persons", _count),
    "sl:contributors": ("contributors", _count),
    "sl:age": ("oldest", _age),
    "sl:noise": ("noise", _noise),
}


def _in(word: Any, known: Mapping[str, Any]) -> bool:
    return isinstance(word, str) and word in known


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice: JSON keeps the last one without a word."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"„{key}“ steht zweimal da")
        found[key] = value
    return found


def _object(
    stated: Any, name: str, where: str, known: set[str], needed: set[str]
) -> dict[str, Any]:
    if not isinstance(stated, dict):
        raise _refusal(name, where, "Hier wird ein JSON-Objekt erwartet.")
    for key in stated:
        if key not in known:
            reason = profile()["refused"].get(key)
            said = f"{reason}." if reason else _choice(key, sorted(known))
            raise _refusal(name, f"{where}.{key}".lstrip("."), said)
    for key in sorted(needed):
        if key not in stated:
            raise _refusal(name, where, f"„{key}“ fehlt.")
    return stated


def _choice(found: Any, known: Any) -> str:
    offered = ", ".join(f"„{word}“" for word in known)
    return f"„{found}“ kann der Datendienst nicht durchsetzen. Möglich sind {offered}."


def _refusal(name: str, where: str, what: str) -> PolicyError:
    field = f", Feld „{where}“" if where else ""
    return PolicyError(f"Regel „{name}“{field}: {what}")
