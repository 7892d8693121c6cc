"""The exposé: the same content as page and as tagged PDF, and nothing that is not public."""

from __future__ import annotations

import contextlib
import re
import zlib
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest
import segno

from innenstadt.vacancy.stock import CITIZEN, PUBLISHER, days_ago, released, shop
from innenstadt.vacancy.test_photos import picture
from stadtlabor.innenstadt.vacancy import UnknownUnitError, add_photo, expose, poster
from stadtlabor.printing import pdf_fault

ADDRESS = "https://stadt.example/leerstand/laden"


class Structure(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if data.strip():
            self.words.append(" ".join(data.split()))


@pytest.fixture
def shown(register):
    unit = shop(rent_eur_m2=18.5, rent_public=True, step_free=True, popup_possible=True,
                description="Heller Eckladen", equipment=("Theke", "Regale"))  # fmt: skip
    released(register, unit, days_ago(100))
    name = add_photo(register, "laden", picture(), CITIZEN, "Ladenfront mit Tür")
    register.act("laden", "release_photo", PUBLISHER, photo=name)
    return register


def test_the_page_says_what_is_known_and_what_is_not(shown):
    page = expose(shown, "laden", ADDRESS)
    found = Structure(page.html)
    told = " ".join(found.words)
    for part in ("Fischerstraße 12", "84 m²", "18,50 €/m²", "zuletzt geprüft vor 100 Tagen",
                 "älter als 90 Tage", "Theke, Regale", "nicht erfasst", "Kaution",
                 "Die Einheit steht leer seit", ADDRESS, "Heller Eckladen"):  # fmt: skip
        assert part in told, part
    tags = [name for name, _ in found.tags]
    assert tags.count("h1") == 1
    assert next(a.get("alt") for n, a in found.tags if n == "img") == "Ladenfront mit Tür"
    assert all(a.get("alt") for n, a in found.tags if n == "img")
    assert {"scope"} <= {k for n, a in found.tags if n == "th" for k in a}
    assert ("html", {"lang": "de"}) in found.tags
    assert not re.search(r'(?:src|href)="(?!data:|https://stadt\.example)', page.html)


def test_who_is_not_public_has_no_expose(register):
    register.report(shop(), CITIZEN)
    for make in (expose, poster):
        with pytest.raises(UnknownUnitError):
            make(register, "laden", ADDRESS)


def test_a_blurred_unit_keeps_its_door(register):
    released(register, shop(blur_m=100, description="Nummer 12 im Hof"))
    html = expose(register, "laden", ADDRESS).html
    assert "Fischerstraße 12" not in html
    assert "Nummer 12" not in html
    assert "auf Anfrage" in html


def test_words_of_strangers_stay_words(register):
    released(register, shop(description="<script>alert(1)</script>"))
    assert "<script>" not in expose(register, "laden", ADDRESS).html


def structure(body: bytes) -> bytes:
    parts = [body]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", body, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(packed))
    return b"".join(parts)


@pytest.mark.skipif(pdf_fault() is not None, reason="Pango is missing")
@pytest.mark.parametrize("make", [expose, poster])
def test_the_pdf_is_tagged_titled_and_german(shown, make):
    page = make(shown, "laden", ADDRESS)
    body = structure(page.pdf)
    for wanted in (b"/MarkInfo", b"/Marked true", b"/StructTreeRoot", b"/DisplayDocTitle true",
                   b"pdfuaid", b"/S /H1", b"/S /Figure", b"/Alt", b"/ParentTree"):  # fmt: skip
        assert wanted in body, wanted
    assert re.search(rb"/Lang\s*\(de\)", body)
    if make is expose:
        for wanted in (b"/S /Table", b"/S /TH", b"/S /TD", b"/S /L", b"/S /LI", b"/Outlines"):
            assert wanted in body, wanted
    # Each element of the page is an element of the PDF's structure.
    tags = [name for name, _ in Structure(page.html).tags]
    for html, tag in (("h1", "H1"), ("h2", "H2"), ("li", "LI"), ("td", "TD"), ("img", "Figure")):
        count = len(re.findall(rb"/S /" + tag.encode() + rb"\b", body))
        assert count >= tags.count(html), (html, count)


def test_the_code_on_the_poster_leads_to_the_page(shown):
    html = poster(shown, "laden", ADDRESS).html
    assert "84 m² im Herzen von Kempten" in html
    assert "Stufenlos zu erreichen" in html
    code = segno.make(ADDRESS, error="m")
    assert code.svg_data_uri(scale=8, border=2) in html.replace("&#39;", "'").replace("&amp;", "&")
    # Read it as a phone would.
    bits = np.array([list(row) for row in code.matrix_iter(scale=8, border=4)], dtype="uint8")
    read, *_ = cv2.QRCodeDetector().detectAndDecode(255 * (1 - bits))
    assert read == ADDRESS
