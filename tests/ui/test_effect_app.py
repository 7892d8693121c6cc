"""The app that measures an effect: what it finds, how it doubts, what it refuses."""

from __future__ import annotations

import datetime
import gzip
import io
import re
import zipfile

import numpy as np
import pandas as pd
import pytest

from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.store import Store
from stadtlabor.ui.effect import chance_percent
from stadtlabor.ui.effect_app import FILE, MOST_MB, EffectApp

pytestmark = pytest.mark.usefixtures("empty_home")


def give(app: EffectApp, body: bytes, name: str) -> None:
    """Hand a file to the app as a browser does."""
    app.source.value = FILE
    app.upload.value = (
        {
            "name": name, "type": "text/csv", "size": len(body), "content": memoryview(body),
            "last_modified": datetime.datetime.now(datetime.UTC),
        },
    )  # fmt: skip


def csv_of(app: EffectApp) -> bytes:
    """Return the example's counts as a file that staff may have."""
    frame = app.counts.flagged[["counter", "start", "pedestrians"]].copy()
    frame["start"] = frame["start"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    frame = frame.rename(columns={"counter": "location", "start": "timestamp",
                                  "pedestrians": "pedestrians_count"})  # fmt: skip
    return frame.to_csv(index=False).encode()


def test_the_example_finds_what_was_planted_and_says_that_it_is_one():
    app = EffectApp()
    assert "simuliert" in app.answer.value
    assert (percent := re.search(r"(\d+) % mehr Menschen", app.answer.value))
    assert abs(int(percent[1]) - 14) <= 4
    assert "Zufällig wären bis zu ±" in app.answer.value
    assert "Verglichen ist mit 5 anderen Zählstellen" in app.details.value
    for words in ("Was könnte es sonst gewesen sein?", "Placebo-Test", "ergänzt ist keine"):
        assert words in app.details.value
    assert "aria-label" in app.details.value


def test_where_nothing_was_planted_nothing_is_found():
    app = EffectApp()
    app.counter.value = "Bahnhofstraße"
    assert "Eine Wirkung ist nicht nachweisbar" in app.answer.value


def test_what_else_may_have_mattered_is_told_by_the_calendar():
    app = EffectApp()
    app.start.value, app.end.value = datetime.date(2026, 5, 11), datetime.date(2026, 5, 31)
    assert "Feiertage: 14.5.2026, 25.5.2026" in app.details.value  # Ascension, Whit Monday
    assert "Schulferien" in app.details.value
    assert "Das ist schon abgezogen" in app.details.value


def test_picture_and_sentence_agree():
    app = EffectApp()
    found = re.search(r"([\d.]+) Menschen am Tag, zu erwarten waren ([\d.]+)", app.details.value)
    counted, expected = (int(part.replace(".", "")) for part in found.groups())
    told = float(re.search(r"kamen ([\d,]+) % mehr", app.details.value)[1].replace(",", "."))
    assert 100 * (counted / expected - 1) == pytest.approx(told, abs=0.1)


def test_the_range_of_chance_is_that_of_the_interval():
    from stadtlabor.innenstadt import Effect

    effect = Effect(10.0, 0.0, 21.0, 0.04, 12.0, "donors", (), 100, "")
    assert chance_percent(effect) == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ((2026, 6, 28), (2026, 6, 12), "tauschen"),
        ((2025, 1, 5), (2025, 1, 9), "mindestens 120 Tage"),
        ((2030, 1, 5), (2030, 1, 9), "reichen vom 01.01.2025"),
        (None, (2026, 6, 12), "ersten und den letzten Tag"),
    ],
)
def test_a_period_that_cannot_be_measured_is_told(start, end, said):
    app = EffectApp()
    app.start.value = datetime.date(*start) if start else None
    app.end.value = datetime.date(*end)
    assert said in app.answer.value
    assert app.details.value == ""


def test_the_address_chooses(monkeypatch):
    monkeypatch.setenv("QUERY_STRING", "zaehler=Klostersteige&von=2026-05-04&bis=2026-05-10")
    app = EffectApp()
    assert "Klostersteige, 4.5.2026 bis 10.5.2026" in app.answer.value
    monkeypatch.setenv("QUERY_STRING", "zaehler=nirgends&von=gestern")
    assert "Fischerstraße, 12.6.2026" in EffectApp().answer.value


def test_a_file_of_ones_own_is_measured_the_same_way():
    app = EffectApp()
    body = csv_of(app)
    give(app, gzip.compress(body), "zaehlung.csv.gz")
    assert "Zeilen gelesen" in app.told.value
    app.counter.value = "Fischerstraße"
    app.start.value, app.end.value = datetime.date(2026, 6, 12), datetime.date(2026, 6, 28)
    assert re.search(r"1\d % mehr Menschen", app.answer.value)
    assert "simuliert" not in app.answer.value
    assert "zaehlung.csv.gz" in app.details.value


def test_refused_rows_of_a_file_are_named_and_counted():
    app = EffectApp()
    lines = csv_of(app).decode().splitlines()
    for n in range(10, 18):
        lines[n] = lines[n].rsplit(",", 1)[0] + ",viele"
    give(app, "\n".join(lines).encode(), "halb.csv")
    assert app.told.value.count("Zeile ") >= 5
    assert "Weitere Zeilen mit Fragen: 3" in app.told.value


@pytest.mark.parametrize("body", [b"", b"\x00\x01", b"a;b\n1;2\n", "Straße;Zahl\nx;y\n".encode()])
def test_a_file_that_is_no_count_is_refused_in_one_sentence(body):
    app = EffectApp()
    give(app, body, "urlaub.csv")
    assert "urlaub.csv" in app.answer.value
    assert "Traceback" not in app.answer.value
    assert app.details.value == ""


def test_a_file_too_large_is_refused_before_it_is_read():
    app = EffectApp()
    give(app, b"x" * (MOST_MB * 1_000_000 + 1), "gross.csv")
    assert "möglich sind 8 MB" in app.answer.value


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused():
    app = EffectApp()
    give(app, gzip.compress(b"0" * 30_000_000), "bombe.csv.gz")
    assert "bombe.csv.gz ist ausgepackt größer als 20 MB" in app.answer.value
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as sheet:
        sheet.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    give(app, packed.getvalue(), "bombe.xlsx")
    assert "bombe.xlsx ist ausgepackt größer" in app.answer.value
    give(app, gzip.compress(b"0" * 100)[:20], "halb.csv.gz")
    assert "halb.csv.gz" in app.answer.value
    assert "größer" not in app.answer.value


def arrive(home, days: int) -> None:
    """Store hours of one counter of the city."""
    end = pd.Timestamp("2026-11-01", tz="UTC")
    times = pd.date_range(end=end, periods=24 * days, freq="h")
    values = 100 + 80 * np.sin(times.hour * np.pi / 24)
    stream = Datastream("footfall/markt/hour", "Passanten", "pedestrians", "1", 3600, "Stadt",
                        "CC0", simulated=True, thing_name="Markt (erfunden)", area="Kempten",
                        lat=47.7, lon=10.3)  # fmt: skip
    store = Store(home / "store")
    store.write(Batch(observations(stream.id, times, values.round(), Quality.SIMULATED), [stream]))
    store.close()


def test_a_city_that_has_counted_long_enough_comes_first(empty_home):
    arrive(empty_home, 400)
    app = EffectApp()
    assert app.source.value == "Kempten"
    assert app.counter.options == ("Markt",)
    assert "Vergleich der Zählstelle mit sich selbst" in app.details.value
    assert "ohne Vergleichszähler" in app.details.value


def test_a_city_that_began_to_count_shows_the_example_first(empty_home):
    arrive(empty_home, 90)
    app = EffectApp()
    assert app.source.value == "beispiel"
    assert "wird noch keine 180 Tage gezählt" in app.told.value
    app.source.value = "Kempten"
    assert "mindestens 120 Tage" in app.answer.value
