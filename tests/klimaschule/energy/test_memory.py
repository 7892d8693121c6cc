import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtlabor.klimaschule.energy.memory import carried_on, remembered, unwhiten, whiten

DAYS = st.lists(st.integers(1, 5), min_size=4, max_size=20).map(
    lambda gaps: np.cumsum(gaps).astype(float)
)


@given(DAYS, st.floats(0, 0.9), st.integers(0, 99))
def test_remembered_is_the_dense_matrix(days: np.ndarray, memory: float, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(len(days), 3))
    dense = memory ** np.abs(days[:, None] - days[None, :])
    assert remembered(values, days, memory) == pytest.approx(dense @ values)


@given(DAYS, st.floats(0, 0.9), st.integers(0, 99))
def test_unwhiten_is_the_transpose(days: np.ndarray, memory: float, seed: int) -> None:
    part = np.random.default_rng(seed).uniform(0, 1, len(days))
    matrix = whiten(np.eye(len(days)), days, part, memory)
    assert unwhiten(np.eye(len(days)), days, part, memory) == pytest.approx(matrix.T)


@given(DAYS, st.floats(0, 0.9))
def test_whitening_takes_the_memory_out(days: np.ndarray, memory: float) -> None:
    part = np.ones(len(days))
    matrix = whiten(np.eye(len(days)), days, part, memory)
    dense = memory ** np.abs(days[:, None] - days[None, :])
    assert matrix @ dense @ matrix.T == pytest.approx(np.eye(len(days)), abs=1e-9)


@given(st.floats(0, 0.9), st.integers(1, 30))
def test_carried_on_is_the_recursion(memory: float, days: int) -> None:
    values = np.random.default_rng(days).normal(size=days)
    expected = values.copy()
    for day in range(1, days):
        expected[day] += memory * expected[day - 1]
    assert carried_on(values, memory) == pytest.approx(expected)
