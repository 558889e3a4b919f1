"""Detector and recognizers with fixed results, and photos for them."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.images import box_corners
from sklearn_lpr.preprocessing import PlateCropper

# Plates of 12 x 4 pixels, one below the other.
QUADS = np.stack([box_corners(10, 10 + 20 * place, 12, 4) for place in range(3)])
SCORES = np.array([0.9, 0.8, 0.7])


class CountingDetector(BaseEstimator):
    """Find as many plates as the first pixel says, and count the photos."""

    def __init__(self, log=None):
        self.log = log

    def detect_all(self, X):
        if self.log is not None:
            self.log.extend(X)
        return [(QUADS[: photo.flat[0]], SCORES[: photo.flat[0]]) for photo in X]

    def detect(self, X):
        return [corners[0] if len(corners) else None for corners, _ in self.detect_all(X)]


class LevelRecognizer(RecognizerMixin, BaseEstimator):
    """Predict the letter whose place in the alphabet is the median grey level, Z from level 25."""

    def fit(self, X, y):
        return self

    def __sklearn_is_fitted__(self):
        return True

    def read(self, X):
        check_is_fitted(self)
        levels = [int(np.median(crop)) for crop in X]
        return [PlateReading("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[min(level, 25)], 0.5) for level in levels]


def photo_with(levels):
    """Return a photo with a plate for each level, noise around them."""
    photo = np.random.default_rng(0).integers(100, 200, (70, 40, 3), dtype=np.uint8)
    photo[0, 0] = len(levels)
    for quad, level in zip(QUADS, levels, strict=False):
        left, top, right, bottom = (*quad[0].astype(int), *quad[2].astype(int))
        photo[top:bottom, left:right] = level
        photo[top, left] = 255  # a plate of one colour is blank
    return photo


def make_recognizer(log=None, recognizer=None, **params):
    params = {"locate": "detect", "detector": CountingDetector(log), **params}
    return make_pipeline(PlateCropper(**params), recognizer or LevelRecognizer())


RECOGNIZER = make_recognizer()
