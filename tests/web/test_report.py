"""The page that turns a school's zip into its report."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from stadtlabor.web import workshop
from stadtlabor.web.site import site

ADDRESS = "/klimaschule/bericht"
FORM = 'school = "Testschule"\nstart = 2025-01-01\nend = 2025-12-31\npupils = 100\nstaff = 10\n'
BILL = "Zählernummer;Abrechnungszeitraum von;Abrechnungszeitraum bis;Strom [kWh]\n" \
    "S1;01.01.2025;31.12.2025;60000\n"  # fmt: skip


@pytest.fixture
def web(empty_home: Path) -> TestClient:
    return TestClient(site(), follow_redirects=False)


def packed(**files: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return body.getvalue()


def fault(answer) -> str:
    found = re.search(r'role="alert"[^>]*>([^<]+)<', answer.text)
    assert found, answer.text[:500]
    return found[1]


def test_the_form_explains_and_offers_an_example(web):
    page = web.get(ADDRESS).text
    assert page.count("<h1") == 1
    assert "schule.toml" in page
    example = web.get(f"{ADDRESS}/beispiel.zip")
    assert example.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(example.content)) as archive:
        assert "schule.toml" in archive.namelist()


def test_from_upload_to_page_pdf_and_zip(web, empty_home):
    body = packed(schule__toml=FORM, strom__csv=BILL)
    answer = web.post(ADDRESS, files={"zip": ("schule.zip", body)})
    assert answer.status_code == 303
    place = answer.headers["location"]
    page = web.get(place)
    assert page.headers["cache-control"] == "no-store"
    assert "script" not in page.headers["content-security-policy"]
    assert page.text.count("<h1") == 1
    assert "Testschule: 21,8 Tonnen" in page.text  # 60,000 kWh × 0.363 kg/kWh
    assert "<script" not in page.text
    with zipfile.ZipFile(io.BytesIO(web.get(f"{place}/bericht.zip").content)) as archive:
        assert {"bericht.html", "plan.toml", "fussabdruck.csv"} <= set(archive.namelist())
    made = web.get(f"{place}/bericht.pdf")
    assert made.status_code == 404 or made.content.startswith(b"%PDF-")
    left = [p for p in empty_home.rglob("*") if p.is_file()]
    assert not any(b"Testschule" in p.read_bytes() for p in left)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Es ist keine Datei ausgewählt"),
        (b"Hallo", "keine lesbare Zip-Datei"),
        (packed(bild__jpg="x"), "Keine Datei in der Zip-Datei ist lesbar"),
    ],
)
def test_what_cannot_be_read_is_told_on_the_form(web, body, said):
    answer = web.post(ADDRESS, files={"zip": ("schule.zip", body)})
    assert answer.status_code == 422
    assert said in fault(answer)
    assert 'aria-invalid="true"' in answer.text
    assert "Traceback" not in answer.text


def test_forms_without_a_file_are_told(web):
    assert web.post(ADDRESS, data={"zip": "x"}).status_code == 422
    assert web.post(ADDRESS, content=b"x" * 100).status_code == 422
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert web.post(ADDRESS, content=b"--x\r\nkaputt", headers=broken).status_code == 422


def test_too_large_a_file_is_refused_while_it_arrives(web):
    answer = web.post(ADDRESS, files={"zip": ("schule.zip", b"0" * 20_100_000)})
    assert answer.status_code == 413
    assert "größer als 20 MB" in fault(answer)


def test_a_slow_or_broken_process_is_told(web, monkeypatch):
    body = packed(schule__toml=FORM, strom__csv=BILL)
    monkeypatch.setattr(workshop, "PATIENCE_S", 0.05)
    assert "länger als eine Minute" in fault(web.post(ADDRESS, files={"zip": ("a.zip", body)}))
    monkeypatch.setattr(workshop, "PATIENCE_S", 60)
    monkeypatch.setattr(workshop.sys, "executable", "/bin/false")
    assert "kein Bericht machen" in fault(web.post(ADDRESS, files={"zip": ("a.zip", body)}))


def test_results_are_forgotten(web, monkeypatch):
    body = packed(schule__toml=FORM, strom__csv=BILL)
    place = web.post(ADDRESS, files={"zip": ("a.zip", body)}).headers["location"]
    assert web.get(place).status_code == 200
    monkeypatch.setattr(workshop, "KEPT_S", -1)
    assert web.get(place).status_code == 404
    assert web.get(f"{ADDRESS}/gibtsnicht").status_code == 404
    assert web.get(f"{ADDRESS}/gibtsnicht/bericht.pdf").status_code == 404
