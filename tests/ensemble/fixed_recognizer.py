"""Recognizer with fixed predictions, and images for it."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.decoding import EMPTY_PREDICTION, PlateReading


class FixedRecognizer(RecognizerMixin, BaseEstimator):
    """Predict one of several fixed texts, by the value of the first pixel of an image."""

    def __init__(self, texts=("AB1",), confidence=0.5):
        self.texts = texts
        self.confidence = confidence

    def fit(self, X, y, sample_weight=None):
        self.fitted_with_ = list(y), sample_weight
        return self

    def read(self, X):
        check_is_fitted(self)
        return [prediction(self.texts[int(image.flat[0])], self.confidence) for image in X]


def prediction(text, confidence=0.5, *, candidates=None):
    """Return a prediction whose characters have the confidence of the whole text."""
    if not text:
        return EMPTY_PREDICTION
    candidates = ((text, confidence),) if candidates is None else candidates
    return PlateReading(text, confidence, (confidence,) * len(text), candidates)


def numbered_images(n_samples):
    """Return images whose first pixel is their index; none of them is blank."""
    images = np.full((n_samples, 4, 8, 1), 255, np.uint8)
    images[:, 0, 0, 0] = np.arange(n_samples)
    return images
