import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtlabor.participation import RefusedError, Statement, personal, statement
from stadtlabor.participation.texts import texts

FAULTS = {text.split("{")[0] for text in texts()["faults"].values()}


def test_an_idea_needs_no_place():
    assert statement({"kind": "idea", "text": "  Mehr\n Bänke "}).text == "Mehr Bänke"


@pytest.mark.parametrize(
    ("given_", "key"),
    [
        ({"kind": "idea", "text": "x"}, "text"),
        ({"kind": "idea", "text": "x" * 501}, "text"),
        ({"kind": "idea", "text": "<script>alert(1)</script>"}, "markup"),
        ({"kind": "idea", "text": "&#60;b"}, "markup"),
        ({"kind": "wish", "text": "Bänke"}, "kind"),
        ({"kind": "comment", "text": "Bänke"}, "place"),
        ({"kind": "comment", "text": "Bänke", "lat": 47.7}, "place"),
        ({"kind": "comment", "text": "Bänke", "lat": float("nan"), "lon": 10.3}, "place"),
        ({"kind": "proposal", "text": "Café", "use": "cafe"}, "unit"),
        ({"kind": "proposal", "text": "Café", "place": "a", "use": "casino"}, "use"),
        ({"kind": "idea", "text": "Bänke", "name": "Maier"}, "answer"),
        ({"kind": "idea"}, "text"),
        ("Bänke", "answer"),
    ],
)
def test_what_does_not_do_is_told_in_one_sentence(given_, key):
    with pytest.raises(RefusedError) as told:
        statement(given_)
    assert told.value.key == key
    assert str(told.value)[-1] == "."


def test_a_heart_is_no_markup():
    assert statement({"kind": "idea", "text": "Ich <3 Kempten & a < b"}).text.startswith("Ich <3")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rufen Sie 0831 1234567 an", True),
        ("maier@example.org", True),
        ("Frau Müller wohnt hier", True),
        ("Mehr auf www.example.org", True),
        ("Seit 2019 steht Nr. 12 leer, 84 m²", False),
        ("Frauen brauchen mehr Licht am Weg", False),
    ],
)
def test_data_of_persons_are_noticed(text, found):
    assert personal(text) is found


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())
KEYS = st.sampled_from(["kind", "text", "place", "lat", "lon", "use"]) | st.text(max_size=8)


@settings(max_examples=500)
@given(VALUES | st.dictionaries(KEYS, VALUES))
def test_whatever_is_sent_becomes_a_statement_or_a_sentence(sent):
    told = ""
    try:
        said = statement(sent)
    except RefusedError as error:
        told = str(error)
    assert any(told.startswith(start) for start in FAULTS) if told else isinstance(said, Statement)
