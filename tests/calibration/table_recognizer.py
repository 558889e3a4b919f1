"""Recognizers whose predictions are the rows of a table; samples are row numbers."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.images import SampleError


class TableRecognizer(RecognizerMixin, BaseEstimator):
    """Predict by a table, and store the training data and the largest batch."""

    def __init__(self, table=(), bad_row=None):
        self.table = table
        self.bad_row = bad_row

    def fit(self, X, y, sample_weight=None, hint=None):
        for index, row in enumerate(X):
            if row == self.bad_row:
                raise SampleError(index, "it is bad.")
        self.seen_ = {int(row): str(text) for row, text in zip(X, y, strict=True)}
        self.weight_ = None if sample_weight is None else list(sample_weight)
        self.hint_ = hint
        self.largest_batch_ = 0
        return self

    def read(self, X):
        check_is_fitted(self)
        self.largest_batch_ = max(self.largest_batch_, len(X))
        return [self.table[int(row)] for row in X]


class MemorizingRecognizer(TableRecognizer):
    """Predict the plates of the training data without an error."""

    def read(self, X):
        return [
            PlateReading(self.seen_[int(row)], 1.0) if int(row) in self.seen_ else predicted
            for row, predicted in zip(X, super().read(X), strict=True)
        ]


class InterruptedRecognizer(TableRecognizer):
    """A recognizer whose fit to 60 plates is interrupted."""

    def fit(self, X, y):
        if len(X) == 60:
            raise KeyboardInterrupt
        return super().fit(X, y)


def check_interruption(meta, rows, texts, fitted_before):
    """Check that a fit that is interrupted after those of the folds changes no attribute."""

    def fitted_attributes():
        return {name: value for name, value in vars(meta).items() if name.endswith("_")}

    if fitted_before:
        meta.fit(rows, texts)
    before = fitted_attributes()
    meta.set_params(estimator=InterruptedRecognizer(meta.estimator.table))
    with pytest.raises(KeyboardInterrupt):
        meta.fit(rows[:60], texts[:60])
    assert fitted_attributes() == before
    assert bool(fitted_attributes()) == fitted_before


def prediction(text, confidence, characters=None, candidates=None):
    """Return a prediction. By default its characters have the confidence of the text."""
    return PlateReading(
        text,
        confidence,
        (confidence,) * len(text) if characters is None else characters,
        ((text, confidence),) if candidates is None else candidates,
    )


def draw_predictions(n_plates, random_state):
    """Return a table of overconfident predictions, and the true texts.

    The error rate is three times as high as expected from the confidences. A wrong prediction
    has one wrong character.
    """
    rng = np.random.default_rng(random_state)
    probability = rng.beta(3, 1, n_plates)
    correct = rng.random(n_plates) < probability
    confidence = probability ** (1 / 3)
    texts = np.array([f"P{index:05}" for index in range(n_plates)])
    table = [
        prediction(text if exact else f"X{text[1:]}", float(each))
        for text, exact, each in zip(texts.tolist(), correct, confidence, strict=True)
    ]
    return table, texts
