"""Compare the positions of characters with those on the best of all paths."""

from itertools import pairwise

import numpy as np
import pytest
from brute_force import all_paths, collapse, random_log_proba, segment_log_proba

from sklearn_lpr.decoding._character_positions import character_peaks
from sklearn_lpr.decoding._ctc import pad_texts
from sklearn_lpr.decoding._greedy import best_paths


def peaks_by_hand(log_proba, text):
    _, path = max((p, path) for path, p in all_paths(log_proba) if collapse(path) == text)
    starts = [c for c, (a, b) in enumerate(pairwise((None, *path))) if a != b]
    ends = [*starts[1:], len(path)]
    return [
        log_proba[start:end, path[start]].max()
        for start, end in zip(starts, ends, strict=True)
        if path[start]
    ]


@pytest.mark.parametrize("text", [(1,), (1, 2), (1, 1), (2, 1, 2), (1, 2, 2)])
def test_peaks_are_those_of_the_best_path(text):
    log_proba = random_log_proba(10, 5, 3, seed=len(text))
    found = character_peaks(log_proba, np.repeat(np.array([text]), 10, axis=0))
    for sample, peaks in zip(log_proba, found, strict=True):
        np.testing.assert_allclose(peaks, peaks_by_hand(sample, text), rtol=1e-12)


def test_texts_of_different_lengths_are_independent():
    log_proba = random_log_proba(3, 6, 3, seed=0)
    texts = [np.array(text, dtype=int) for text in ([1, 2, 1], [], [2])]
    together = character_peaks(log_proba, pad_texts(texts))
    assert (together[1] == -np.inf).all()
    for sample, text, peaks in zip(log_proba, texts, together, strict=True):
        alone = character_peaks(sample[None], pad_texts([text]))[0]
        np.testing.assert_array_equal(peaks[: len(text)], alone)


def test_greedy_text_has_greedy_confidences():
    log_proba = random_log_proba(50, 12, 6, seed=3)
    texts, confidences = best_paths(log_proba)
    peaks = np.exp(character_peaks(log_proba, pad_texts(texts)))
    for found, text, expected in zip(peaks, texts, confidences, strict=True):
        np.testing.assert_allclose(found[: len(text)], expected, rtol=1e-12)


def test_surplus_segment_does_not_count():
    segments = [[0.1, 0.8, 0.1], [0.3, 0.6, 0.1], [0.1, 0.2, 0.7]]
    peaks = character_peaks(segment_log_proba(segments)[None], np.array([[1, 2]]))
    np.testing.assert_allclose(np.exp(peaks), [[0.8, 0.7]])
