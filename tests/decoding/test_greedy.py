"""CTC best-path decoding of examples with known results."""

import numpy as np
import pytest
from sklearn.base import clone

from sklearn_lpr.decoding import EMPTY_PREDICTION, GreedyDecoder, text_log_probability


def log_proba_of(path, n_symbols=3, probability=0.9):
    """Return log-probabilities with the given best path."""
    proba = np.full((len(path), n_symbols), (1 - probability) / (n_symbols - 1))
    proba[np.arange(len(path)), path] = probability
    return np.log(proba)[None]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ([0, 0, 0, 0], ""),
        ([1, 1, 1, 1], "A"),
        ([0, 1, 1, 2], "AB"),
        ([1, 0, 1, 1], "AA"),
        ([1, 2, 1, 0], "ABA"),
        ([2, 0, 0, 2], "BB"),
    ],
)
def test_repeats_are_merged_and_blanks_separate(path, text):
    prediction = GreedyDecoder().decode(log_proba_of(path), "AB")[0]
    assert prediction.text == text
    assert len(prediction.character_confidences) == len(text)


def test_confidence_is_the_sum_over_paths():
    log_proba = log_proba_of([1, 0, 2])
    prediction = GreedyDecoder().decode(log_proba, "AB")[0]
    expected = float(np.exp(text_log_probability(log_proba, [np.array([1, 2])])[0]))
    assert prediction.confidence == pytest.approx(expected)
    assert prediction.candidates == ((prediction.text, prediction.confidence),)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("n_samples", "n_time_steps", "sharpness"),
    [(300, 9, 1), (5, 400, 1), (5, 400, 20), (40, 30, 100), (3, 1, 1)],
)
def test_confidence_equals_that_of_the_general_recursion(n_samples, n_time_steps, sharpness, dtype):
    logits = np.random.default_rng(0).normal(0, sharpness, (n_samples, n_time_steps, 4))
    log_proba = (logits - np.logaddexp.reduce(logits, axis=2, keepdims=True)).astype(dtype)
    log_proba[0, :, 2] = -np.inf  # a symbol that is impossible
    predictions = GreedyDecoder().decode(log_proba, "ABC")
    symbols = [
        np.array(["ABC".index(c) + 1 for c in prediction.text], int) for prediction in predictions
    ]
    expected = np.minimum(np.exp(text_log_probability(log_proba, symbols)), 1)
    expected[[not prediction.text for prediction in predictions]] = 0
    found = [prediction.confidence for prediction in predictions]
    np.testing.assert_allclose(found, expected, rtol=1e-4 if dtype == np.float32 else 1e-9)


def test_a_time_step_where_all_symbols_are_impossible_is_no_error():
    log_proba = log_proba_of([1, 2, 1])
    log_proba[0, 1] = -np.inf
    assert GreedyDecoder().decode(log_proba, "AB")[0].confidence == 0


def test_character_confidence_is_the_peak_of_its_run_and_ignores_blanks():
    proba = np.array([[[0.2, 0.8], [0.4, 0.6], [0.99, 0.01], [0.3, 0.7]]])
    prediction = GreedyDecoder().decode(np.log(proba), "A")[0]
    assert prediction.text == "AA"
    assert prediction.character_confidences == pytest.approx((0.8, 0.7))


def test_empty_text_has_no_confidence():
    assert GreedyDecoder().decode(log_proba_of([0, 0]), "AB")[0] == EMPTY_PREDICTION
    assert EMPTY_PREDICTION.confidence == 0


def test_confidences_never_exceed_one():
    log_proba = np.array([[[-20.0, 1e-7], [-20.0, 1e-7]]], np.float32)
    prediction = GreedyDecoder().decode(log_proba, "A")[0]
    assert prediction.confidence == 1
    assert prediction.character_confidences == (1,)


def test_batch_equals_one_by_one():
    log_proba = np.log(np.random.default_rng(0).dirichlet(np.ones(4), (20, 9)))
    together = GreedyDecoder().decode(log_proba, "ABC")
    for sample, prediction in zip(log_proba, together, strict=True):
        alone = GreedyDecoder().decode(sample[None], "ABC")[0]
        assert alone.text == prediction.text
        assert alone.confidence == pytest.approx(prediction.confidence, rel=1e-12)


def test_decoder_can_be_cloned():
    assert isinstance(clone(GreedyDecoder()), GreedyDecoder)
