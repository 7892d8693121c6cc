"""A policy in German, for those who want to know what they may do."""

from __future__ import annotations

from stadtlabor.catalogue.policy import Plan, Rule, profile
from stadtlabor.ui.texts import number
from stadtlabor.web.texts import texts

__all__ = ["rows"]


def rows(plan: Plan) -> list[tuple[str, ...]]:
    """Return one row per permission: what, for what, who, in which form, duties."""
    return [
        (
            profile()["actions"][rule.action],
            ", ".join(sorted(profile()["purposes"][p] for p in rule.purposes)),
            ", ".join(sorted(_who(r) for r in rule.recipients)),
            _form(rule),
            ", ".join(
                profile()["duties"][duty] for duty in ("attribute", "inform") if getattr(rule, duty)
            )
            or "–",
        )
        for rule in plan.rules
    ]


def _who(recipient: str) -> str:
    words = texts()["catalogue"]["rules"]
    for kind in ("group", "service"):
        name = recipient.removeprefix(f"sl:{kind}:")
        if name in words.get(f"{kind}s", {}):
            return str(words[f"{kind}s"][name])
        if name != recipient:
            return str(words[kind]).format(name=name)
    return str(profile()["recipients"].get(recipient, recipient))


def _form(rule: Rule) -> str:
    words = texts()["catalogue"]["rules"]
    parts = [
        words["grain"].format(grain=words["grains"][rule.grain]) if rule.grain else words["single"],
        words["places"][rule.place],
    ]
    if rule.persons:
        parts.append(words["persons"].format(n=number(rule.persons)))
    if rule.contributors:
        parts.append(words["contributors"].format(n=number(rule.contributors)))
    if rule.noise:
        parts.append(words["noise"])
    if rule.oldest:
        parts.append(words["oldest"].format(n=number(rule.oldest.days)))
    if rule.expires:
        parts.append(words["expires"].format(date=f"{rule.expires:%d.%m.%Y}"))
    return ", ".join(parts)
