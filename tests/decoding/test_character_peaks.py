"""Where characters stand, against the best of all paths."""

from itertools import pairwise

import numpy as np
import pytest
from lattices import all_paths, collapse, random_lattices, segment_lattice

from sklearn_lpr.decoding._alignment import character_peaks
from sklearn_lpr.decoding._ctc import pad_texts
from sklearn_lpr.decoding._greedy import best_paths


def peaks_by_hand(lattice, text):
    _, path = max((p, path) for path, p in all_paths(lattice) if collapse(path) == text)
    starts = [c for c, (a, b) in enumerate(pairwise((None, *path))) if a != b]
    ends = [*starts[1:], len(path)]
    return [
        lattice[start:end, path[start]].max()
        for start, end in zip(starts, ends, strict=True)
        if path[start]
    ]


@pytest.mark.parametrize("text", [(1,), (1, 2), (1, 1), (2, 1, 2), (1, 2, 2)])
def test_peaks_are_those_of_the_best_path(text):
    lattices = random_lattices(10, 5, 3, seed=len(text))
    found = character_peaks(lattices, np.repeat(np.array([text]), 10, axis=0))
    for lattice, peaks in zip(lattices, found, strict=True):
        np.testing.assert_allclose(peaks, peaks_by_hand(lattice, text), rtol=1e-12)


def test_texts_of_different_length_do_not_disturb_each_other():
    lattices = random_lattices(3, 6, 3, seed=0)
    texts = [np.array(text, dtype=int) for text in ([1, 2, 1], [], [2])]
    together = character_peaks(lattices, pad_texts(texts))
    assert (together[1] == -np.inf).all()
    for lattice, text, peaks in zip(lattices, texts, together, strict=True):
        alone = character_peaks(lattice[None], pad_texts([text]))[0]
        np.testing.assert_array_equal(peaks[: len(text)], alone)


def test_greedy_text_has_greedy_confidences():
    lattices = random_lattices(50, 12, 6, seed=3)
    texts, confidences = best_paths(lattices)
    peaks = np.exp(character_peaks(lattices, pad_texts(texts)))
    for found, text, expected in zip(peaks, texts, confidences, strict=True):
        np.testing.assert_allclose(found[: len(text)], expected, rtol=1e-12)


def test_surplus_segment_does_not_count():
    segments = [[0.1, 0.8, 0.1], [0.3, 0.6, 0.1], [0.1, 0.2, 0.7]]
    peaks = character_peaks(segment_lattice(segments)[None], np.array([[1, 2]]))
    np.testing.assert_allclose(np.exp(peaks), [[0.8, 0.7]])
