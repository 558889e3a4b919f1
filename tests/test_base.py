"""Tests of RecognizerMixin."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import BaseEstimator, is_classifier, is_regressor
from sklearn.model_selection import KFold, check_cv, cross_val_score
from sklearn.utils import get_tags

from sklearn_lpr.base import RecognizerMixin

X = np.zeros((4, 2, 2, 1), np.uint8)
READINGS = [("AB1", 0.9), ("", 0.0), ("ABC12345", 0.5), ("C", 0.25)]


class Fixed(RecognizerMixin, BaseEstimator):
    """Predict four fixed texts, and count the calls."""

    def fit(self, X, y):
        return self

    def read(self, X):
        self.n_reads_ = getattr(self, "n_reads_", 0) + 1
        return [SimpleNamespace(text=t, confidence=c) for t, c in READINGS[: len(X)]]


def test_predict_does_not_truncate_texts():
    texts = Fixed().predict(X)
    assert texts.dtype.kind == "U"
    assert texts.tolist() == ["AB1", "", "ABC12345", "C"]


def test_predict_of_empty_texts_has_dtype_str():
    class Blind(Fixed):
        def read(self, X):
            return [SimpleNamespace(text="", confidence=0.0) for _ in X]

    assert Blind().predict(X).dtype.kind == "U"


def test_score_samples_returns_confidences():
    assert Fixed().score_samples(X).tolist() == [0.9, 0.0, 0.5, 0.25]


def test_score_is_exact_match():
    y = ["AB1", "", "ABC12346", "Ж"]  # a character that is never predicted is an error
    assert Fixed().score(X, y) == 0.5
    assert Fixed().score(X, y, sample_weight=[1, 0, 2, 1]) == 0.25


@pytest.mark.parametrize(
    ("y", "weight", "message"),
    [
        (["A", "B", "C", None], None, r"y\[3\] is None"),
        (None, None, "y is None"),
        (["A", "B", "C"], None, r"inconsistent numbers of samples: \[4, 3\]"),
        (["A", "B", "C", "D"], [1.0], r"inconsistent numbers of samples: \[4, 4, 1\]"),
        (["A", "B", "C", "D"], [1.0, 2.0, -1.0, 1.0], "Negative values in data passed to"),
    ],
)
def test_score_validates_before_predicting(y, weight, message):
    recognizer = Fixed()
    with pytest.raises(ValueError, match=message):
        recognizer.score(X, y, sample_weight=weight)
    assert not hasattr(recognizer, "n_reads_")


def test_score_compares_normalized_texts():
    class Decomposed(Fixed):
        def read(self, X):
            return [SimpleNamespace(text="A\u030aB1", confidence=0.9) for _ in X]

    # A letter and its ring are one character in the form NFC, as in the metrics.
    assert Decomposed().score(X, ["\u00c5B1", "A\u030aB1", "AB1", "B1"]) == 0.5


def test_read_is_abstract():
    class Unfinished(RecognizerMixin, BaseEstimator):
        pass

    with pytest.raises(NotImplementedError):
        Unfinished().predict(X)


def test_tags():
    tags = get_tags(Fixed())
    assert tags.estimator_type is None
    assert tags.target_tags.required
    assert not tags.input_tags.two_d_array


def test_cross_validation_does_not_stratify():
    recognizer = Fixed()
    assert not is_classifier(recognizer)
    assert not is_regressor(recognizer)
    assert isinstance(check_cv(2, ["A", "B"], classifier=is_classifier(recognizer)), KFold)
    y = ["AB1", "", "AB1", "X"]  # each text once or twice, too few to stratify
    assert cross_val_score(recognizer, X, y, cv=2).tolist() == [1.0, 0.5]
