"""Cards: every field is needed, and whoever forgets one is told which and what to do."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from stadtlabor.catalogue import Card, CardError, card, cards, find, read_card, shelf
from stadtlabor.catalogue.vocabulary import fields, known, licences, questions
from stadtlabor.sources.profile import profiles

ROOT = Path(__file__).resolve().parents[2]
DATASETS = ROOT / "datasets"
SAMPLE = (DATASETS / "rain-gauge.toml").read_text("utf-8")


def mandatory(model: type[BaseModel], before: str = "") -> list[str]:
    """Return the dotted names of all fields that a card must have, sections included."""
    names = []
    for name, field in model.model_fields.items():
        if not field.is_required():
            continue
        names.append(before + name)
        kinds = [field.annotation, *get_args(field.annotation)]
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                names += mandatory(kind, f"{before}{name}.")
    return names


NEEDED = [
    *mandatory(Card),
    *(f"ethics.{key}" for key in questions()),
    *(f"contract.{n}" for n in ("observed_property", "unit", "low", "high")),
    *(f"sensors_from.{n}" for n in ("city", "field_of_view")),
]


def without(text: str, name: str) -> str:
    """Return a card's text without one field or section."""
    section, _, key = name.rpartition(".")
    lines, kept, here = text.splitlines(), [], ""
    for line in lines:
        head = re.match(r"\[+([a-z_.]+)\]+", line)
        here = head[1] if head else here
        if here == name or (here == section and re.match(rf"{key}\s*=", line)):
            continue
        kept.append(line)
    return "\n".join(kept) + "\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STADTLABOR_DATASETS", str(tmp_path))
    return tmp_path


def test_there_are_many_needed_fields() -> None:
    assert len(NEEDED) >= 45
    assert {"title", "controller.name", "contract_rights.source", "ethics.sale"} <= set(NEEDED)


@pytest.mark.parametrize("name", NEEDED)
def test_a_card_without_a_field_is_refused_in_german(place: Path, name: str) -> None:
    text = without(SAMPLE, name)
    assert text != SAMPLE
    path = place / "rain-gauge.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(CardError) as refused:
        read_card(path)
    said = str(refused.value)
    assert said.startswith("rain-gauge.toml, Zeile ")
    field = name.replace("contract.", "contract.1.") if name.startswith("contract.") else name
    assert f"„{field}“" in said or f"„{name}“" in said
    assert "Bitte" in said, said
    assert "passt nicht" not in said
    assert not re.search(r"\b(missing|required|field|input|should)\b", said)


def test_every_needed_field_has_a_name_and_a_remedy() -> None:
    for name in mandatory(Card):
        assert fields()[name].label
        assert fields()[name].remedy.startswith("Bitte")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('themes = ["ENVI"]', 'themes = ["WETTER"]', "„themes.1“ ist „WETTER“; möglich sind AGRI"),
        ('update = "UPDATE_CONT"', 'update = "oft"', "„update“ ist „oft“; möglich sind"),
        ('licence = "dl-by-de-2.0"', 'licence = "frei"', "„licence“ ist „frei“"),
        ('licence = "dl-by-de-2.0"', 'licence = "other-closed"', "„licence“ ist aber nicht offen"),
        ("k = 1", "k = 0", "„k“ muss mindestens 1 sein"),
        ("k = 1", 'k = "viele"', "„k“ muss eine ganze Zahl sein"),
        ('level = "none"', 'level = "indirect"', "„k“ über 1"),
        ('time = "PT5M"', 'time = "fünf Minuten"', "„grain.time“"),
        ("low = 0", "low = 900", "low, das kleiner als high ist"),
        ("redistribution = true", "redistribution = false", "„contract_rights.redistribution“"),
        ("redistribution = true", 'redistribution = "ja"', "muss true oder false sein"),
        ("invented = true", "invented = true\ntemperature = 3", "„temperature“ ist unbekannt"),
        ('email = "{contact}"', 'email = "Rathaus"', "„contact.email“"),
        ("{contact}", "{kontakt}", "„{kontakt}“ steht für nichts"),
        ('policy = "offen"', 'policy = "../offen"', "„policy“"),
        ('sale = "Nein', 'gift = "Nein', "„ethics.gift“, eine Frage, die niemand stellt"),
        ('id = "rain-gauge"', 'id = "regen"', "die Datei heißt aber „rain-gauge“"),
        ("[grain]", "[grain", "Das ist kein gültiges TOML"),
        ("[personal]", "[personal]\nreason = 3", "TOML"),
        ('form = "observations"', 'form = "register"', "braucht „files“"),
        ('form = "observations"', 'form = "tabelle"', "„form“ muss"),
        ("Summen von fünf Minuten. Ein", "", ""),
    ],
)  # fmt: skip
def test_wrong_values_are_told_in_german(place: Path, old: str, new: str, words: str) -> None:
    path = place / "rain-gauge.toml"
    assert old in SAMPLE
    path.write_text(SAMPLE.replace(old, new, 1), "utf-8")
    if not words:
        assert read_card(path).id == "rain-gauge"
        return
    with pytest.raises(CardError) as refused:
        read_card(path)
    assert words in str(refused.value)
    assert str(refused.value).startswith("rain-gauge.toml")
    assert " or " not in str(refused.value)


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"", b"id = 3", b"[[[", b"\x00"])
def test_nonsense_is_no_card_and_no_traceback(place: Path, body: bytes) -> None:
    (place / "unsinn.toml").write_bytes(body)
    (place / "rain-gauge.toml").write_text(SAMPLE, "utf-8")
    found = shelf()
    assert list(found.cards) == ["rain-gauge"]
    assert found.faults[0].startswith("unsinn.toml")
    with pytest.raises(CardError):
        cards()


def test_all_cards_of_the_city_are_good() -> None:
    found = cards(DATASETS)
    assert len(found) >= 13
    for name, one in found.items():
        assert (DATASETS / "policies" / f"{one.policy}.json").is_file(), name
        told = one.model_dump_json()
        assert "{" not in one.title + one.description + one.attribution
        assert "example.org" in told  # the contact of the city file has found its way in


def test_every_data_set_that_can_come_in_has_a_card() -> None:
    sources = ROOT / "lib" / "stadtlabor" / "sources"
    names = {field.dataset for kind in profiles().values() for field in kind.values()}
    for file in ("radar_products.toml", "school_sheet.toml"):
        table: dict[str, Any] = tomllib.loads((sources / file).read_text("utf-8"))
        names |= {row["dataset"] for row in table.values()}
    names |= {"weather", "school-energy", "leerstand"}
    assert names <= set(cards(DATASETS))


def test_a_simulated_twin_shares_the_card() -> None:
    assert find("rain-radar-simulated", DATASETS) is card("rain-radar", DATASETS)
    with pytest.raises(
        CardError, match=r"„ufo“ hat keine Karte\. Bitte datasets/ufo\.toml anlegen"
    ):
        card("ufo", DATASETS)


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(place: Path) -> None:
    path = place / "rain-gauge.toml"
    path.write_text(SAMPLE, "utf-8")
    first = shelf()
    assert shelf().cards["rain-gauge"] is first.cards["rain-gauge"]
    path.write_text(SAMPLE.replace("Regenschreiber der Stadt", "Regenmesser der Stadt"), "utf-8")
    os.utime(path, ns=(1, 1))
    again = shelf()
    assert again.cards["rain-gauge"].title == "Regenmesser der Stadt"
    assert again.stamp != first.stamp
    path.unlink()
    assert shelf().cards == {}


def test_codes_are_those_of_the_official_lists(shared_data: Path) -> None:
    folder = shared_data / "dcat-ap-de"
    listed = (folder / "dcat-ap-de-licenses-open.rdf").read_text("utf-8")
    for licence in licences().values():
        assert f'rdf:about="{licence.iri}"' in listed, licence
    listed = (folder / "dcat-ap-de-contributors.rdf").read_text("utf-8")
    for contributor in known("contributors").values():
        assert f'rdf:about="{contributor}"' in listed, contributor


def test_a_card_is_plain_data() -> None:
    assert json.loads(card("footfall", DATASETS).model_dump_json())["k"] == 5
