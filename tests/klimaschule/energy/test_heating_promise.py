"""The promises of tests/benchmarks/heating.py with few schools and wide limits."""

from benchmarks.parts.heated import summary, trials, weather


def test_simulated_schools_keep_the_promises() -> None:
    found = summary(trials(120, weather(None)))
    assert found["balance_k"] < 0.3
    assert found["slope_percent"] < 3
    assert found["baseline_percent"] < 4
    for what in ("balance", "slope", "baseline", "saving", "no_saving"):
        assert 81 <= found[f"{what}_held"] <= 98, what
    assert 86 <= found["days_held"] <= 93
    assert found["found"] >= 72
    assert found["false_saved"] <= 12
    assert found["false_more"] <= 12
