"""Small lattices, and what they say of texts by writing out all paths."""

from functools import reduce
from itertools import groupby, product

import numpy as np


def random_lattices(n_samples, n_columns, n_symbols, seed):
    logits = np.random.default_rng(seed).normal(0, 2, (n_samples, n_columns, n_symbols))
    return logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))


def segment_lattice(segments, log_zero=-1e4):
    """Give a lattice as of separate characters: between them, columns are certain blanks."""
    lattice = np.full((2 * len(segments) - 1, len(segments[0])), log_zero)
    lattice[:, 0] = 0
    lattice[::2] = np.log(segments)
    return lattice


def collapse(path):
    return tuple(symbol for symbol, _ in groupby(path) if symbol)


def all_paths(lattice):
    """Give every path with its probability."""
    probabilities = reduce(np.multiply.outer, np.exp(lattice)).ravel().tolist()
    return zip(product(range(lattice.shape[1]), repeat=len(lattice)), probabilities, strict=True)


def text_probabilities(lattice):
    """Give the probability of every text by adding up all paths."""
    texts = {}
    for path, probability in all_paths(lattice):
        texts[collapse(path)] = texts.get(collapse(path), 0) + probability
    return texts


def encode(text, alphabet):
    return tuple(alphabet.index(character) + 1 for character in text)


def spell(symbols, alphabet):
    return "".join(alphabet[symbol - 1] for symbol in symbols if symbol)
