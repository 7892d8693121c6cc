"""``datapackage.json`` is what other programs read."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stadtlabor.catalogue import cards
from stadtlabor.catalogue.package import columns, package
from stadtlabor.catalogue.vocabulary import questions
from stadtlabor.innenstadt.vacancy import COLUMNS, Register, fill
from stadtlabor.observations import COLUMNS as OBSERVED

BASE = "https://stadt.example"


@pytest.mark.parametrize("name", cards())
def test_every_package_is_valid(name: str) -> None:
    frictionless = pytest.importorskip("frictionless")
    made = json.loads(json.dumps(package(cards()[name], BASE, "17")))
    report = frictionless.Package.validate_descriptor(made)
    assert report.valid, report.flatten(["message"])
    assert made["name"] == name
    assert made["version"] == "17"
    assert len(made["stadtlabor"]["ethics"]) == len(questions())


def test_columns_are_those_of_the_data() -> None:
    assert [c["name"] for c in columns(cards()["footfall"])] == list(OBSERVED)
    assert [c["name"] for c in columns(cards()["leerstand"])] == list(COLUMNS)
    assert columns(cards()["rain-radar"]) == []


def test_a_foreign_reader_takes_our_table(tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    register = Register(tmp_path / "vacancy")
    now = datetime(2026, 11, 22, tzinfo=UTC)
    fill(register, 2026, now)
    body = register.public(now).csv()
    (tmp_path / "leerstand.csv").write_bytes(body)
    (table,) = [
        r for r in package(cards()["leerstand"], BASE)["resources"] if r.get("format") == "csv"
    ]
    resource = frictionless.Resource.from_descriptor({**table, "path": "leerstand.csv"},
                                                     basepath=str(tmp_path))  # fmt: skip
    report = resource.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:5]
    assert len(list(csv.reader(body.decode().splitlines()))) > 10
