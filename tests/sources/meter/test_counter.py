import pytest

from stadtlabor.sources import SourceError, meter
from stadtlabor.sources.meter import Form, Question

HEAD = "Datum;Zählerstand [kWh];Bemerkung"
FALL = ("01.01.2025;51230;", "01.02.2025;52100;", "01.03.2025;53010;", "01.04.2025;820;")


def values(reading):
    return reading.data["value"].tolist()


def test_differences_between_readings(read):
    reading = read(HEAD, "01.01.2025;51230;", "01.02.2025;52100;geschätzt", "03.03.2025;53010,5;")
    assert values(reading) == [870, 910.5]
    assert reading.data["provenance"].tolist() == ["estimated", "estimated"]
    assert reading.data["start"].iloc[0].isoformat() == "2024-12-31T23:00:00+00:00"
    assert reading.data["end"].iloc[0] == reading.data["start"].iloc[1]
    assert reading.step_s == 0


def test_register_runs_through_zero(read):
    reading = read(
        HEAD, "01.01.2025;97230;", "01.02.2025;98100;", "01.03.2025;99010;", "01.04.2025;99900;",
        "01.05.2025;820;",
    )  # fmt: skip
    assert values(reading)[-1] == 920
    assert "durch null gelaufen (99900 → 820)" in reading.report.repaired[0].what


def test_unexplained_fall_is_asked_and_each_answer_counts(read):
    with pytest.raises(Question, match=r"Zeile 5: Warum fällt der Zählerstand") as asked:
        read(HEAD, *FALL)
    answers = {
        o.tag: values(read(HEAD, *FALL, form=Form().answered(o))) for o in asked.value.options
    }
    assert answers == {
        "zaehler-wechsel": [870, 910],
        "zaehler-ueberlauf": [870, 910, 100_000 - 53_010 + 820],
        "zaehler-fehler": [870, 910],
    }
    named = read(HEAD, *FALL, name="schule.electricity.zaehler-wechsel.csv")
    assert values(named) == [870, 910]


def test_swap_with_both_states(read):
    reading = read(
        "Datum;Zählerstand;Ausbaustand;Einbaustand;Einheit",
        "01.01.2025;51230;;;kWh", "15.02.2025;;52500;3;kWh", "01.03.2025;403;;;kWh",
    )  # fmt: skip
    assert values(reading) == [1270, 400]
    assert not reading.report.gaps


def test_swap_in_a_remark_leaves_a_gap(read):
    reading = read(HEAD, *FALL[:3], "01.04.2025;12;Zählerwechsel", "01.05.2025;700;")
    assert values(reading) == [870, 910, 688]
    assert len(reading.report.gaps) == 1
    assert "Ausbaustand und Einbaustand nachtragen" in reading.report.repaired[0].remedy


def test_new_number_is_a_new_meter(read):
    reading = read(
        "Datum;Zählernummer;Zählerstand [kWh]", "01.01.2025;A1;51230", "01.02.2025;A1;52100",
        "01.02.2025;B2;3", "01.03.2025;B2;900",
    )  # fmt: skip
    assert [(t.meter, t.value) for t in reading.report.totals] == [("A1", 870), ("B2", 897)]


def test_slip_of_the_pen_is_refused_and_the_sum_stays(read):
    reading = read(
        HEAD, "01.01.2025;51230;", "01.02.2025;521000;", "01.03.2025;53010;", "01.04.2025;53900;",
    )  # fmt: skip
    assert values(reading) == [1780, 890]
    assert "Zeile 3" in reading.report.rejected[0].where


def test_two_readings_that_refute_each_other_leave_the_time_between_in_doubt(read):
    reading = read(HEAD, "01.01.2025;0;", "01.02.2025;194;", "01.03.2025;0;", "01.04.2025;880;")
    assert values(reading) == [880]
    refused = " ".join(p.where for p in reading.report.rejected)
    assert "Zeile 3" in refused
    assert "Zeile 4" in refused
    (doubt,) = (p for p in reading.report.doubtful if "Zeile 5" in p.where)
    assert "vielleicht wurde der Zähler gewechselt" in doubt.what


def test_several_counters_side_by_side(read):
    reading = read(
        "Datum;Zählerstand Strom [kWh];Zählerstand Wasser [m³]",
        "01.01.2025;100;10", "01.02.2025;150;12", name="schule.csv",
    )  # fmt: skip
    assert [(t.meter, t.medium, t.value, t.unit) for t in reading.report.totals] == [
        ("Strom", "electricity", 50, "kWh"),
        ("Wasser", "water", 2, "m³"),
    ]


def test_one_reading_is_no_consumption(read):
    with pytest.raises(SourceError, match=r"Zeile 2.*zweite eintragen"):
        read(HEAD, "01.01.2025;51230;")


def test_states_under_another_name_are_asked(read):
    days = [f"{d:02d}.01.2025;{50_000 + 30 * d}" for d in range(1, 20)]
    with pytest.raises(Question, match="Zählerstände oder Verbräuche") as asked:
        read("Datum;Wert [kWh]", *days)
    counter, consumption = (Form().answered(o) for o in asked.value.options)
    assert sum(values(read("Datum;Wert [kWh]", *days, form=counter))) == 18 * 30
    assert len(read("Datum;Wert [kWh]", *days, form=consumption).data) == 19


def test_store_gets_days_with_the_same_sum(delivery):
    text = f"{HEAD}\n01.03.2026;1000;\n01.04.2026;1743;\n"
    batch = meter.parse(delivery("meter", text, "beispiel-gymnasium.electricity.csv"))
    assert len(batch.frame) == 31
    assert batch.frame["value"].sum() == pytest.approx(743)
    # The day of the clock change has 23 of 743 hours.
    assert batch.frame["value"].min() == pytest.approx(23)
    assert batch.datastreams[0].interval_s == 86_400


def test_mixed_up_dates_are_refused(read):
    days = ["01.05.2023", "02.03.2023", "03.05.2023", "04.04.2023", "05.03.2023", "06.05.2023",
            "07.02.2023"]  # fmt: skip
    with pytest.raises(SourceError, match=r"Zeile \d.*Tag und Monat vertauscht"):
        read(HEAD, *(f"{d};{9000 + 100 * n};" for n, d in enumerate(days)))


def test_one_date_out_of_order_is_told(read):
    reading = read(HEAD, "01.01.2025;100;", "01.02.2026;200;", "01.03.2025;200;", "01.04.2025;300;")
    assert any("Zeile 3" in p.where and "Reihenfolge" in p.what for p in reading.report.doubtful)


def test_several_states_of_nought_are_told(read):
    dates = [f"01.{month:02}.2023" for month in range(1, 7)]
    states = [0, 0, 0, 637, 1306, 1980]
    rows = [f"{day};{state}" for day, state in zip(dates, states, strict=True)]
    reading = read("Datum;Zählerstand [kWh]", *rows, "")
    told = [p.where for p in reading.report.doubtful if "mehrmals 0" in p.what]
    assert [where.split("Zeile ")[1].split(",")[0] for where in told] == ["2", "3", "4"]
