"""Entries for portals: the official shapes object to nothing, our own check to what is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
from rdflib.compare import isomorphic

from stadtlabor.catalogue import cards
from stadtlabor.catalogue.content import lacking
from stadtlabor.catalogue.dcat import catalogue
from stadtlabor.catalogue.rdf import KINDS, graph, written
from varied_cards import Shapes, varied

BASE = "https://stadt.example"
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
ODRL = rdflib.Namespace("http://www.w3.org/ns/odrl/2/")
FORMATS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}


@pytest.fixture(scope="module")
def shapes(shared_data: Path) -> Shapes:
    return Shapes(shared_data / "dcat-ap-de")


def test_the_citys_catalogue_conforms(shapes: Shapes) -> None:
    document = catalogue(cards().values(), BASE)
    assert lacking(document) == []
    assert shapes.findings(graph(document)) == []


def test_two_hundred_varied_data_sets_conform(shapes: Shapes) -> None:
    made = graph(catalogue(varied(200), BASE))
    assert len(set(made.subjects(rdflib.RDF.type, DCAT.Dataset))) == 200
    assert shapes.findings(made) == []


def test_the_shapes_do_object(shapes: Shapes) -> None:
    document = json.loads(json.dumps(catalogue(varied(3), BASE)))
    first, second, third = document["dcat:dataset"]
    del first["dct:title"], second["dct:publisher"], third["dcat:distribution"][0]["dct:license"]
    violations = [f for f in shapes.findings(graph(document)) if f.startswith("Violation")]
    assert len(violations) == 3


@pytest.mark.parametrize(
    "key",
    ["dct:title", "dct:description", "dcat:contactPoint", "dct:publisher", "dcat:distribution",
     "dct:license", "dct:format", "dcat:theme", "odrl:hasPolicy"],
)  # fmt: skip
def test_what_is_missing_is_found_by_the_shapes_or_by_us(key: str) -> None:
    document = json.loads(json.dumps(catalogue(list(cards().values())[:1], BASE)))
    entry = document["dcat:dataset"][0]
    for node in (entry, *entry["dcat:distribution"]):
        node.pop(key, None)
    assert any(key in said for said in lacking(document))


def test_an_empty_catalogue_is_not_enough(shapes: Shapes) -> None:
    empty = catalogue([], BASE)
    assert shapes.findings(graph(empty)) == []  # the shapes are content with it
    assert any("Der Katalog ist leer" in said for said in lacking(empty))


def test_the_three_forms_say_the_same(tmp_path: Path) -> None:
    document = catalogue(varied(12), BASE)
    graphs = [
        rdflib.Graph().parse(data=written(document, kind), format=FORMATS[kind]) for kind in KINDS
    ]
    assert len({len(g) for g in graphs}) == 1
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])


def test_rights_and_rules_are_told() -> None:
    made = graph(catalogue(cards().values(), BASE))
    school = rdflib.URIRef(f"{BASE}/daten/school-energy#datensatz")
    rights = made.value(school, rdflib.DCTERMS.accessRights)
    assert str(rights).endswith("/RESTRICTED")
    assert str(made.value(school, ODRL.hasPolicy)) == f"{BASE}/daten/regeln/schule"
    gauge = rdflib.URIRef(f"{BASE}/daten/rain-gauge#datensatz")
    addresses = {
        str(made.value(way, DCAT.accessURL)) for way in made.objects(gauge, DCAT.distribution)
    }
    assert f"{BASE}/sta/v1.1" in addresses
    assert f"{BASE}/daten/rain-gauge/daten.csv" in addresses
    assert all("/daten/school" not in str(made.value(w, DCAT.downloadURL)) for w in
               made.objects(school, DCAT.distribution))  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_of_its_own_writes_it(kind: str) -> None:
    question = json.dumps({"kind": kind, "base": BASE}).encode()
    done = subprocess.run(
        [sys.executable, "-m", "stadtlabor.catalogue"], input=question, capture_output=True,
        timeout=120, check=True,
    )  # fmt: skip
    made = rdflib.Graph().parse(data=done.stdout, format=FORMATS[kind])
    assert len(set(made.subjects(rdflib.RDF.type, DCAT.Dataset))) == len(cards())


def test_without_cards_the_process_refuses(tmp_path: Path) -> None:
    question = {"kind": "ttl", "base": BASE, "environment": {"STADTLABOR_DATASETS": str(tmp_path)}}
    done = subprocess.run(
        [sys.executable, "-m", "stadtlabor.catalogue"], input=json.dumps(question).encode(),
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, b"")
    assert "Der Katalog ist leer" in done.stderr.decode()
