"""The probability of a text against a sum over all paths, written out."""

from itertools import groupby, product

import numpy as np
import pytest

from sklearn_lpr.decoding import text_log_probability


def random_lattices(n_samples, n_columns, n_symbols, seed):
    logits = np.random.default_rng(seed).normal(0, 2, (n_samples, n_columns, n_symbols))
    return logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))


def collapse(path):
    return tuple(symbol for symbol, _ in groupby(path) if symbol)


def brute_force(lattice):
    """Give the probability of every text by adding up all paths."""
    texts = {}
    for path in product(range(lattice.shape[1]), repeat=lattice.shape[0]):
        probability = np.exp(sum(lattice[column, symbol] for column, symbol in enumerate(path)))
        texts[collapse(path)] = texts.get(collapse(path), 0) + probability
    return texts


@pytest.mark.parametrize(("n_columns", "n_symbols"), [(1, 2), (3, 3), (5, 3), (6, 2)])
def test_probability_of_every_text_equals_brute_force(n_columns, n_symbols):
    lattice = random_lattices(1, n_columns, n_symbols, seed=n_columns)
    expected = brute_force(lattice[0])
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
