"""Fixtures of the displays: figures without a window, recognizers without a network."""

from collections.abc import Callable, Iterator

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin

from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.images import check_images

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def figures() -> Iterator[None]:
    """Close the figures after each test."""
    yield
    plt.close("all")


class Shade(RecognizerMixin, BaseEstimator):
    """Recognizer that predicts "A" and a tenth of the brightest pixel, with it as confidence."""

    alphabet_ = "AB"

    def __init__(self):
        self.n_read = 0

    def fit(self, X, y=None):
        return self

    def read(self, X):
        values = [int(sample.pixels().max()) for sample in check_images(X)]
        self.n_read += len(values)
        return [PlateReading(f"A{value // 10}", value / 255) for value in values]

    def log_proba(self, X):
        return np.log(np.array([[[0.1, 0.8, 0.1], [0.6, 0.3, 0.1], [0.2, 0.1, 0.7]]] * len(X)))

    def __sklearn_is_fitted__(self):
        return True


class Darken(TransformerMixin, BaseEstimator):
    """Transformer that halves all pixels."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.stack([sample.pixels() for sample in check_images(X)]) // 2

    def __sklearn_is_fitted__(self):
        return True


@pytest.fixture
def recognizer() -> Shade:
    """Return a recognizer that needs no training."""
    return Shade()


@pytest.fixture
def darken() -> Darken:
    """Return a transformer for pipelines."""
    return Darken()


@pytest.fixture
def shades() -> Callable[..., np.ndarray]:
    """Return a function that creates plates of given brightness."""

    def make(*values: int) -> np.ndarray:
        plates = np.zeros((len(values), 24, 94, 3), np.uint8)
        for plate, value in zip(plates, values, strict=True):
            plate[6:18, 10:84] = value
        return plates

    return make
