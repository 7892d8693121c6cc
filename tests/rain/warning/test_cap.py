"""CAP 1.2 against the schema of OASIS; real alerts show that the check lets the right ones pass."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime

import pytest
from lxml import etree
from scenes import SETTINGS, START, assessment, level, outlook
from schema import read_schema
from test_warner import run

from stadtlabor.catchments import RainWarning
from stadtlabor.rain.warning import Warner, to_cap

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema:
    return read_schema()


def every_kind() -> list:
    warner = Warner(SETTINGS, replay=True)
    found = [m for _, m in run(warner, [2, 3, 4, *[4] * 20, *[0] * 8])]
    held = Warner(SETTINGS)
    run(held, [4])
    found += held.hold(START.replace(hour=16))
    return [*found, held.rehearsal(START)]


def test_every_message_is_valid(schema):
    messages = every_kind()
    assert {m.reason for m in messages} == {"raised", "renewed", "cleared", "held", "test"}
    for message in messages:
        text = to_cap(message)
        schema.assertValid(etree.fromstring(text.encode()))


def test_real_alerts_pass_and_broken_ones_do_not(schema, shared_data):
    with zipfile.ZipFile(next((shared_data / "rain" / "dwd_samples").glob("Z_CAP*.zip"))) as bundle:
        bodies = [bundle.read(name) for name in bundle.namelist()]
    assert len(bodies) == 3
    for body in bodies:
        assert schema.validate(etree.fromstring(body))
    text = to_cap(every_kind()[0])
    for old, new in (("<status>Test", "<status>Probe"), ("+02:00</sent>", "Z</sent>")):
        assert old in text
        assert not schema.validate(etree.fromstring(text.replace(old, new).encode()))


def test_what_a_message_must_say():
    for message in every_kind():
        alert = etree.fromstring(to_cap(message).encode())
        assert alert.findtext(f"{CAP}status") == "Test"
        assert "dwd" not in alert.findtext(f"{CAP}sender")
        assert not alert.findtext(f"{CAP}identifier").startswith("2.49.")
        infos = alert.findall(f"{CAP}info")
        assert [i.findtext(f"{CAP}language") for i in infos] == ["de-DE", "de-DE-simple"]
        for info in infos:
            assert info.findtext(f"{CAP}headline").startswith("TEST: ")
            assert len(info.findtext(f"{CAP}instruction")) > 20
            assert info.findtext(f"{CAP}area/{CAP}areaDesc") == "Bach <& Au>"
            corners = info.findtext(f"{CAP}area/{CAP}polygon").split()
            assert corners[0] == corners[-1]
            assert len(corners) > 3
    assert alert.findtext(f"{CAP}info/{CAP}responseType") == "None"


def test_a_replay_says_so():
    texts = [to_cap(m) for m in every_kind() if m.replay]
    assert texts
    assert all("Wiederholung eines alten Unwetters" in text for text in texts)


def test_easy_sentences_are_short():
    for message in every_kind():
        info = etree.fromstring(to_cap(message).encode()).findall(f"{CAP}info")[1]
        for part in ("headline", "description", "instruction"):
            text = info.findtext(f"{CAP}{part}")
            for sentence in text.replace("?", ".").replace("TEST: ", "").split(". "):
                assert len(sentence.split()) <= 10, sentence


def test_real_messages_need_a_decision():
    told = SETTINGS.model_dump() | {"status": "Actual"}
    warner = Warner(RainWarning.model_validate(told))
    message = warner.update(
        assessment(0, outlook("bach", level(3)), outlook("hang", level(0))),
        datetime(2026, 12, 24, 1, 30, tzinfo=UTC),
    )[0]
    text = to_cap(message)
    assert "<status>Actual" in text
    assert "<headline>Heftiger Starkregen" in text
    assert "<sent>2026-12-24T02:30:00+01:00" in text  # winter time
