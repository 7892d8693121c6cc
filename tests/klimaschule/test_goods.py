import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtlabor.klimaschule.goods import MATERIALS, Flow, balance


def flow(material, source, target, kg, half=0.0):
    return Flow(material, source, target, kg, half, "Liste")


def test_a_closed_balance_is_called_closed():
    result = balance(
        [
            flow("paper", "Einkauf", "Schule", 1000, 50),
            flow("paper", "Schule", "Altpapier", 960, 80),
        ]
    )
    assert result.materials.loc["paper", "closes"]
    assert "schließt innerhalb" in result.said[0]


def test_what_is_missing_is_drawn_and_named():
    result = balance(
        [
            flow("paper", "Einkauf", "Schule", 1000, 30),
            flow("paper", "Schule", "Altpapier", 400, 40),
            flow("glass", "Schule", "Altglas", 90, 10),
        ],
        likely={"paper": "Hefte, die ihr mit nach Hause nehmt"},
    )
    gap = result.flows[~result.flows["known"]]
    assert list(gap["target"]) == ["nicht erfasst: Verbleib", "Schule"]
    assert gap["kg"].tolist() == [600, 90]
    assert "600 kg ± 50 kg fehlen auf der Seite des Verbleibs" in result.said[0]
    assert "Hefte" in result.said[0]
    assert "Seite des Einkaufs" in result.said[1]


MASSES = st.floats(0, 1e6, allow_nan=False)


@given(st.lists(st.tuples(st.sampled_from(list(MATERIALS)), st.booleans(), MASSES), max_size=12))
def test_drawn_flows_always_balance(given_flows):
    flows = [
        flow(m, *(("Einkauf", "Schule") if into else ("Schule", "Abfall")), kg)
        for m, into, kg in given_flows
    ]
    table = balance(flows).flows
    for material in set(table["material"]):
        mine = table[table["material"] == material]
        into = mine.loc[mine["target"] == "Schule", "kg"].sum()
        out = mine.loc[mine["source"] == "Schule", "kg"].sum()
        assert into == pytest.approx(out, abs=1e-6)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (flow("gold", "Einkauf", "Schule", 1), "kein bekannter Stoff"),
        (flow("paper", "Einkauf", "Schule", -1), "negativ"),
        (flow("paper", "Einkauf", "Abfall", 1), "Ein Ende muss"),
    ],
)
def test_impossible_flows_are_told(bad, said):
    with pytest.raises(ValueError, match=said):
        balance([bad])
