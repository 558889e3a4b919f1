"""Small log-probabilities and brute-force sums over all their paths."""

from functools import reduce
from itertools import groupby, product

import numpy as np


def random_log_proba(n_samples, n_time_steps, n_symbols, seed):
    logits = np.random.default_rng(seed).normal(0, 2, (n_samples, n_time_steps, n_symbols))
    return logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))


def segment_log_proba(segments, log_zero=-1e4):
    """Return log-probabilities of separate characters, with a certain blank between them."""
    log_proba = np.full((2 * len(segments) - 1, len(segments[0])), log_zero)
    log_proba[:, 0] = 0
    log_proba[::2] = np.log(segments)
    return log_proba


def collapse(path):
    return tuple(symbol for symbol, _ in groupby(path) if symbol)


def all_paths(log_proba):
    """Yield every path with its probability."""
    probabilities = reduce(np.multiply.outer, np.exp(log_proba)).ravel().tolist()
    n_time_steps, n_symbols = log_proba.shape
    return zip(product(range(n_symbols), repeat=n_time_steps), probabilities, strict=True)


def text_probabilities(log_proba):
    """Return the probability of every text, summed over all paths."""
    texts = {}
    for path, probability in all_paths(log_proba):
        texts[collapse(path)] = texts.get(collapse(path), 0) + probability
    return texts


def encode(text, alphabet):
    return tuple(alphabet.index(character) + 1 for character in text)


def spell(symbols, alphabet):
    return "".join(alphabet[symbol - 1] for symbol in symbols if symbol)
