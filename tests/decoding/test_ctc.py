"""Compare the probability of a text with a brute-force sum over all paths."""

import numpy as np
import pytest
from brute_force import random_log_proba, text_probabilities

from sklearn_lpr.decoding import text_log_probability
from sklearn_lpr.decoding._ctc import add_log, pad_texts, text_probability


@pytest.mark.parametrize(("n_time_steps", "n_symbols"), [(1, 2), (3, 3), (5, 3), (6, 2)])
def test_probability_of_every_text_equals_brute_force(n_time_steps, n_symbols):
    log_proba = random_log_proba(1, n_time_steps, n_symbols, seed=n_time_steps)
    expected = text_probabilities(log_proba[0])
    texts = list(expected)
    found = text_log_probability(
        np.repeat(log_proba, len(texts), axis=0), [np.array(text, int) for text in texts]
    )
    np.testing.assert_allclose(np.exp(found), list(expected.values()), rtol=1e-10)
    assert np.exp(found).sum() == pytest.approx(1)


def test_texts_of_different_lengths_in_a_batch_are_independent():
    log_proba = random_log_proba(4, 6, 4, seed=0)
    texts = [np.array(text, int) for text in ([], [1], [2, 2, 3], [1, 2, 1, 3])]
    together = text_log_probability(log_proba, texts)
    alone = [
        text_log_probability(sample[None], [text])[0]
        for sample, text in zip(log_proba, texts, strict=True)
    ]
    np.testing.assert_allclose(together, alone, rtol=1e-12)


@pytest.mark.parametrize("n_time_steps", [0, 1, 4, 7])
def test_probability_is_the_exponential_of_the_log_probability(n_time_steps):
    log_proba = random_log_proba(3, n_time_steps, 4, seed=n_time_steps)
    log_proba[1, 2:3] = -np.inf  # no symbol is possible
    log_proba[2, ::2, 1:] = -np.inf
    texts = [np.array(text, int) for text in ([], [1], [2, 2], [1, 2, 1, 3], [3, 1], [2])]
    samples = np.array([0, 2, 0, 0, 1, 2])
    found = text_probability(log_proba, samples, pad_texts(texts))
    np.testing.assert_allclose(
        found, np.exp(text_log_probability(log_proba[samples], texts)), rtol=1e-12
    )


@pytest.mark.parametrize("text", [[1, 2, 1], [1, 1]])
def test_text_that_needs_more_time_steps_is_impossible(text):
    log_proba = random_log_proba(1, 2, 3, seed=0)
    assert text_log_probability(log_proba, [np.array(text)])[0] == -np.inf


def test_certain_time_steps_with_infinite_logarithms_give_no_nan():
    with np.errstate(divide="ignore"):
        log_proba = np.log(np.array([[[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]]))
    assert text_log_probability(log_proba, [np.array([1, 1])])[0] == 0
    assert text_log_probability(log_proba, [np.array([1])])[0] == -np.inf


def test_no_samples_have_no_probabilities():
    assert text_log_probability(np.zeros((0, 4, 3)), []).shape == (0,)


def test_add_log_equals_logaddexp_and_keeps_its_arguments():
    a = np.array([-np.inf, -np.inf, 0.0, -1.0, -800.0, -1e4])
    b = np.array([-np.inf, -2.0, -np.inf, -1.0, -0.5, -1e4])
    before = a.copy(), b.copy()
    np.testing.assert_allclose(add_log(a, b), np.logaddexp(a, b), rtol=1e-15)
    np.testing.assert_array_equal((a, b), before)
