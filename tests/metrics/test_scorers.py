"""Scorers inside cross-validation and searches."""

import pickle

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.model_selection import GridSearchCV, cross_validate

from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.metrics import (
    character_accuracy_scorer,
    length_accuracy_scorer,
    neg_character_error_rate_scorer,
    plate_accuracy_scorer,
    positional_character_accuracy_scorer,
)

# "AB12" read as "AB1X": the expected score of each scorer.
SCORERS = {
    "plate": (plate_accuracy_scorer, 0.0),
    "length": (length_accuracy_scorer, 1.0),
    "character": (character_accuracy_scorer, 0.75),
    "positional": (positional_character_accuracy_scorer, 0.75),
    "neg_cer": (neg_character_error_rate_scorer, -0.25),
}
X = np.zeros((6, 4, 4, 1), np.uint8)
Y = np.array(["AB12"] * 6)


class Constant(RecognizerMixin, BaseEstimator):
    """Reads the same everywhere."""

    def __init__(self, text="AB1X"):
        self.text = text

    def fit(self, X, y):
        self.fitted_ = True
        return self

    def predict(self, X):
        return np.asarray([self.text] * len(X), dtype=str)


@pytest.mark.parametrize(("scorer", "expected"), SCORERS.values(), ids=SCORERS)
def test_scorer_also_after_pickling(scorer, expected):
    reader = Constant().fit(X, Y)
    assert scorer(reader, X, Y) == expected
    assert pickle.loads(pickle.dumps(scorer))(reader, X, Y) == expected


def test_sample_weight_reaches_the_metric():
    y = np.array(["AB1X", "AB12"])
    assert plate_accuracy_scorer(Constant(), X[:2], y, sample_weight=[3, 1]) == 0.75


def test_multi_metric_cross_validation():
    scoring = {name: scorer for name, (scorer, _) in SCORERS.items()}
    results = cross_validate(Constant(), X, Y, cv=3, scoring=scoring)
    for name, (_, expected) in SCORERS.items():
        np.testing.assert_array_equal(results[f"test_{name}"], [expected] * 3)


def test_multi_metric_search_in_workers():
    scoring = {"plate": plate_accuracy_scorer, "neg_cer": neg_character_error_rate_scorer}
    search = GridSearchCV(
        Constant(), {"text": ["", "AB1X", "AB12"]}, cv=2, scoring=scoring, refit="neg_cer", n_jobs=2
    ).fit(X, Y)
    assert search.best_params_ == {"text": "AB12"}
    assert search.cv_results_["mean_test_neg_cer"].tolist() == [-1.0, -0.25, 0.0]
    assert search.cv_results_["mean_test_plate"].tolist() == [0.0, 0.0, 1.0]
