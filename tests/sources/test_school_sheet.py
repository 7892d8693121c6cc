import pytest

from stadtlabor.sources import DecodeError, decode


def test_waste_in_kg_per_week(delivery):
    text = "Woche;Restmüll [kg];Papier [kg]\n02.11.2026;41,5;22,0\n09.11.2026;40;x\n"
    batch = decode(delivery("waste-csv", text, "beispiel-gymnasium.waste.2026.csv"))
    assert {s.id: s.unit for s in batch.datastreams} == {
        "school-waste/beispiel-gymnasium/residual": "kg",
        "school-waste/beispiel-gymnasium/paper": "kg",
    }
    assert batch.frame["value"].tolist() == [41.5, 40, 22]
    assert batch.frame["time"].iloc[0].isoformat() == "2026-11-01T23:00:00+00:00"
    assert "Zeile 3, Spalte „Papier [kg]“" in batch.problems[0].where


def test_travel_counts(delivery):
    text = "Datum;Zu Fuß;Fahrrad;Auto\n03.11.2026;12;30;4\n"
    batch = decode(delivery("travel-csv", text, "beispiel-gymnasium.travel.simuliert.csv"))
    assert dict(zip(batch.frame["datastream"], batch.frame["value"], strict=True)) == {
        "school-travel/beispiel-gymnasium/foot": 12,
        "school-travel/beispiel-gymnasium/bicycle": 30,
        "school-travel/beispiel-gymnasium/car": 4,
    }
    assert all(s.simulated for s in batch.datastreams)


def test_unknown_columns_are_explained(delivery):
    with pytest.raises(DecodeError, match="die anderen zum Beispiel „Restmüll“"):
        decode(delivery("waste-csv", "Eins;Zwei\n1;2\n", "x.waste.csv"))
