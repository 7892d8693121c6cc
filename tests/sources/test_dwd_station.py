import io
import json
import zipfile

import pytest

from stadtlabor.observations import Quality
from stadtlabor.sources import DecodeError, decode

GOLDEN = {
    2009: 3923, 2010: 4398, 2011: 3733, 2012: 3866, 2013: 4097,
    2014: 3493, 2015: 3725, 2016: 3757, 2017: 3872, 2018: 3421,
}  # fmt: skip
GEOGRAPHY = (
    "Stations_id;Stationshoehe;Geogr.Breite;Geogr.Laenge;von_datum;bis_datum;Stationsname\n"
    "232;461.40;48.4254;10.9420;19970101;20181231;Augsburg\n"
)


def archive(name, text, **others):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(name, text)
        for other, content in others.items():
            file.writestr(other + ".txt", content)
    return packed.getvalue()


def test_degree_days_of_augsburg(delivery, shared_data):
    """Real daily values, packed as DWD packs them, give the known sums of (20 - TMK)."""
    path = shared_data / "klimaschule" / "dwd-augsburg" / "DWD-Augsburg-2009-2019.json"
    days = json.loads(path.read_text(encoding="utf-8"))["data"]
    rows = [
        f"        232;{d['MESS_DATUM'].replace('-', '')};   10;{d['TMK']:>7};{d['RSK']:>7};eor"
        for d in days
    ]
    text = "\r\n".join(["STATIONS_ID;MESS_DATUM;QN_4; TMK; RSK;eor", *rows])
    body = archive(
        "produkt_klima_tag_20090101_20181231_00232.txt",
        text,
        Metadaten_Geographie_00232=GEOGRAPHY,
    )
    batch = decode(delivery("dwd-station", body, "tageswerte_KL_00232_hist.zip"))
    warmth = batch.frame[batch.frame["datastream"] == "weather/00232/air-temperature-daily"]
    assert len(warmth) == 3652
    cold = warmth[warmth["value"] < 15]
    sums = (20 - cold["value"]).groupby(cold["time"].dt.year).sum().round().astype(int)
    assert sums.to_dict() == GOLDEN
    stream = batch.datastreams[0]
    assert (stream.area, stream.unit, stream.lat) == ("Augsburg", "°C", 48.4254)


def test_missing_preliminary_and_start_of_interval(delivery):
    text = (
        "STATIONS_ID;MESS_DATUM;  QN;RWS_10;eor\n"
        "2559;202611221200;    2;   0.4;eor\n2559;202611221210;    3;  -999;eor\n"
        "2559;202611221220;    3;   0.0;eor\n2559;quatsch12345;    3;   0.0;eor\n"
    )
    body = archive("produkt_zehn_now_rr_20261122_20261122_02559.txt", text)
    batch = decode(delivery("dwd-station", body, "10minutenwerte_nieder_02559_now.zip"))
    assert batch.frame["time"].dt.strftime("%H:%M").tolist() == ["11:50", "12:10"]
    assert batch.frame["quality"].tolist() == [int(Quality.PRELIMINARY), 0]
    assert batch.datastreams[0].id == "weather/02559/precipitation-10min"
    assert batch.datastreams[0].thing_name == "Wetterstation Kempten"
    assert "Zeile 5" in batch.problems[0].where


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04", archive("a.txt", "b"), archive("c.csv", "")])
def test_other_archives_are_refused(delivery, body):
    with pytest.raises(DecodeError, match=r"beschädigt|keine Messreihe"):
        decode(delivery("dwd-station", body, "x.zip"))
