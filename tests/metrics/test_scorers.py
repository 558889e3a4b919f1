"""Scorers inside cross-validation and searches."""

import copy
import pickle

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.model_selection import (
    GridSearchCV,
    LearningCurveDisplay,
    ValidationCurveDisplay,
    cross_validate,
)

from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.metrics import (
    character_accuracy_scorer,
    length_accuracy_scorer,
    neg_character_error_rate_scorer,
    plate_accuracy_scorer,
    positional_character_accuracy_scorer,
)

matplotlib.use("Agg")

# The expected score of each scorer if "AB1X" is predicted for "AB12".
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
    """Recognizer that always predicts the same text."""

    def __init__(self, text="AB1X", number=0):
        self.text = text
        self.number = number

    def fit(self, X, y):
        self.fitted_ = True
        return self

    def predict(self, X):
        return np.asarray([self.text] * len(X), dtype=str)


def pickle_twice(scorer):
    return pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(scorer))))


@pytest.mark.parametrize(("scorer", "expected"), SCORERS.values(), ids=SCORERS)
def test_scorer_before_and_after_pickling(scorer, expected):
    recognizer = Constant().fit(X, Y)
    assert scorer(recognizer, X, Y) == expected
    assert pickle.loads(pickle.dumps(scorer))(recognizer, X, Y) == expected


def test_sample_weight_reaches_the_metric():
    y = np.array(["AB1X", "AB12"])
    assert plate_accuracy_scorer(Constant(), X[:2], y, sample_weight=[3, 1]) == 0.75


def test_multi_metric_cross_validation():
    scoring = {name: scorer for name, (scorer, _) in SCORERS.items()}
    results = cross_validate(Constant(), X, Y, cv=3, scoring=scoring)
    for name, (_, expected) in SCORERS.items():
        np.testing.assert_array_equal(results[f"test_{name}"], [expected] * 3)


@pytest.mark.slow
def test_multi_metric_search_in_workers():
    scoring = {"plate": plate_accuracy_scorer, "neg_cer": neg_character_error_rate_scorer}
    search = GridSearchCV(
        Constant(), {"text": ["", "AB1X", "AB12"]}, cv=2, scoring=scoring, refit="neg_cer", n_jobs=2
    ).fit(X, Y)
    assert search.best_params_ == {"text": "AB12"}
    assert search.cv_results_["mean_test_neg_cer"].tolist() == [-1.0, -0.25, 0.0]
    assert search.cv_results_["mean_test_plate"].tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("scorer", "name"),
    [
        (plate_accuracy_scorer, "Plate accuracy"),
        (length_accuracy_scorer, "Length accuracy"),
        (character_accuracy_scorer, "Character accuracy"),
        (positional_character_accuracy_scorer, "Positional character accuracy"),
        (neg_character_error_rate_scorer, "Negative character error rate"),
    ],
)
@pytest.mark.parametrize("duplicate", [lambda scorer: scorer, pickle_twice, copy.deepcopy])
def test_curve_displays_name_the_score(scorer, name, duplicate):
    scorer = duplicate(scorer)
    validation = ValidationCurveDisplay.from_estimator(
        Constant(), X, Y, param_name="number", param_range=[1, 2], scoring=scorer, cv=2
    )
    learning = LearningCurveDisplay.from_estimator(
        Constant(), X, Y, train_sizes=[0.5, 1.0], scoring=scorer, cv=2
    )
    assert validation.ax_.get_ylabel() == learning.ax_.get_ylabel() == name
    plt.close("all")
