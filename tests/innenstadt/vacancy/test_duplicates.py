"""Duplicates are found although people write differently; merging loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innenstadt.vacancy.labelled import labelled, skill
from innenstadt.vacancy.stock import CITIZEN, EDITOR, shop
from stadtlabor.innenstadt.vacancy import duplicates
from stadtlabor.innenstadt.vacancy.address import address_key, floor_key, number_key, street_key


@pytest.mark.parametrize("seed", range(100, 103))
def test_most_are_found_and_few_are_wrong(seed):
    set_ = labelled(seed)
    found = {(p.first, p.second) for p in duplicates(set_.units)}
    precision, recall = skill(found, set_.same)
    assert precision >= 0.95
    assert recall >= 0.9


@pytest.mark.parametrize(
    "spelled",
    ["Bahnhofstraße", "Bahnhofstrasse", "Bahnhofstr.", "bahnhofstr", "BAHNHOFSTRAẞE",
     "Bahnhof-Straße", "Bahnhof Str."],
)  # fmt: skip
def test_spellings_of_a_street_are_one(spelled):
    assert street_key(spelled) == "bahnhofstrasse"


def test_doors_stay_apart():
    assert number_key("12 A") == number_key("12a") == "12a"
    assert number_key("12 – 14") == "12-14"
    assert number_key("012") != number_key("12a")
    assert floor_key("Erdgeschoß li.") == floor_key("EG links")
    assert address_key("Sutt", "8") != address_key("Sutt", "8", "1. OG")


def test_reasons_are_german_and_neighbours_are_none(register):
    same = duplicates([shop("a"), shop("b", street="Fischerstr.", former_use="früher Schuhe")])
    assert "gleiche Anschrift" in same[0].reasons
    assert (same[0].first, same[0].second) == ("a", "b")
    apart = [shop("a"), shop("c", house_number="14", former_use="Optik"),
             shop("d", floor="1. OG", former_use="Kanzlei", area_m2=210.0)]  # fmt: skip
    assert duplicates(apart) == []


@given(st.permutations([shop("a"), shop("b", street="Fischerstr."), shop("c", house_number="80",
       lat=47.8)]))  # fmt: skip
def test_the_order_of_the_list_says_nothing(units):
    assert [(p.first, p.second) for p in duplicates(units)] == [("a", "b")]


def test_a_merge_is_proposed_by_the_machine_and_made_by_a_person(register):
    register.report(shop("a"), CITIZEN)
    register.report(shop("b", street="Fischerstr."), CITIZEN)
    units = [s.facts for s in register.units().values() if s.facts]
    (proposal,) = duplicates(units)
    register.merge(proposal.second, proposal.first, EDITOR, "; ".join(proposal.reasons))
    assert register.unit("b").merged_into == "a"
    assert [e.what for e in register.history("b")] == ["report", "merge"]
