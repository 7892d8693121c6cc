import pytest

from stadtlabor.sources import DecodeError, decode


def test_wuerzburg_2024_is_taken_as_it_stands(delivery, shared_data):
    path = shared_data / "innenstadt" / "wuerzburg_2024_hourly.csv.gz"
    batch = decode(delivery("hystreet-csv", path))
    assert len(batch.frame) == 26_018
    assert not batch.problems
    assert batch.frame["value"].sum() == 21_867_249
    assert {s.id for s in batch.datastreams} == {
        "footfall/wuerzburg-kaiserstrasse/hour",
        "footfall/wuerzburg-schoenbornstrasse/hour",
        "footfall/wuerzburg-spiegelstrasse/hour",
    }
    assert {s.area for s in batch.datastreams} == {"Würzburg"}
    assert all(s.lat is not None for s in batch.datastreams)
    # The publisher's zeros at 23 h are an artefact; it is for the analysis to flag them.
    local = batch.frame["time"].dt.tz_convert("Europe/Berlin")
    late = batch.frame[(local.dt.hour == 23) & (local.dt.month >= 4)]
    assert 0.36 <= (late["value"] == 0).mean() <= 0.72


GERMAN = """Standort;Zeitpunkt der Messung;Anzahl Passanten;Temperatur in °C
Fußgängerzone;25.10.2026 01:00;11;9,5
Fußgängerzone;25.10.2026 02:00;12;9,5
Fußgängerzone;25.10.2026 02:00;13;9,0
Fußgängerzone;25.10.2026 03:00;14;8,5
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_german_download_with_doubled_hour(delivery, encoding):
    batch = decode(delivery("hystreet-csv", GERMAN.encode(encoding), "zaehler.csv"))
    assert batch.frame["time"].dt.strftime("%d. %H").tolist() == [
        "24. 23",
        "25. 00",
        "25. 01",
        "25. 02",
    ]
    assert batch.frame["value"].tolist() == [11, 12, 13, 14]
    assert batch.datastreams[0].id == "footfall/fussgaengerzone/hour"


def test_english_download_and_open_data_export(delivery):
    english = "location,time of measurement,pedestrians count\nA,2026-01-05 10:00,7\n"
    export = (
        "location_id;location_name;timestamp;unverified;pedestrians_count\n"
        "900002;Bahnhofstraße;2026-01-05T10:00:00+01:00;0;7\n"
    )
    first = decode(delivery("hystreet-csv", english, "a.csv"))
    second = decode(delivery("hystreet-csv", export, "b.csv"))
    assert first.frame["time"].tolist() == second.frame["time"].tolist()
    assert second.datastreams[0].id == "footfall/bahnhofstrasse/hour"


def test_bad_rows_are_told_with_line_and_kept_out(delivery):
    body = (
        "location,timestamp,pedestrians\n"
        "A,2026-03-29 02:00,5\nA,gestern,5\nA,2026-03-29 04:00,\nA,2026-03-29 05:00,x\n"
        "A,2026-03-29 06:00,-1\nA,2026-03-29 07:00,5\nA,2026-03-29 07:00,5\n"
        "A,2026-03-29 08:00,5\nA,2026-03-29 08:00,6\n"
    )
    batch = decode(delivery("hystreet-csv", body, "a.csv"))
    assert batch.frame["value"].tolist() == [5]
    assert sorted(int(p.where.split("Zeile ")[1].split(",")[0]) for p in batch.problems) == [
        2, 3, 4, 5, 6, 8, 9, 10,
    ]  # fmt: skip
    assert any("Zeitumstellung" in p.what for p in batch.problems)


def test_missing_column_is_named(delivery):
    with pytest.raises(DecodeError, match="Die Spalte für Anzahl der Passanten fehlt"):
        decode(delivery("hystreet-csv", "location,timestamp\nA,2026-01-01 10:00\n", "a.csv"))
