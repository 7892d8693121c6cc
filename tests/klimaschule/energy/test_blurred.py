import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtlabor.klimaschule.energy.blurred import blurred_hinge, blurred_variance


def test_it_is_the_mean_of_many_throws() -> None:
    throws = np.maximum(0, np.array([[-20.0], [0.0], [15.0]]) + 12 * _normal())
    x = np.array([-20.0, 0.0, 15.0])
    assert blurred_hinge(x, 12.0)[0] == pytest.approx(throws.mean(axis=1), abs=0.1)
    assert blurred_variance(x, 12.0) == pytest.approx(throws.var(axis=1), rel=0.03)


def _normal() -> np.ndarray:
    return np.random.default_rng(1).normal(size=200_000)


@given(st.floats(-50, 50), st.floats(0.5, 20))
def test_derivatives(x: float, sd: float) -> None:
    at, step = np.array([x]), 1e-4
    _, by_x, by_sd = blurred_hinge(at, sd)
    steps_x = (blurred_hinge(at + step, sd)[0] - blurred_hinge(at - step, sd)[0]) / (2 * step)
    steps_sd = (blurred_hinge(at, sd + step)[0] - blurred_hinge(at, sd - step)[0]) / (2 * step)
    assert by_x == pytest.approx(steps_x, abs=1e-5)
    assert by_sd == pytest.approx(steps_sd, abs=1e-5)


@given(st.floats(-50, 50), st.floats(0.5, 20))
def test_far_from_the_bend_it_is_sharp_and_never_below(x: float, sd: float) -> None:
    mean = blurred_hinge(np.array([x]), sd)[0][0]
    assert mean >= max(0.0, x) - 1e-9
    if abs(x) > 6 * sd:
        assert mean == pytest.approx(max(0.0, x), abs=1e-6 * sd)
