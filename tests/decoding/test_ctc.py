"""The probability of a text against a sum over all paths, written out."""

import numpy as np
import pytest
from lattices import random_lattices, text_probabilities

from sklearn_lpr.decoding import text_log_probability
from sklearn_lpr.decoding._ctc import add_log


@pytest.mark.parametrize(("n_columns", "n_symbols"), [(1, 2), (3, 3), (5, 3), (6, 2)])
def test_probability_of_every_text_equals_brute_force(n_columns, n_symbols):
    lattice = random_lattices(1, n_columns, n_symbols, seed=n_columns)
    expected = text_probabilities(lattice[0])
    texts = list(expected)
    found = text_log_probability(
        np.repeat(lattice, len(texts), axis=0), [np.array(text, int) for text in texts]
    )
    np.testing.assert_allclose(np.exp(found), list(expected.values()), rtol=1e-10)
    assert np.exp(found).sum() == pytest.approx(1)


def test_texts_of_different_length_in_one_batch_do_not_disturb_each_other():
    lattices = random_lattices(4, 6, 4, seed=0)
    texts = [np.array(text, int) for text in ([], [1], [2, 2, 3], [1, 2, 1, 3])]
    together = text_log_probability(lattices, texts)
    alone = [
        text_log_probability(lattice[None], [text])[0]
        for lattice, text in zip(lattices, texts, strict=True)
    ]
    np.testing.assert_allclose(together, alone, rtol=1e-12)


@pytest.mark.parametrize("text", [[1, 2, 1], [1, 1]])
def test_text_that_needs_more_columns_is_impossible(text):
    lattice = random_lattices(1, 2, 3, seed=0)
    assert text_log_probability(lattice, [np.array(text)])[0] == -np.inf


def test_certain_columns_with_infinite_logarithms_give_no_nan():
    with np.errstate(divide="ignore"):
        lattice = np.log(np.array([[[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]]))
    assert text_log_probability(lattice, [np.array([1, 1])])[0] == 0
    assert text_log_probability(lattice, [np.array([1])])[0] == -np.inf


def test_no_lattice_gives_no_probability():
    assert text_log_probability(np.zeros((0, 4, 3)), []).shape == (0,)


def test_add_log_equals_logaddexp_and_leaves_its_arguments():
    a = np.array([-np.inf, -np.inf, 0.0, -1.0, -800.0, -1e4])
    b = np.array([-np.inf, -2.0, -np.inf, -1.0, -0.5, -1e4])
    before = a.copy(), b.copy()
    np.testing.assert_allclose(add_log(a, b), np.logaddexp(a, b), rtol=1e-15)
    np.testing.assert_array_equal((a, b), before)
