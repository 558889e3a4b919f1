"""Recognizers that need no network."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.decoding import NOTHING_READ, PlateReading


class Fixed(RecognizerMixin, BaseEstimator):
    """Read the texts that were given, by the number in each picture's first pixel."""

    def __init__(self, texts=("AB1",), confidence=0.5):
        self.texts = texts
        self.confidence = confidence

    def fit(self, X, y, sample_weight=None):
        self.fitted_with_ = list(y), sample_weight
        return self

    def read(self, X):
        check_is_fitted(self)
        return [reading(self.texts[int(image.flat[0])], self.confidence) for image in X]


def reading(text, confidence=0.5, *, candidates=None):
    """Make a reading that is as sure of its characters as of the whole."""
    if not text:
        return NOTHING_READ
    candidates = ((text, confidence),) if candidates is None else candidates
    return PlateReading(text, confidence, (confidence,) * len(text), candidates)


def numbered(n_samples):
    """Make pictures whose first pixel is their index; none is blank."""
    images = np.full((n_samples, 4, 8, 1), 255, np.uint8)
    images[:, 0, 0, 0] = np.arange(n_samples)
    return images
