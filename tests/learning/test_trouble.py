import pytest

from stadtlabor.learning.trouble import explain
from stadtlabor.lessons.scene import SceneError

TRIES = [
    ("antwort = 5kW", "Zahlen mit Punkt"),
    ("antwort = 3,5 kW", "versteht die Zeile nicht"),
    ("antwort = (3 + 4", "Klammer ist offen"),
    ("antwort = 3)", "nie geöffnet"),
    ("antwort = 'vier", "Anführungszeichen"),
    ("  antwort = 3", "falsch eingerückt"),
    ("antwort = mittelwert", "„mittelwert“ kennt Python nicht"),
    ("antwort = 1 / 0", "Durch null"),
    ("antwort = {'a': 1}['b']", "„b“ gibt es hier nicht"),
    ("antwort = [1, 2][5]", "Python zählt ab null"),
    ("antwort = ... * 24", "noch die drei Punkte"),
    ("antwort = '5' + 3", "Zahlen ohne Anführungszeichen"),
    ("antwort = 3(4 + 5)", "Malnehmen"),
    ("antwort = 'x'.mean()", "„mean“ gibt es hier nicht"),
    ("antwort = abs()", "zu viel oder zu wenig"),
    ("3 = antwort", "Links vom Gleichheitszeichen"),
    ("if True\n  x = 1", "Doppelpunkt"),
    ("import gibt_es_nicht", "Dieses Paket"),
    ("antwort = int('viel')", "mit diesem Wert"),
    ("antwort = “5”", "Zeichen “ kennt"),
    ("raise LookupError('x')", "Das hat nicht geklappt (LookupError)"),
]


@pytest.mark.parametrize(("code", "said"), TRIES, ids=[code for code, _ in TRIES])
def test_what_pupils_get_wrong_is_said_in_german(code: str, said: str) -> None:
    with pytest.raises(BaseException) as error:  # noqa: PT011 – any error at all is meant
        exec(compile(code, "<zelle>", "exec"), {})  # noqa: S102 – that is what a kernel does
    assert said.lower() in explain(error.value).lower()


def test_our_own_errors_are_german_already() -> None:
    assert explain(SceneError("Wähle eine andere Schule.")) == "Wähle eine andere Schule."
