"""Zips of strangers: each flaw is one German sentence, nothing hangs, nothing escapes."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtlabor.klimaschule.dossier import DossierError, read_zip, unpack

FORM = b'school = "Testschule"\nstart = 2025-01-01\nend = 2025-12-31\npupils = 100\nstaff = 10\n'


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", method) as archive:
        for name, content in files.items():
            # A fixed date: the bytes name their test, and every worker must find the same tests.
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return body.getvalue()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "keine lesbare Zip-Datei"),
        (b"Hallo", "keine lesbare Zip-Datei"),
        (packed({"a.csv": b"1"})[:-30], "keine lesbare Zip-Datei"),
        (packed({}), "Die Zip-Datei ist leer"),
        (packed({"ordner/": b""}), "Die Zip-Datei ist leer"),
        (packed({"__MACOSX/._a.csv": b"x", ".DS_Store": b"x"}), "Die Zip-Datei ist leer"),
        (packed({f"{n}.csv": b"x" for n in range(101)}), "enthält 101 Dateien"),
        (packed({"a.csv": b"0" * 201_000_000}), "ausgepackt größer als 200 MB"),
        (b"0" * 20_000_001, "größer als 20 MB"),
        (packed({"foto.jpg": b"\xff\xd8bild"}), "Keine Datei in der Zip-Datei ist lesbar"),
    ],
)
def test_what_is_no_dossier_is_told_in_one_sentence(body, said):
    with pytest.raises(DossierError, match=said) as told:
        read_zip(body)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("../../etc/x.csv", b"a;b", "aus der Zip-Datei hinausführt"),
        ("/etc/x.csv", b"a;b", "aus der Zip-Datei hinausführt"),
        ("C:\\x.csv", b"a;b", "aus der Zip-Datei hinausführt"),
        ("innen.zip", packed({"a.csv": b"1"}), "Archiv im Archiv"),
        ("getarnt.csv", packed({"a.csv": b"1"}), "Archiv im Archiv"),
        ("leer.csv", b"", "Die Datei ist leer"),
        ("bild.jpg", b"\xff\xd8", "werden nicht gelesen"),
        ("brief.csv", b"nur Text", "brief.csv"),
        ("kaputt.xlsx", b"PK\x03\x04kaputt", "beschädigt"),
        ("strom.csv", b"Datum;Wert\n31.02.2025;x\n", "strom.csv"),
        ("geld\x1b[31m.csv", b"", "geld\ufffd[31m.csv"),
    ],
)
def test_a_file_that_cannot_be_used_does_not_stop_the_others(name, body, said):
    dossier = read_zip(packed({"schule.toml": FORM, name: body}))
    assert dossier.inputs.school == "Testschule"
    told = [str(p) for note in dossier.files for p in note.problems]
    assert len(told) == 1
    assert said in told[0]
    assert "Traceback" not in told[0]
    assert told[0].count("Bitte") >= 1 or told[0].endswith(".")


def test_the_largest_allowed_zip_is_read():
    members, notes = unpack(packed({"a.csv": b"0" * 199_000_000}))
    assert len(members[0].body) == 199_000_000
    assert notes == []


@settings(max_examples=60)
@given(st.binary(max_size=300), st.text(min_size=1, max_size=30))
def test_any_bytes_under_any_name_end_in_a_sentence(body, name):
    try:
        made = packed({"schule.toml": FORM, name: body})
    except (ValueError, IndexError):  # no name that a zip can hold
        return
    with contextlib.suppress(DossierError):
        assert read_zip(made).inputs.pupils in (100, None)
