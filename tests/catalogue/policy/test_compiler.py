"""Every condition of a policy is enforced or refused: nothing is there for show."""

from __future__ import annotations

import contextlib
import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtlabor.catalogue.cards import folder
from stadtlabor.catalogue.policy import Plan, PolicyError, compiled, names, policy, profile


def constraint(left: str, right: Any, operator: str | None = None) -> dict[str, Any]:
    used = operator or profile()["operators"].get(left, "eq")
    return {"leftOperand": left, "operator": used, "rightOperand": right}


def document(*constraints: dict[str, Any], **changes: Any) -> dict[str, Any]:
    permission = {
        "action": "use",
        "constraint": [
            constraint("purpose", ["sl:teaching"]),
            constraint("recipient", ["sl:everyone"]),
            *constraints,
        ],
    }
    return {
        "@context": "http://www.w3.org/ns/odrl.jsonld",
        "@type": "Set",
        "uid": "https://example.org/regel",
        "profile": "https://example.org/profil",
        "permission": [permission],
        **changes,
    }


def plan(stated: dict[str, Any]) -> Plan:
    return compiled(json.dumps(stated), "probe")


def test_a_policy_becomes_rules():
    (rule,) = plan(
        document(
            constraint("sl:temporalGrain", "PT1H"),
            constraint("sl:spatialGrain", "sl:area"),
            constraint("sl:persons", 5),
            constraint("sl:contributors", 3),
            constraint("sl:age", "P30D"),
            constraint("sl:noise", 1.5),
            constraint("dateTime", "2027-07-31T00:00:00+02:00"),
        )
    ).rules
    assert (rule.grain, rule.place, rule.persons, rule.contributors) == ("hour", "area", 5, 3)
    assert rule.oldest == timedelta(days=30)
    assert rule.noise == 1.5
    assert rule.expires == datetime(2027, 7, 30, 22, tzinfo=UTC)
    assert not rule.whole


def test_the_most_generous_rule_comes_first():
    whole, daily = document()["permission"][0], document(constraint("sl:temporalGrain", "P1D"))
    stated = document(permission=[daily["permission"][0], whole])
    assert [rule.grain for rule in plan(stated).rules] == [None, "day"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (document(prohibition=[]), "ein Verbot daneben wäre Zierde"),
        (document(obligation=[]), "Pflichten ohne Erlaubnis"),
        (document(inheritFrom="x"), "Vererbte Regeln"),
        (document(conflict="perm"), "„conflict“ kann der Datendienst nicht durchsetzen"),
        (document(permission=[]), "1 bis 50 Erlaubnisse"),
        (document(**{"@type": "Offer"}), "nur „Set“"),
        (document(constraint("spatial", "DE")), "„spatial“ kann der Datendienst nicht"),
        (document(constraint("count", 5)), "„count“ kann der Datendienst nicht"),
        (document(constraint("purpose", ["sl:teaching"])), "steht zweimal da"),
        (document(constraint("sl:persons", 5)), "dazu „sl:temporalGrain“"),
        (document(constraint("sl:noise", 1)), "dazu „sl:temporalGrain“"),
        (document(constraint("sl:spatialGrain", "sl:city")), "dazu „sl:temporalGrain“"),
        (
            document(constraint("sl:temporalGrain", "P1D"), constraint("sl:contributors", 3)),
            "dazu „sl:spatialGrain“",
        ),
        (document(constraint("sl:temporalGrain", "PT15M")), "„PT1H“"),
        (document(constraint("sl:temporalGrain", "PT1H", "eq")), "gehört „gteq“"),
        (document(constraint("sl:persons", True)), "ganze Zahl von 2 bis 1000"),
        (document(constraint("sl:persons", 0)), "ganze Zahl von 2 bis 1000"),
        (document(constraint("sl:age", "immer")), "eine Dauer"),
        (document(constraint("dateTime", "2027-07-31")), "Zeitzone"),
        (document(constraint("sl:noise", -1)), "größer als 0"),
    ],
)
def test_what_cannot_be_enforced_is_refused(changed, said):
    with pytest.raises(PolicyError) as told:
        plan(changed)
    assert said in str(told.value)
    assert str(told.value).startswith("Regel „probe“")
    assert "\n" not in str(told.value)


def permission(**changes: Any) -> dict[str, Any]:
    return document(permission=[{**document()["permission"][0], **changes}])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (permission(action="sell"), "„sell“"),
        (permission(target="x"), "„target“"),
        (permission(assignee="x"), "„assignee“"),
        (permission(duty=[{"action": "delete"}]), "Ob jemand eine Kopie löscht"),
        (permission(duty=[{"action": "compensate"}]), "„compensate“"),
        (permission(duty=[{"action": "attribute", "constraint": []}]), "„constraint“"),
        (permission(constraint=[]), "Ohne sie gilt nichts"),
        (permission(constraint=[constraint("recipient", ["sl:everyone"])]), "„purpose“ fehlt"),
        (permission(constraint=[constraint("purpose", ["sl:fun"])]), "„sl:fun“"),
        (permission(constraint=[constraint("recipient", ["Klasse 7b"])]), "„Klasse 7b“"),
        (permission(constraint=[constraint("recipient", [])]), "mindestens einem Wort"),
    ],
)
def test_a_permission_says_only_what_is_known(changed, said):
    with pytest.raises(PolicyError, match=said):
        plan(changed)


def test_every_word_of_the_profile_has_a_reader_and_every_reader_a_word():
    from stadtlabor.catalogue.policy.compiler import _READERS

    assert set(_READERS) == set(profile()["operators"])


def test_a_key_that_stands_twice_is_refused():
    text = json.dumps(document())[:-1] + ', "permission": []}'
    with pytest.raises(PolicyError, match="„permission“ steht zweimal da"):
        compiled(text, "probe")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.text(max_size=5), inner, max_size=3)),
       st.sampled_from(["@type", "permission", "profile", "uid", "title"]))  # fmt: skip
def test_whatever_stands_there_ends_in_a_plan_or_a_german_sentence(value, key):
    told = "Regel „probe“"
    try:
        plan(document(**{key: value}))
    except PolicyError as error:
        told = str(error)
    assert told.startswith("Regel „probe“")


@given(st.data())
def test_no_part_of_a_policy_is_ignored(data):
    """Change any single value of a full policy: the plan changes or the compiler refuses."""
    full = document(
        constraint("sl:temporalGrain", "PT1H"),
        constraint("sl:spatialGrain", "sl:area"),
        constraint("sl:persons", 5),
        constraint("sl:contributors", 3),
        constraint("sl:age", "P30D"),
        constraint("sl:noise", 1.5),
        constraint("dateTime", "2027-07-31T00:00:00+02:00"),
    )
    full["permission"][0]["duty"] = [{"action": "inform"}]
    before = plan(full).rules
    changed = copy.deepcopy(full)
    parts = changed["permission"][0]["constraint"]
    place = data.draw(st.integers(0, len(parts) - 1))
    key = data.draw(st.sampled_from(["leftOperand", "operator", "rightOperand"]))
    other = data.draw(
        st.sampled_from(["sl:city", "P1D", "PT1H", 4, 2.5, "P31D", ["sl:research"], "lt", "gteq",
                         "isAnyOf", "purpose", "sl:persons", "2026-01-01T00:00:00Z", None])
    )  # fmt: skip
    if parts[place][key] == other:
        return
    parts[place][key] = other
    with contextlib.suppress(PolicyError):
        assert plan(changed).rules != before


def test_the_policies_of_the_city_can_be_enforced():
    place = folder() / "policies"
    assert names(place)
    for name in names(place):
        assert policy(place, name).rules
    assert policy(place, "offen").open
    assert not policy(place, "schule").open
    assert not policy(place, "zaehlung").open
