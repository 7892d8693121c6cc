"""What leaves the house: released, of known age, coarse where asked, without any owner."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innenstadt.vacancy.stock import CITIZEN, EDITOR, NOW, PUBLISHER, days_ago, released, shop
from stadtlabor.innenstadt.vacancy import (
    COLUMNS,
    Owners,
    PersonalDataError,
    Register,
    csvw,
    fill,
    findings,
    freshness,
    rates,
    rules,
    wilson,
    work,
)
from stadtlabor.innenstadt.vacancy.blur import blurred, metres_between


@pytest.mark.parametrize(
    ("days", "level", "said"),
    [
        (0, "fresh", "heute geprüft"),
        (1, "fresh", "zuletzt geprüft vor 1 Tag"),
        (90, "fresh", "zuletzt geprüft vor 90 Tagen"),
        (90.01, "marked", "zuletzt geprüft vor 90 Tagen"),
        (179.9, "marked", "zuletzt geprüft vor 179 Tagen"),
        (180, "hidden", "zuletzt geprüft vor 180 Tagen"),
    ],
)
def test_records_grow_old(days, level, said):
    age = freshness(NOW - timedelta(days=days), NOW)
    assert (age.level, age.german) == (level, said)
    assert bool(age.note) == (level == "marked")
    assert freshness(None, NOW).level == "hidden"


def test_the_public_sees_what_two_persons_released(register):
    register.report(shop(), CITIZEN, at=days_ago(5))
    assert register.public().items == ()
    register.act("laden", "check", EDITOR, at=days_ago(4))
    register.act("laden", "propose", EDITOR, at=days_ago(4))
    assert register.public().items == ()
    register.act("laden", "release", PUBLISHER, at=days_ago(4))
    (item,) = register.public(NOW).items
    assert item.values["checked_german"] == "zuletzt geprüft vor 4 Tagen"
    register.act("laden", "withdraw", EDITOR, "Wunsch der Eigentümerin")
    assert register.public().items == ()


def test_a_rent_is_shown_where_the_owner_agreed(register):
    released(register, shop("eins", rent_eur_m2=18.0))
    released(register, shop("zwei", rent_eur_m2=19.0, rent_public=True))
    told = register.public().frame.set_index("id")["rent_eur_m2"]
    assert told.isna()["eins"]
    assert told["zwei"] == 19.0
    assert len(register.public(only=("zwei",)).items) == 1


def test_old_records_are_marked_then_leave_the_map(register):
    released(register, shop("alt"), days_ago(120))
    released(register, shop("uralt"), days_ago(181))
    table = register.public(NOW).frame
    assert table[["id", "marked", "checked_days"]].values.tolist() == [["alt", True, 120]]


def test_two_years_of_random_visits_never_show_an_old_record_unmarked(tmp_path):
    """Weekly; some streets are visited, others are forgotten for months."""
    import random

    import sqlalchemy

    register, throw = Register(tmp_path), random.Random(3)
    sqlalchemy.event.listen(
        register.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF")
    )
    start = NOW - timedelta(days=730)
    shown = marked = hidden = 0
    for n in range(12):
        released(register, shop(f"laden-{n}"), start + timedelta(hours=n))
    diligence = {f"laden-{n}": throw.choice([0.3, 0.08, 0.02]) for n in range(12)}
    last = dict.fromkeys(diligence, start)
    for week in range(1, 105):
        now = start + timedelta(weeks=week)
        for name, chance in diligence.items():
            if throw.random() < chance:
                register.act(name, "recheck", EDITOR, at=now)
                last[name] = now
        asked = now + timedelta(days=throw.uniform(0, 6))
        items = {i.values["id"]: i for i in register.public(asked).items}
        for name, seen in last.items():
            age = asked - seen
            if name not in items:
                assert age >= timedelta(days=180)
                hidden += 1
                continue
            assert age < timedelta(days=180)
            assert items[name].values["marked"] == (age > timedelta(days=90))
            assert items[name].age.german
            shown, marked = shown + 1, marked + items[name].values["marked"]
    assert min(shown, marked, hidden) > 30


positions = st.tuples(st.floats(-85, 85, allow_nan=False), st.floats(-179, 179, allow_nan=False))


@given(positions, st.floats(5, 1000))
def test_a_blurred_position_is_near_and_tells_no_more_than_its_cell(position, radius):
    coarse = blurred(*position, radius)
    assert metres_between(position, coarse) <= radius * 1.001
    assert blurred(*coarse, radius) == pytest.approx(coarse, abs=1e-9)
    assert blurred(*position, 0) == position


SECRETS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=20)


@settings(max_examples=15,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(SECRETS, SECRETS, st.just(0.0) | st.floats(1, 1000), st.booleans())
def test_no_owner_field_gets_out(tmp_path_factory, owner, remark, blur, popup):
    folder = tmp_path_factory.mktemp("public")
    register, owners = Register(folder), Owners(folder / "owners")
    unit = shop(blur_m=blur, popup_possible=popup, description=f"Eigentümer: {owner.title()}")
    register.report(unit, EDITOR, remark=remark, at=days_ago(2))
    for what, actor in (("check", EDITOR), ("propose", EDITOR), ("release", PUBLISHER)):
        register.act("laden", what, actor, at=days_ago(2))
    owners.put("laden", {"name": owner, "phone": "0831 1234567", "note": remark}, EDITOR, "Test")
    public = register.public(NOW)
    out = "\n".join(
        [public.csv().decode(), public.geojson_text(), public.frame.to_string(),
         json.dumps(public.dcat("https://stadt.example/leerstand/"), ensure_ascii=False)]
    )  # fmt: skip
    assert "laden" in out
    for secret in (owner, owner.title(), remark, "1234567", PUBLISHER.person, EDITOR.person):
        assert secret not in out
    assert [w.field for w in public.withheld] == ["description"]
    assert tuple(public.frame.columns) == COLUMNS
    (item,) = public.items
    shown = (item.values["lat"], item.values["lon"])
    assert metres_between((unit.lat, unit.lon), shown) <= max(blur * 1.01, 0.2)
    assert bool(item.values["house_number"]) == (blur == 0)


def test_columns_are_the_published_list_and_hold_no_word_for_owners():
    for name in COLUMNS:
        assert not any(w in name for w in ("owner", "phone", "mail", "person", "remark", "agent"))
    assert not {"zoning"} & set(COLUMNS)
    assert set(rules().public.blurred) <= set(COLUMNS)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Schöner Eckladen, 84 m², seit 12/2024 leer", []),
        ("Miete 1.250 Euro, Baujahr 1968, zwei Räume", []),
        ("Bitte unter 0831 12345-67 anrufen", ["phone"]),
        ("Tel.: 55 12 34", ["phone"]),
        ("+49 171 2345678", ["phone"]),
        ("schreib an max.muster@example.org", ["mail"]),
        ("max (at) example (punkt) de", ["mail"]),
        ("Der Eigentümer ist Huber und will nicht", ["named"]),
        ("gehört der Familie Sommer", ["named"]),
        ("Vermieterin: Anna Beispiel", ["named"]),
        ("Herr Maier hat den Schlüssel", ["named"]),
        ("DE89 3704 0044 0532 0130 00", ["account"]),
    ],
)
def test_personal_data_in_words_are_found(text, kinds):
    found = {f.kind for f in findings(text)}
    assert set(kinds) <= found
    assert bool(found) == bool(kinds)


def test_a_moderator_clears_names_but_no_contacts(register):
    released(register, shop())
    _describe(register, "Vermieter Schuhhaus Sommer GmbH")
    (held,) = register.public().withheld
    assert register.public().items[0].values["description"] == ""
    register.act("laden", "clear", PUBLISHER, "Firma, keine Person", text=held.mark)
    assert register.public().items[0].values["description"] == "Vermieter Schuhhaus Sommer GmbH"


def _describe(register, text):
    register.edit("laden", {"description": text}, EDITOR)
    register.act("laden", "propose", EDITOR)
    register.act("laden", "release", PUBLISHER)


def test_contacts_never_get_into_a_history_and_names_only_by_staff(register):
    for actor, text in ((EDITOR, "Tel. 0831 123456"), (CITIZEN, "gehört Frau Sommer")):
        with pytest.raises(PersonalDataError, match="Der Text enthält"):
            register.report(shop(description=text), actor)
    assert register.units() == {}


def test_the_table_reads_back_and_computes_nothing(register):
    released(register, shop(former_use="=1+1", popup_possible=True))
    rows = list(csv.DictReader(io.StringIO(register.public().csv().decode())))
    assert rows[0]["former_use"] == "'=1+1"
    assert (rows[0]["area_m2"], rows[0]["street"]) == ("84.0", "Fischerstraße")
    (feature,) = register.public().geojson()["features"]
    assert feature["geometry"]["coordinates"] == [10.3158, 47.7252]
    json.loads(register.public().geojson_text())


# Mandatory for a German entry: DCAT-AP.de 3.0, classes Dataset and Distribution.
DATASET = ("dct:title", "dct:description", "dcat:contactPoint", "dcat:distribution",
           "dct:publisher", "dcatde:politicalGeocodingLevelURI", "dct:identifier")  # fmt: skip
DISTRIBUTION = ("dcat:accessURL", "dct:license", "dct:format", "dcatde:licenseAttributionByText")


def test_the_entry_for_the_portal_has_what_the_profile_asks_for(register, shared_data):
    released(register, shop())
    entry = register.public(NOW).dcat("https://stadt.example/leerstand/")
    for key in DATASET:
        assert entry[key], key
    for file in entry["dcat:distribution"]:
        for key in DISTRIBUTION:
            assert file[key], key
    folder = shared_data / "dcat-ap-de"
    licences = (folder / "dcat-ap-de-licenses-open.rdf").read_text("utf-8")
    assert entry["dcat:distribution"][0]["dct:license"]["@id"] in licences
    prefixes = {k.split(":")[0] for k in entry if ":" in k}
    assert prefixes <= set(entry["@context"])


def test_the_entry_conforms_to_the_official_shapes(register, shared_data):
    pyshacl, rdflib = pytest.importorskip("pyshacl"), pytest.importorskip("rdflib")
    fill(register, 2026, NOW)
    folder = shared_data / "dcat-ap-de"
    entry = json.dumps(register.public(NOW).dcat("https://stadt.example/leerstand/"))
    graph = rdflib.Graph().parse(data=entry, format="json-ld")
    known = rdflib.Graph().parse(folder / "foaf_0_1.rdf", format="xml")
    for name in ("vcard.ttl", "org.ttl"):
        known.parse(folder / name)
    for name in ("dcat-ap-SHACL.ttl", "dcat-ap-SHACL-DE.ttl", "dcat-ap-de-deprecated.ttl",
                 "dcat-ap-spec-german-additions.ttl"):  # fmt: skip
        conforms, _, told = pyshacl.validate(
            graph, shacl_graph=rdflib.Graph().parse(folder / name), ont_graph=known,
            do_owl_imports=False, advanced=True,
        )  # fmt: skip
        assert conforms, told


def test_every_public_column_is_described():
    told = csvw("leerstand.csv")["tableSchema"]["columns"]
    assert [c["name"] for c in told] == list(COLUMNS)
    units = {c["name"]: c.get("http://qudt.org/schema/qudt/ucumCode") for c in told}
    assert units["area_m2"] == "m2"
    for name, unit in units.items():
        assert bool(unit) or not name.endswith(("_m2", "_m", "_days", "lat", "lon"))


def test_the_worklist_tells_what_waits(register):
    register.report(shop("gemeldet"), CITIZEN, at=days_ago(3))
    released(register, shop("bald"), days_ago(80))
    register.report(shop("alt", description="Vermieter Huber"), EDITOR, at=days_ago(100))
    for what, actor in (("check", EDITOR), ("propose", EDITOR), ("release", PUBLISHER)):
        register.act("alt", what, actor, at=days_ago(100))
    released(register, shop("frisch"), days_ago(2))
    register.edit("frisch", {"area_m2": 99}, EDITOR)
    register.report(shop("eins"), CITIZEN, at=days_ago(2))
    register.act("eins", "check", EDITOR)
    register.report(shop("zwei"), CITIZEN, at=days_ago(2))
    register.act("zwei", "check", EDITOR)
    register.act("zwei", "propose", EDITOR)
    open_ = work(register)
    assert open_.to_check == ("gemeldet",)
    assert open_.to_propose == ("eins",)
    assert open_.to_release == ("zwei",)
    assert [name for name, _ in open_.to_recheck] == ["alt", "bald"]
    assert [w.unit for w in open_.texts] == ["alt"]
    assert open_.pending == ("frisch",)


def test_the_rate_has_a_denominator_and_an_interval(register):
    for n in range(20):
        register.enrol(shop(f"l{n}"), EDITOR, at=days_ago(400))
    for n in range(4):
        register.report(shop(f"l{n}"), CITIZEN, at=days_ago(10))
    for n in range(3):
        register.act(f"l{n}", "check", EDITOR, at=days_ago(9))
    register.edit("l9", {"street": "Fischerstr."}, EDITOR)  # the same street
    register.report(shop("neu"), CITIZEN)  # nobody knows yet whether it is there
    street, whole = rates(register).to_dict("records")
    assert (street["vacant"], street["stock"], street["unchecked"]) == (3, 20, 2)
    assert street["rate"] == 0.15
    # Wilson's interval for 3 of 20, from the formula by hand.
    assert (street["low"], street["high"]) == pytest.approx((0.0524, 0.3604), abs=1e-4)
    assert whole["stock"] == 20
    assert street["area_vacant_m2"] == 3 * 84.0
    for name in ("l0", "l1"):
        register.act(name, "market", EDITOR)
    register.act("l0", "place", EDITOR, kind="popup")
    register.act("l1", "place", EDITOR, kind="lease")
    assert rates(register)["vacant"].tolist() == [2, 2]


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_interval_holds_its_share(a, b):
    low, high = wilson(min(a, b), max(a, b))
    assert 0 <= low <= high <= 1
    if max(a, b):
        assert low <= min(a, b) / max(a, b) <= high


def test_the_simulated_stock_says_so_and_is_always_the_same(register, tmp_path):
    assert fill(register, 2026, NOW) == 96
    assert fill(register, 2026, NOW) == 0
    other = Register(tmp_path / "other")
    fill(other, 2026, NOW)
    assert register.units() == other.units()
    public = register.public(NOW)
    assert public.frame["invented"].all()
    assert {i.age.level for i in public.items} == {"fresh", "marked"}
    assert {"checked", "marketed", "placed"} <= set(public.frame["state"])
    assert register.rebuild() == 0
