"""Maps from confidence to probability, against independent fits and by hand."""

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
EVERY = pytest.mark.parametrize("method", sorted(FITS))


def drawn(n_outcomes, temperature, random_state=0):
    rng = np.random.default_rng(random_state)
    score = rng.normal(2, 2, n_outcomes)
    right = rng.random(n_outcomes) < expit(score / temperature)
    weight = rng.integers(1, 4, n_outcomes).astype(float)
    return np.column_stack([expit(score), right, weight])


def reference(outcomes, fit_intercept):
    """Fit by scikit-learn: each outcome is right and wrong, weighted by Platt's target."""
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
def test_logistic_maps_are_the_most_likely_ones(method, intercept, n_outcomes):
    outcomes = drawn(n_outcomes, 2.0)
    found = fit_map(FITS[method], outcomes)
    np.testing.assert_allclose(
        (found.slope, found.intercept), reference(outcomes, intercept), rtol=1e-3, atol=1e-4
    )


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_temperature_is_found_again(temperature):
    found = fit_map(FITS["temperature"], drawn(20_000, temperature))
    assert found.intercept == 0
    assert found.temperature == pytest.approx(temperature, rel=0.05)


def test_temperature_by_hand():
    half = LogisticMap(slope=0.5)
    # odds of 9 : 1 become 3 : 1
    np.testing.assert_allclose(half(np.array([0.9, 0.5, 0.1])), [0.75, 0.5, 0.25])
    assert half.temperature == 2


@pytest.mark.parametrize("exponent", [0.4, 1.0, 3.0])
def test_exponent_is_found_again(exponent):
    rng = np.random.default_rng(0)
    confidence = rng.random(20_000)
    right = rng.random(20_000) < confidence**exponent
    found = fit_map(FITS["power"], np.column_stack([confidence, right, np.ones(20_000)]))
    assert found.exponent == pytest.approx(exponent, rel=0.05)


def test_exponent_by_hand():
    # All confidences are equal: with 2 of 4 right, targets 3/4 and 1/4, probability is one half.
    outcomes = [(0.9, right, 1.0) for right in (True, False, True, False)]
    found = fit_map(FITS["power"], outcomes)
    assert found.exponent == pytest.approx(np.log(0.5) / np.log(0.9), rel=1e-5)
    np.testing.assert_allclose(PowerMap(2.0)(np.array([0.0, 0.5, 1.0])), [0, 0.25, 1])


def test_isotonic_steps_by_hand():
    outcomes = [(0.1, False, 1.0), (0.2, True, 1.0), (0.3, False, 1.0), (0.9, True, 1.0)]
    found = fit_map(FITS["isotonic"], outcomes)(np.array([0.0, 0.1, 0.2, 0.3, 0.6, 0.9, 1.0]))
    np.testing.assert_allclose(found, [0, 0, 0.5, 0.5, 0.75, 1, 1], atol=2e-6)
    assert (np.diff(found) > 0).all()


@EVERY
def test_nothing_to_learn_from_changes_nothing(method):
    confidence = np.array([0.0, 0.2, 1.0])
    for outcomes in ([], [(0.9, False, 0.0)]):
        np.testing.assert_allclose(
            fit_map(FITS[method], outcomes)(confidence), confidence, atol=1e-11
        )


@EVERY
def test_weights_count_outcomes(method):
    outcomes = drawn(60, 2.0)
    repeated = np.repeat(outcomes, outcomes[:, 2].astype(int), axis=0)
    repeated[:, 2] = 1
    x = np.linspace(0, 1, 21)
    np.testing.assert_allclose(
        fit_map(FITS[method], outcomes)(x), fit_map(FITS[method], repeated)(x), rtol=1e-3, atol=1e-4
    )


@pytest.mark.parametrize("method", ["power", "temperature", "sigmoid"])
def test_few_right_readings_make_nothing_certain(method):
    # Ten of ten right: Platt's target is 11 / 12.
    found = fit_map(FITS[method], [(0.9 + index / 200, True, 1.0) for index in range(10)])
    probabilities = found(np.array([0.9, 0.945]))
    assert (probabilities > 0.85).all()
    assert (probabilities < 0.95).all()


def test_sigmoid_learns_that_all_is_wrong():
    found = fit_map(FITS["sigmoid"], [(0.9 + index / 200, False, 1.0) for index in range(10)])
    assert found(np.array([0.92])).item() == pytest.approx(1 / 12, rel=0.05)


@EVERY
def test_an_order_that_is_wrong_is_not_turned_around(method):
    outcomes = [(index / 100, index < 50, 1.0) for index in range(1, 100)]
    found = fit_map(FITS[method], outcomes)(np.array([0.1, 0.5, 0.9]))
    assert (np.diff(found) > 0).all()


@EVERY
@given(
    outcomes=st.lists(
        st.tuples(st.floats(0, 1), st.booleans(), st.sampled_from([0.5, 1.0, 3.0])), max_size=12
    ),
    asked=st.lists(st.integers(0, 1000), min_size=2, max_size=10, unique=True),
)
def test_order_is_kept_and_probabilities_are_given(method, outcomes, asked):
    found = fit_map(FITS[method], outcomes)(np.sort(asked) / 1000)
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) >= 0).all()
    if method == "isotonic":
        assert (np.diff(found) > 0).all()


def test_maps_can_be_looked_at():
    assert repr(LogisticMap(0.5, 1.0)) == "LogisticMap(slope=0.5, intercept=1.0)"
    assert isinstance(fit_map(FITS["isotonic"], [(0.5, True, 1.0)]), IsotonicMap)
