"""The report: every number with its source, readable by everybody, computed anew."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import re
import tomllib
import zipfile
from html.parser import HTMLParser

import pandas as pd
import pytest

from stadtlabor.klimaschule.dossier import read_zip
from stadtlabor.klimaschule.dossier.example import example_zip
from stadtlabor.klimaschule.footprint import factors
from stadtlabor.klimaschule.plan import Plan
from stadtlabor.printing import PdfError, pdf, pdf_fault
from stadtlabor.report import make


@pytest.fixture(scope="module")
def dossier():
    return read_zip(example_zip())


@pytest.fixture(scope="module")
def result(dossier):
    return make(dossier)


@pytest.fixture(scope="module")
def page(result) -> str:
    return result.files["bericht.html"].decode()


class Structure(HTMLParser):
    """Collects what the check looks at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[list[str]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif self.tables and tag in ("caption", "th", "td", "thead"):
            self.tables[-1].append(tag)

    def of(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def test_the_sum_is_that_of_an_independent_recalculation(dossier, result):
    """From the CSV files alone: rows → amount, times the factor of the registry's raw table."""
    from importlib.resources import files

    raw = files("stadtlabor.klimaschule.footprint").joinpath("factors.csv").read_text("utf-8")
    values = {row["id"]: float(row["value"]) for row in csv.DictReader(raw.splitlines())}
    table = pd.read_csv(
        io.BytesIO(result.files["fussabdruck.csv"]), sep=";", decimal=",", encoding="utf-8-sig"
    )
    stated = float(table["kg CO2e"].iloc[-1])
    total = 0.0
    for line in result.lines:
        rows = pd.read_csv(
            io.BytesIO(result.files[line.file]), sep=";", decimal=",", encoding="utf-8-sig",
            low_memory=False,
        )  # fmt: skip
        amount = float(rows.iloc[:, -1].sum())
        mine = table[table["Posten"] == line.label]
        if line.kg is None:
            assert mine.empty
            continue
        total += amount * values[mine["Faktor"].iloc[0]]
    assert total == pytest.approx(stated, rel=1e-3)
    assert total == pytest.approx(result.balance.total_kg, rel=1e-6)


def test_the_amounts_are_those_of_the_files(dossier):
    """The bills and the profile, read here with nothing but the csv module."""
    with zipfile.ZipFile(io.BytesIO(example_zip())) as archive:
        gas = archive.read("gas-rechnungen.simuliert.csv").decode().splitlines()[2:]
        power = archive.read("strom-lastgang.simuliert.csv").decode().splitlines()[2:]

    def number(text):
        return float(text.replace(".", "").replace(",", "."))

    kwh = sum(number(r.split(";")[3]) * number(r.split(";")[4]) * number(r.split(";")[5])
              for r in gas)  # fmt: skip
    amounts = {i.activity: i.amount for i in dossier.inputs.items}
    assert amounts["heat.gas"] == pytest.approx(kwh, rel=1e-3)
    rows = next(e for e in dossier.entries if e.item.activity == "electricity.grid").rows
    kept = rows[rows["origin"] == "simulated"]
    assert len(kept) > 0.99 * len(power)
    read = sum(number(power[line - 3].split(";")[1]) for line in kept["line"])
    assert kept["counts"].sum() == pytest.approx(read, rel=1e-9)
    # What was filled is little, and on the level of what was read.
    assert amounts["electricity.grid"] == pytest.approx(read * len(rows) / len(kept), rel=2e-3)


def test_every_number_has_a_factor_card(page, result):
    known = {attrs["id"] for attrs in Structure(page).of("section") if "id" in attrs}
    for line in result.lines:
        if line.kg is None:
            assert f"{line.label}: Für" in page
            continue
        assert line.card is not None
        assert line.card.anchor in known
        rows = dict(line.card.rows)
        factor = factors()[rows["Kennung"]]
        assert rows["Quelle"] == factor.source
        assert {"Wert", "Jahr", "Ausgabe", "Gase", "Grenze", "Lizenz", "Prüfung"} <= set(rows)
    links = {a["href"][1:] for a in Structure(page).of("a") if a.get("href", "").startswith("#")}
    ids = {attrs["id"] for _, attrs in Structure(page).tags if "id" in attrs}
    assert links <= ids


def test_every_cell_computes_its_line(result):
    for line in result.lines:
        cell, _, last = line.code.rpartition("\n")
        space: dict = {}
        exec(cell, space)  # noqa: S102 – our own cells
        lines = eval(last, space)  # noqa: S307
        if line.kg is None:
            assert lines.empty
        else:
            assert lines["kg"].iloc[0] == pytest.approx(line.kg, rel=1e-9)


def test_missing_is_named_and_never_zero(page, result):
    assert any("kein Faktor hinterlegt" in said for said in result.missing)
    for said in result.missing:
        assert said in page
    empty = make(
        read_zip(_zip({"schule.toml": 'school = "Leer"\nstart = 2025-01-01\nend = 2025-12-31\n'}))
    )
    html = empty.files["bericht.html"].decode()
    for name in ("Heizung", "Strom", "Schulweg", "Mittagessen", "Papier", "Geräte", "Wasser"):
        assert any(name in said for said in empty.missing)
    assert "noch keine Bilanz" in html
    assert not re.search(r"<td[^>]*>0(,0)?</td>", html.split('id="plan"')[0])


def _zip(files):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return body.getvalue()


def test_the_structure_is_accessible(page):
    seen = Structure(page)
    assert seen.of("html")[0]["lang"] == "de"
    assert len(seen.of("h1")) == 1
    assert len(seen.of("title")) == 1
    levels = [int(tag[1]) for tag, _ in seen.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert all(attrs.get("scope") in ("col", "row") for attrs in seen.of("th"))
    for table in seen.tables:
        assert table[0] == "caption"
        assert "thead" in table
    assert seen.of("img")
    assert all(len(attrs.get("alt") or "") > 20 for attrs in seen.of("img"))
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in seen.tags:
        if "tabindex" in attrs:
            assert attrs.get("aria-label")


def test_the_page_needs_nothing_from_elsewhere(page):
    seen = Structure(page)
    assert not seen.of("script")
    assert not seen.of("link")
    for attrs in [*seen.of("img"), *seen.of("a")]:
        assert (attrs.get("src") or attrs.get("href")).startswith(("data:", "#"))
    assert all(u.startswith("data:") for u in re.findall(r"url\(([^)]+)\)", page))


def test_names_of_strangers_stay_text():
    evil = '<script>alert("x")</script>'
    form = f"school = '{evil}'\npupils = 10\nstart = 2025-01-01\nend = 2025-12-31\n"
    text = "Zählernummer;Abrechnungszeitraum von;Abrechnungszeitraum bis;Strom [kWh]\n" \
        "=1+1;01.01.2025;31.12.2025;100\n"  # fmt: skip
    made = make(read_zip(_zip({"schule.toml": form, f"{evil[:8]}=a.csv": text})))
    html = made.files["bericht.html"].decode()
    assert "<script" not in html
    assert "<script" not in made.article
    assert tomllib.loads(made.files["plan.toml"].decode())
    for name, content in made.files.items():
        if name.endswith(".csv"):
            assert not re.search(r"(^|;)=", content.decode("utf-8-sig"), re.MULTILINE)


@pytest.mark.skipif(pdf_fault() is not None, reason="Pango is missing")
def test_the_pdf_is_tagged_titled_german_and_the_same_each_time(page, result):
    import zlib

    made = result.files["bericht.pdf"]
    assert made.startswith(b"%PDF-")
    parts = [made]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(packed))
    body = b"".join(parts)
    for wanted in (b"/MarkInfo", b"/Marked true", b"/Lang", b"/StructTreeRoot", b"/Outlines",
                   b"/DisplayDocTitle true", b"pdfuaid"):  # fmt: skip
        assert wanted in body, wanted
    assert re.search(rb"/Lang\s*\(de\)", body)
    title = result.balance.inputs.school
    assert title.encode("utf-16-be") in body or title.encode() in body
    assert b"/Alt" in body
    small = "<!DOCTYPE html><html lang=de><title>x</title><h1>x</h1>"
    assert pdf(small) == pdf(small)


def test_without_pango_the_page_is_made_and_the_reason_told(monkeypatch, dossier):
    import builtins

    whole = builtins.__import__

    def lacking(name, *rest):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return whole(name, *rest)

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(PdfError, match="Pango fehlt"):
        pdf("<p>x")
    made = make(dossier)
    assert "bericht.html" in made.files
    assert "bericht.pdf" not in made.files
    assert "apt install" in made.fault
    from stadtlabor.commands.doctor import Level, _pdf

    assert _pdf().level is Level.WARNING


def test_the_plan_is_read_again_with_the_next_zip(dossier, result):
    text = result.files["plan.toml"].decode()
    plan = Plan.model_validate(tomllib.loads(text)["plan"])
    assert [m.title for m in plan.measures]
    form = 'school = "A"\nstart = 2025-01-01\nend = 2025-12-31\n'
    again = read_zip(_zip({"schule.toml": form, "plan.toml": text}))
    assert again.plan == plan
    assert again.plan.measures[0].state in ("done", "running", "planned")


def test_the_difference_adds_up_and_names_its_parts(page, result, dossier):
    from stadtlabor.klimaschule.footprint import explain_difference, footprint

    parts = explain_difference(footprint(dossier.previous), result.balance)
    total = result.balance.total_kg - footprint(dossier.previous).total_kg
    assert parts["kg"].sum() == pytest.approx(total, abs=0.1)
    for name in ("Umfang", "Ausgabe der Faktoren", "Wetter", "Größe der Schule", "Rest"):
        assert name in page


def test_the_report_says_who_decides_and_marks_what_is_invented(page):
    assert "Es entscheiden das amtliche Formular und der Rechner" in page
    assert page.count(">simuliert</strong>") > 10
    assert "ergänzt</strong>" in page
