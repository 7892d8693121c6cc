"""What a room says, and what it must not tell."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date

import pytest

from stadtlabor.participation import Rooms, Spot, statement
from stadtlabor.participation.export import bundle
from stadtlabor.participation.result import K, result

DAY = date(2026, 11, 25)
SPOTS = (Spot("markt", "Rathausplatz", 47.7265, 10.3165),)


@pytest.fixture
def rooms(tmp_path):
    return Rooms(tmp_path)


def token(n):
    return f"{n:032}"


@pytest.fixture
def room(rooms):
    """Twenty devices; the first idea has 15 : 0 votes, the second 6 : 5, the third none."""
    room = rooms.open("Altstadt", "Was fehlt?", DAY, "open", SPOTS)
    for n, text in enumerate(["Bänke", "=Brunnen", "Bäume"]):
        place = {"place": "markt"} if n == 0 else {}
        said = statement({"kind": "idea", "text": text, **place})
        rooms.add(room, said, f"x{n}", token(n), DAY)
    for n in range(15):
        rooms.vote(room, 1, token(n), 1, DAY)
    for n in range(11):
        rooms.vote(room, 2, token(n + 9), 1 if n < 6 else -1, DAY)
    for n in range(20):
        rooms.introduce(room, token(n), "18-29" if n < 12 else "30-49" if n < 17 else "65plus")
    return room


def test_ranking_with_intervals(rooms, room):
    found = result(rooms, room)
    assert found.devices == 20
    table = found.ranking
    assert table.index.tolist() == [1, 2, 3]
    assert table.loc[1, "support"] == pytest.approx(0.75)
    assert table.loc[2, "support"] == pytest.approx(0.05)
    # Exact: 90 % of a binomial share of 20 with p = 0.75.
    assert table.loc[1, "low"] == pytest.approx(0.60, abs=0.06)
    assert table.loc[1, "high"] == pytest.approx(0.90, abs=0.06)
    assert table.loc[1, "best"] > 0.99
    assert found.stable == 1.0
    assert any("keine Umfrage" in note for note in found.notes)


def test_a_close_result_is_called_close(rooms):
    room = rooms.open("Altstadt", "Was fehlt?", DAY, "open", SPOTS)
    for n in range(2):
        rooms.add(room, statement({"kind": "idea", "text": f"Idee {n}"}), f"x{n}", token(n), DAY)
    for n in range(19):
        rooms.vote(room, 1 + n % 2, token(n), 1, DAY)
    assert 0.3 < result(rooms, room).ranking.loc[1, "best"] < 0.8


def test_small_groups_are_not_told_and_not_to_be_reckoned(rooms, room):
    table = result(rooms, room).groups["devices"]
    assert table["18 bis 29"] == 12
    # 3 of 65 and older would be 20 - 12 - 5, so the next group is silent as well.
    assert table[["65 und älter", "30 bis 49"]].isna().all()


def test_shares_beside_those_of_the_city(rooms, room):
    table = result(rooms, room, residents={"18-29": 300, "30-49": 700}).groups
    assert table.loc["18 bis 29", "city"] == pytest.approx(0.3)


def test_below_five_devices_there_is_no_result(rooms):
    room = rooms.open("Altstadt", "Was fehlt?", DAY, "open", SPOTS)
    rooms.add(room, statement({"kind": "idea", "text": "Bänke"}), "x", token(1), DAY)
    found = result(rooms, room)
    assert found.ranking.empty
    assert f"ab {K} Geräten" in found.notes[0]


def test_the_bundle_holds_no_mark_of_a_device(rooms, room):
    packed = bundle(rooms, room, DAY)
    marks = {person.mark for person in rooms.participants(room.code)}
    with zipfile.ZipFile(io.BytesIO(packed)) as folder:
        texts = {name: folder.read(name).decode("utf-8-sig") for name in folder.namelist()}
    assert set(texts) == {"beitraege.csv", "beitraege.geojson", "beteiligung.csv",
                          "metadaten.json", "LIESMICH.txt"}  # fmt: skip
    assert not any(mark in text for mark in marks for text in texts.values())
    rows = list(csv.DictReader(io.StringIO(texts["beitraege.csv"]), delimiter=";"))
    assert [row["dafuer"] for row in rows] == ["15", "6", "0"]
    assert rows[1]["text"] == "'=Brunnen"  # no formula
    assert rows[0]["lat"] == "47,7265"
    (feature,) = json.loads(texts["beitraege.geojson"])["features"]
    assert feature["geometry"]["coordinates"] == [10.3165, 47.7265]
    assert "unter 5" in texts["beteiligung.csv"]
    assert json.loads(texts["metadaten.json"])["dct:publisher"]["foaf:name"]
