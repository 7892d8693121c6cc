"""What is looked at before and after a notebook runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from drafts import draft
from stadtlabor.publishing.contract import before
from stadtlabor.publishing.markup import foreign
from stadtlabor.publishing.permission import barred
from stadtlabor.publishing.pictures import wordless
from stadtlabor.publishing.private import found_in, private

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def test_a_good_notebook_has_nothing_against_it() -> None:
    assert before(draft()) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("kein Notebook", "kein vollständiges Notebook"),
        ("[1]", "kein vollständiges Notebook"),
        (draft(head="x = 1").replace('"parameters"', '"other"'), "nötig ist genau eine"),
        (draft(licence=None), "Lizenz (licence)"),
        (draft(licence="alle Rechte"), "Die Lizenz „alle Rechte“ ist nicht vorgesehen"),
        (draft(title=None, goals=None), "Titel (title), Ziele (goals)"),
        (draft(data="footfall"), "Datensätze (data)“ muss eine Liste"),
        (draft(data=["footfall", "gibt-es-nicht"]), "„gibt-es-nicht“ hat keine Karte"),
        (draft(heading="Ohne Frage"), "Die erste Zelle"),
        (draft("token = 'abcdef0123456789abcd'"), "Zelle 3 enthält etwas, das wie ein Schlüssel"),
        (draft(heading="# Fragen an huber@firma.de"), "Zelle 1 enthält eine Mailadresse"),
        (draft("x = open('/home/huber/werte.csv')"), "Pfad eines persönlichen Ordners"),
    ],
)
def test_what_is_lacking_is_said(source: str, words: str) -> None:
    assert any(words in fault for fault in before(source)), before(source)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("ghp_abcdefghijklmnopqrstuvwxyz012345", ["key"]),
        ("-----BEGIN RSA PRIVATE KEY-----", ["key"]),
        ("password = 'sommer2026'", ["key"]),
        ('{"api_key": "0123456789abcdef"}', ["key"]),
        ("Authorization: Bearer abcdefghijklmnop1234", ["key"]),
        ("postgresql://anna:geheim@db/x", ["key"]),
        ("AKIAIOSFODNN7EXAMPLE", ["key"]),
        ("anna.huber@schule-kempten.de", ["mail"]),
        ("Tel. 0831 12345", ["phone"]),
        ("0831 2525-0", ["phone"]),
        ("+49 831 252512", ["phone"]),
        ("0171/1234567", ["phone"]),
        ("/home/anna/daten.csv", ["home"]),
        ("C:\\Users\\Anna\\x", ["home"]),
        # What only looks like it:
        ("0,123456 und 0.831252", []),
        ("2026-11-22 14:30", []),
        ("22.11.2026", []),
        ("footfall@17 (sha256 0123456789abcdef…)", []),
        ("tokens = 5", []),
        ("1 234 567", []),
        ("[0.12, 0.345, 0.0831]", []),
        ("0 100 200 300 400", []),
        ("09:00 bis 20:00", []),
        ("data:image/png;base64,iVBORw0KGgo0831+49831", []),
        ("stadtlabor@example.org", []),
        ("https://stadtlabor.example.org/home", []),
    ],
)
def test_private_things_are_found_and_others_left_alone(text: str, kinds: list[str]) -> None:
    assert found_in(text, ("stadtlabor@example.org",)) == kinds


def test_outputs_are_read_too_and_drawings_are_no_telephones() -> None:
    notebook = json.loads(draft())
    path = '<svg role="img" aria-label="x"><path d="M0831 12345 L0171 1234567"/></svg>'
    notebook["cells"][2]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": ["anna@firma.de"]},
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": path}},
    ]
    (found,) = private(notebook)
    assert found.german.startswith("Ausgabe von Zelle 3 enthält eine Mailadresse")
    assert "anna" not in found.german


def shown(data: dict[str, object], about: dict[str, object] | None = None) -> dict[str, object]:
    output = {"output_type": "display_data", "data": data, "metadata": about or {}}
    return {"cells": [{"cell_type": "code", "source": "", "outputs": [output], "metadata": {}}]}


@pytest.mark.parametrize(
    ("notebook", "good"),
    [
        (shown({"image/png": "x"}), False),
        (shown({"image/png": "x"}, {"image/png": {"alt": "Kurve steigt"}}), True),
        (shown({"text/html": "<img src='data:,'>"}), False),
        (shown({"text/html": "<img alt='Karte' src='data:,'>"}), True),
        (shown({"text/html": "<svg><path/></svg>"}), False),
        (shown({"text/html": "<svg><title>Kurve</title><path/></svg>"}), True),
        (shown({"text/html": "<svg role='img' aria-label='Kurve'><svg/></svg>"}), True),
        (shown({"text/html": "<svg aria-hidden='true'></svg>"}), True),
        (shown({"image/svg+xml": "<svg/>"}), False),
        (shown({"application/vnd.vegalite.v5+json": {"mark": "bar"}}), False),
        (shown({"application/vnd.vegalite.v5+json": {"description": "Balken"}}), True),
        ({"cells": [{"cell_type": "markdown", "source": "![](bild.png)", "metadata": {}}]}, False),
        ({"cells": [{"cell_type": "markdown", "source": "![Karte](b.png)", "metadata": {}}]}, True),
    ],
)
def test_every_picture_says_what_it_shows(notebook: dict[str, object], good: bool) -> None:
    assert (wordless(notebook) == []) is good


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<h1>a</h1><script>1</script>", "<script>"),
        ("<h1>a</h1><form></form>", "<form>"),
        ("<h1>a</h1><p onclick='x'>", "ein Skript"),
        ("<h1>a</h1><a href=' javascript:x'>", "ein Skript"),
        ("<h1>a</h1><img alt='a' src='https://x.org/a.png'>", "von woanders"),
        ("<h1>a</h1><p style='background:url(https://x.org)'>", "von woanders"),
        ("<h1>a</h1><h1>b</h1>", "2 Überschriften"),
        ("<p>a</p>", "0 Überschriften"),
    ],
)
def test_a_page_keeps_to_itself(page: str, words: str) -> None:
    assert any(words in fault for fault in foreign(page))
    assert foreign("<h1>a</h1><a href='https://x.org'>b</a><img alt='c' src='data:,'>") == []


def asked(dataset: str, function: str = "aggregate", **more: object) -> dict[str, object]:
    return {"dataset": dataset, "function": function, "kind": "frame", "asked": more}


def test_rules_decide_about_handing_on() -> None:
    assert barred([asked("footfall", grain="hour")], NOW) == []
    assert barred([asked("footfall", grain="day", place="sensor")], NOW) == []
    assert barred([asked("weather", "read")], NOW) == []
    assert barred([asked("", "datasets"), asked("footfall", "datastreams")], NOW) == []
    (single,) = barred([asked("footfall", "read"), asked("footfall", "read")], NOW)
    assert "Einzelwerte gelesen" in single
    assert "nur Stundenwerte oder gröbere" in single
    assert "je Ortsteil" not in single
    (place,) = barred([asked("footfall", grain="hour", place="city")], NOW)
    assert "je Datenreihe" in place
    (fine,) = barred([asked("school-energy", grain="hour")], NOW)
    assert "Aus „school-energy“ werden Stundenwerte gelesen" in fine
    (card,) = barred([asked("gibt-es-nicht", "read")], NOW)
    assert "keine Karte" in card
