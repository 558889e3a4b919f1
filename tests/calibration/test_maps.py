"""Tests of calibration maps against independent fits and known results."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from sklearn_lpr.calibration._maps import (
    CHARACTER_MAPS,
    PLATE_MAPS,
    IsotonicMap,
    LogisticMap,
    PowerMap,
    fit_map,
)

FITS = {**CHARACTER_MAPS, "power": PLATE_MAPS["temperature"]}
all_methods = pytest.mark.parametrize("method", sorted(FITS))


def draw_outcomes(n_outcomes, temperature, random_state=0):
    rng = np.random.default_rng(random_state)
    score = rng.normal(2, 2, n_outcomes)
    right = rng.random(n_outcomes) < expit(score / temperature)
    weight = rng.integers(1, 4, n_outcomes).astype(float)
    return np.column_stack([expit(score), right, weight])


def reference(outcomes, fit_intercept):
    """Fit with scikit-learn: each outcome is both correct and wrong, weighted by Platt's target."""
    confidence, right, weight = outcomes.T
    n_right, n_wrong = weight @ right, weight @ (1 - right)
    target = np.where(right > 0, (n_right + 1) / (n_right + 2), 1 / (n_wrong + 2))
    found = LogisticRegression(C=1e9, fit_intercept=fit_intercept, tol=1e-10, max_iter=1000).fit(
        np.tile(logit(confidence), 2)[:, np.newaxis],
        np.repeat([1, 0], len(outcomes)),
        np.concatenate([weight * target, weight * (1 - target)]),
    )
    return found.coef_.item(), np.ravel(found.intercept_)[0]


@pytest.mark.parametrize(("method", "intercept"), [("temperature", False), ("sigmoid", True)])
@pytest.mark.parametrize("n_outcomes", [12, 400])
def test_logistic_maps_maximize_the_likelihood(method, intercept, n_outcomes):
    outcomes = draw_outcomes(n_outcomes, 2.0)
    found = fit_map(FITS[method], outcomes)
    np.testing.assert_allclose(
        (found.slope, found.intercept), reference(outcomes, intercept), rtol=1e-3, atol=1e-4
    )


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_temperature_is_recovered(temperature):
    found = fit_map(FITS["temperature"], draw_outcomes(20_000, temperature))
    assert found.intercept == 0
    assert found.temperature == pytest.approx(temperature, rel=0.05)


def test_known_temperature():
    half = LogisticMap(slope=0.5)
    # Odds of 9 : 1 become 3 : 1.
    np.testing.assert_allclose(half(np.array([0.9, 0.5, 0.1])), [0.75, 0.5, 0.25])
    assert half.temperature == 2


@pytest.mark.parametrize("exponent", [0.4, 1.0, 3.0])
def test_exponent_is_recovered(exponent):
    rng = np.random.default_rng(0)
    confidence = rng.random(20_000)
    right = rng.random(20_000) < confidence**exponent
    found = fit_map(FITS["power"], np.column_stack([confidence, right, np.ones(20_000)]))
    assert found.exponent == pytest.approx(exponent, rel=0.05)


def test_known_exponent():
    # All confidences are equal. With 2 of 4 correct and targets of 3/4 and 1/4 the mean is 1/2.
    outcomes = [(0.9, right, 1.0) for right in (True, False, True, False)]
    found = fit_map(FITS["power"], outcomes)
    assert found.exponent == pytest.approx(np.log(0.5) / np.log(0.9), rel=1e-5)
    np.testing.assert_allclose(PowerMap(2.0)(np.array([0.0, 0.5, 1.0])), [0, 0.25, 1])


def test_known_isotonic_steps():
    outcomes = [(0.1, False, 1.0), (0.2, True, 1.0), (0.3, False, 1.0), (0.9, True, 1.0)]
    found = fit_map(FITS["isotonic"], outcomes)(np.array([0.0, 0.1, 0.2, 0.3, 0.6, 0.9, 1.0]))
    np.testing.assert_allclose(found, [0, 0, 0.5, 0.5, 0.75, 1, 1], atol=2e-6)
    assert (np.diff(found) > 0).all()


@all_methods
def test_without_outcomes_the_map_is_the_identity(method):
    confidence = np.array([0.0, 0.2, 1.0])
    for outcomes in ([], [(0.9, False, 0.0)]):
        np.testing.assert_allclose(
            fit_map(FITS[method], outcomes)(confidence), confidence, atol=1e-11
        )


@all_methods
def test_weights_are_counts(method):
    outcomes = draw_outcomes(60, 2.0)
    repeated = np.repeat(outcomes, outcomes[:, 2].astype(int), axis=0)
    repeated[:, 2] = 1
    x = np.linspace(0, 1, 21)
    np.testing.assert_allclose(
        fit_map(FITS[method], outcomes)(x), fit_map(FITS[method], repeated)(x), rtol=1e-3, atol=1e-4
    )


@pytest.mark.parametrize("method", ["power", "temperature", "sigmoid"])
def test_few_correct_predictions_do_not_give_certainty(method):
    # Ten of ten are correct: Platt's target is 11 / 12.
    found = fit_map(FITS[method], [(0.9 + index / 200, True, 1.0) for index in range(10)])
    probabilities = found(np.array([0.9, 0.945]))
    assert (probabilities > 0.85).all()
    assert (probabilities < 0.95).all()


def test_sigmoid_of_wrong_predictions():
    found = fit_map(FITS["sigmoid"], [(0.9 + index / 200, False, 1.0) for index in range(10)])
    assert found(np.array([0.92])).item() == pytest.approx(1 / 12, rel=0.05)


@all_methods
def test_maps_increase_even_if_the_order_is_wrong(method):
    outcomes = [(index / 100, index < 50, 1.0) for index in range(1, 100)]
    found = fit_map(FITS[method], outcomes)(np.array([0.1, 0.5, 0.9]))
    assert (np.diff(found) > 0).all()


@all_methods
@given(
    outcomes=st.lists(
        st.tuples(st.floats(0, 1), st.booleans(), st.sampled_from([0.5, 1.0, 3.0])), max_size=12
    ),
    confidences=st.lists(st.integers(0, 1000), min_size=2, max_size=10, unique=True),
)
def test_maps_are_monotone_probabilities(method, outcomes, confidences):
    found = fit_map(FITS[method], outcomes)(np.sort(confidences) / 1000)
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) >= 0).all()
    if method == "isotonic":
        assert (np.diff(found) > 0).all()


def test_repr():
    assert repr(LogisticMap(0.5, 1.0)) == "LogisticMap(slope=0.5, intercept=1.0)"
    assert isinstance(fit_map(FITS["isotonic"], [(0.5, True, 1.0)]), IsotonicMap)
