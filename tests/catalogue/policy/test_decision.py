"""Deny by default, and say in German why."""

from __future__ import annotations

from datetime import UTC, datetime

from stadtlabor.catalogue.policy import ANONYMOUS, Denial, Person, Plan, Rule, coarser, decide

NOW = datetime(2026, 11, 30, tzinfo=UTC)
TEACH = frozenset({"sl:teaching", "sl:participation"})


def plan(*rules: Rule) -> Plan:
    return Plan("probe", "0", "Probe", rules)


def rule(purpose: str = "sl:teaching", recipient: str = "sl:members", **rest) -> Rule:
    return Rule("use", frozenset({purpose}), frozenset({recipient}), **rest)


def reason(found) -> str:
    assert isinstance(found, Denial)
    return found.reason


def test_nothing_is_allowed_that_no_rule_allows():
    pupil = Person("7b-03", purposes=TEACH)
    assert "nicht freigegeben" in reason(decide(plan(), pupil, "sl:teaching", NOW))
    found = decide(plan(rule("sl:participation")), pupil, "sl:teaching", NOW)
    assert reason(found) == (
        "Für den Zweck „Unterricht“ sind diese Daten nicht freigegeben, nur für „Beteiligung und "
        "Information der Öffentlichkeit“."
    )


def test_who_may_not_claim_a_purpose_gets_nothing_by_it():
    found = decide(plan(rule("sl:research")), Person("x", purposes=TEACH), "sl:research", NOW)
    assert "für Ihren Zugang nicht freigegeben" in reason(found)
    assert "kein Zweck" in reason(decide(plan(), ANONYMOUS, "sl:fun", NOW))


def test_recipients():
    members, staff = rule(), rule(recipient="sl:group:personal")
    pupil = Person("7b-03", purposes=TEACH)
    assert decide(plan(members), pupil, "sl:teaching", NOW) == [members]
    assert "Kreis" in reason(decide(plan(staff), pupil, "sl:teaching", NOW))
    clerk = Person("frau-x", frozenset({"personal"}), TEACH)
    assert decide(plan(staff), clerk, "sl:teaching", NOW) == [staff]
    visitor = Person(purposes=TEACH)
    assert "Kreis" in reason(decide(plan(members), visitor, "sl:teaching", NOW))
    # A pupil who calls themselves like a group or a service is neither.
    liar = Person("sl:group:personal", purposes=TEACH)
    assert "Kreis" in reason(decide(plan(staff), liar, "sl:teaching", NOW))


def test_a_permission_ends():
    ended = rule(expires=datetime(2026, 11, 30, tzinfo=UTC))
    found = decide(plan(ended), Person("x", purposes=TEACH), "sl:teaching", NOW)
    assert reason(found) == "Die Erlaubnis ist am 30.11.2026 abgelaufen."
    before = datetime(2026, 11, 29, 23, 59, tzinfo=UTC)
    assert decide(plan(ended), Person("x", purposes=TEACH), "sl:teaching", before) == [ended]


def test_reading_is_not_publishing():
    found = decide(plan(rule()), Person("x", purposes=TEACH), "sl:teaching", NOW, "distribute")
    assert isinstance(found, Denial)


def test_weeks_do_not_fit_into_months():
    assert coarser("month", "day")
    assert coarser("week", "hour")
    assert not coarser("month", "week")
    assert not coarser("hour", "day")
    assert coarser("hour", None)
