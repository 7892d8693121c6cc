"""The promises of tests/benchmarks/alerts.py with few schools and wide limits."""

from benchmarks.parts.alerts import table, trials
from stadtlabor.klimaschule.alerts import rules
from stadtlabor.simulation.school_faults import FAULTS


def test_most_faults_are_found_and_few_alarms_are_false():
    done = trials(10, seed=3)
    found = table(done)
    assert found["injected"].sum() >= 10
    assert found["found"].sum() >= 0.8 * found["injected"].sum()
    assert found["false"].sum() <= 1.2 * len(done)


def test_there_is_a_fault_for_every_alert():
    assert set(FAULTS) == set(rules())
