import pytest

from stadtlabor.sources import SourceError, meter
from stadtlabor.sources.meter import Form, Question

UK = Form("Europe/London", day_first=True, unit="kWh")

# Each of the real files: what it gives, or the sentence.
FEEDS = {
    "amr_data_row-per-day_valid.csv": 901.889,
    "amr_data_row-per-reading_valid.csv": 1272.1,
    "amr_upload_data_files_banes-example-file.csv": 1114.429,
    "amr_data_row-per-day_duplicate-rows.csv": (
        r"^amr\S+ Keine Zeile.*, Zeile 2: Zum 12\.11\.2018 stehen verschiedene Tageszeilen in der "
        r"Datei\. Bitte entscheiden"
    ),
    "amr_data_row-per-day_incomplete-row.csv": (
        r"^amr\S+ Die Datei enthält keine Werte.*, Zeile 2: Die Zeile hat 3 statt 51 Felder\. Bitte"
    ),
}


@pytest.mark.parametrize("name", FEEDS)
def test_real_feeds(shared_data, name):
    path = shared_data / "klimaschule" / "energy-sparks-feed-fixtures" / name
    expected = FEEDS[name]
    if isinstance(expected, str):
        with pytest.raises(SourceError, match=expected):
            meter.read(path, UK)
    else:
        reading = meter.read(path, UK)
        assert reading.data["value"].sum() == pytest.approx(expected, abs=0.001)
        assert sum(t.value for t in reading.report.totals) == pytest.approx(expected, abs=0.001)


def test_report_is_for_people(read):
    reading = read(
        "Zeit (Ortszeit);Verbrauch [kWh]",
        *(f"05.01.2026 {h:02d}:00;{'x' if h == 3 else '1000,5'}" for h in range(24)),
    )
    text = str(reading.report)
    assert "eine Zeile je Wert, alle 60 Minuten" in text
    assert "Dezimalzeichen: Komma" in text
    assert "Strom: 23.011,5 kWh" in text
    assert "Zeile 5, Spalte „Verbrauch [kWh]“: „x“ ist keine Zahl. Bitte diese Zeile" in text
    assert "Von 05.01.2026 03:00 bis 05.01.2026 04:00 fehlt ein Wert" in text
    page = reading._repr_html_()
    assert page == reading.report._repr_html_()
    assert "<td>23.011,5 kWh</td><td>05.01.2026 bis 06.01.2026</td>" in page


def test_names_of_meters_cannot_inject(read):
    lines = [f"<b>x</b>;05.01.2026 {h:02d}:00;1,5" for h in range(3)]
    assert "<b>x" not in read("Zähler;Zeit (Ortszeit);Verbrauch [kWh]", *lines)._repr_html_()


def test_questions_are_typed(read):
    lines = ("Zeit (Ortszeit);Verbrauch", *(f"05.01.2026 {h:02d}:00;1,5" for h in range(3)))
    with pytest.raises(Question) as asked:
        read(*lines)
    question = asked.value
    assert question.question == "In welcher Einheit stehen die Werte der Spalte „Verbrauch“?"
    assert str(question).startswith("schule.electricity.csv: In welcher Einheit")
    option = question.options[0]
    assert (option.label, option.tag, option.answer) == ("kWh", "einheit-kwh", {"unit": "kWh"})
    assert read(*lines, form=Form().answered(option)).data["value"].sum() == 4.5
    assert read(*lines, name="s.electricity.einheit-kwh.csv").data["value"].sum() == 4.5


def test_yield_and_consumption_in_one_file(read):
    lines = [f"05.01.2026 {h:02d}:00;{h % 3 + 1},5;0,5" for h in range(24)]
    reading = read("Zeit (Ortszeit);Bezug [kWh];Einspeisung [kWh]", *lines)
    totals = {t.medium: t.value for t in reading.report.totals}
    assert totals == {"electricity": 60.0, "feed_in": 12.0}


def test_more_broken_than_sound_is_refused(read):
    lines = [f"05.01.2026 {h:02d}:00;{'x' if h % 4 else '1,5'}" for h in range(24)]
    with pytest.raises(SourceError, match=r"Mehr Zeilen sind unbrauchbar \(18\).*Zeile 3"):
        read("Zeit (Ortszeit);Verbrauch [kWh]", *lines)


def test_absurd_value_does_not_count(read):
    lines = [f"05.01.2026 {h:02d}:00;{99999999 if h == 5 else 12},5" for h in range(24)]
    reading = read("Zeit (Ortszeit);Verbrauch [kWh]", *lines)
    assert reading.data["value"].max() == 12.5
    assert "mehr als das 50-Fache" in reading.report.rejected[0].what
