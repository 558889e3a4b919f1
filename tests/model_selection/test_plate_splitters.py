"""Common behaviour of both splitters: no plate is on both sides."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import BaseEstimator
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.model_selection import (
    GridSearchCV,
    cross_val_predict,
    cross_validate,
    learning_curve,
)

from sklearn_lpr.base import RecognizerMixin
from sklearn_lpr.metrics import plate_accuracy_scorer
from sklearn_lpr.model_selection import PlateKFold, PlateShuffleSplit

SPLITTERS = [
    PlateKFold(n_splits=4),
    PlateKFold(n_splits=4, shuffle=True, random_state=0),
    PlateShuffleSplit(n_splits=4, test_size=0.3, random_state=0),
]
by_splitter = pytest.mark.parametrize("splitter", SPLITTERS, ids=repr)


class Memorizer(RecognizerMixin, BaseEstimator):
    """Recognizer that memorizes the texts of training plates by their first pixel."""

    def __init__(self, unknown="?"):
        self.unknown = unknown

    def fit(self, X, y):
        self.seen_ = {int(x.flat[0]): text for x, text in zip(X, y, strict=True)}
        return self

    def predict(self, X):
        return np.asarray([self.seen_.get(int(x.flat[0]), self.unknown) for x in X], dtype=str)


def numbered(y):
    """Return images whose first pixel is the number of their plate."""
    return np.unique(y, return_inverse=True)[1].astype(np.uint8).reshape(-1, 1, 1, 1)


@by_splitter
def test_no_plate_is_on_both_sides(splitter, plates):
    X, y = plates
    splits = list(splitter.split(X, y))
    assert len(splits) == splitter.get_n_splits() == splitter.get_n_splits(X, y, None) == 4
    for train, test in splits:
        assert len(train) > 0
        assert len(test) > 0
        assert not set(y[train]) & set(y[test])
        assert sorted([*train, *test]) == list(range(len(y)))


@by_splitter
def test_two_unicode_forms_are_one_plate(splitter):
    y = ["\u00c51", "A\u030a1"] * 4 + ["B2", "C3", "D4"]
    for _, test in splitter.split(y, y):
        assert sum(index < 8 for index in test) in (0, 8)


@by_splitter
def test_groups_and_plates_both_stay_together(splitter):
    # A and B occur in track 0, B and C in track 1: the three plates cannot be separated.
    y = np.array(["A", "B", "B", "C", "D", "D", "E", "F", "G", "H"])
    track = np.array([0, 0, 1, 1, 2, 3, 4, 5, 6, 7])
    for train, test in splitter.split(y, y, track):
        assert not set(y[train]) & set(y[test])
        assert not set(track[train]) & set(track[test])
        assert sum(bool({"A", "B", "C"} & set(y[side])) for side in (train, test)) == 1


@by_splitter
def test_groups_of_single_samples_have_no_effect(splitter, plates):
    X, y = plates
    for (train, test), (train_too, test_too) in zip(
        splitter.split(X, y), splitter.split(X, y, np.arange(len(y))), strict=True
    ):
        np.testing.assert_array_equal(train, train_too)
        np.testing.assert_array_equal(test, test_too)


@by_splitter
@pytest.mark.parametrize("container", [list, tuple, pd.Series, lambda y: pd.Series(y, y)])
def test_containers(splitter, container, plates):
    X, y = plates
    for expected, given in zip(
        splitter.split(X, y, y), splitter.split(list(X), container(y), container(y)), strict=True
    ):
        np.testing.assert_array_equal(expected[0], given[0])
        np.testing.assert_array_equal(expected[1], given[1])


def test_groups_of_mixed_types():
    y = ["A", "B", "C"]
    # The number 1 and the text "1" are two groups.
    assert len(list(PlateKFold(3).split(y, y, [1, "1", (2, 3)]))) == 3


@by_splitter
@pytest.mark.parametrize(
    ("y", "groups", "message"),
    [
        (None, None, "y is None: the texts of the plates are required"),
        (["A", "B", 3, "D"], None, r"y\[2\] is 3 of type int"),
        (["A", "B", "", "D"], None, r"y\[2\] is an empty text"),
        (["A", "B", "C"], None, r"inconsistent numbers of samples: \[4, 3\]"),
        (["A", "B", "C", "D"], [0, 1], r"inconsistent numbers of samples: \[4, 4, 2\]"),
        (["A", "B", "C", "D"], [0, None, 1, 2], r"groups\[1\] is None"),
        (["A", "B", "C", "D"], [0, 1, np.nan, 2], r"groups\[2\] is nan"),
        (["A", "B", "C", "D"], np.zeros((4, 1)), r"groups has shape \(4, 1\)"),
    ],
)
def test_invalid_arguments_are_an_error(splitter, y, groups, message):
    with pytest.raises(ValueError, match=message):
        list(splitter.split(np.zeros(4), y, groups))


@by_splitter
def test_cross_validation_reveals_memorization(splitter, plates):
    _, y = plates
    X = numbered(y)
    # A random split rewards memorization; a grouped split does not.
    assert cross_validate(Memorizer(), X, y, cv=4)["test_score"].min() > 0.5
    assert cross_validate(Memorizer(), X, y, cv=splitter)["test_score"].max() == 0.0


@by_splitter
def test_nested_cross_validation(splitter, plates):
    _, y = plates
    search = GridSearchCV(
        Memorizer(), {"unknown": ["?", "!"]}, cv=splitter, scoring=plate_accuracy_scorer
    )
    results = cross_validate(search, numbered(y), y, cv=splitter, return_estimator=True)
    assert results["test_score"].tolist() == [0.0] * 4
    assert [e.best_score_ for e in results["estimator"]] == [0.0] * 4


@by_splitter
def test_learning_curve(splitter, plates):
    _, y = plates
    _, _, scores = learning_curve(Memorizer(), numbered(y), y, cv=splitter, train_sizes=[0.5, 1.0])
    assert scores.shape == (2, 4)
    assert scores.max() == 0.0


def test_cross_val_predict(plates):
    _, y = plates
    assert set(cross_val_predict(Memorizer(), numbered(y), y, cv=PlateKFold(3))) == {"?"}


@by_splitter
@pytest.mark.parametrize("enabled", [False, True])
def test_metadata_routing_is_not_needed(splitter, enabled, plates):
    _, y = plates
    search = GridSearchCV(Memorizer(), {"unknown": ["?", "!"]}, cv=splitter)
    with sklearn.config_context(enable_metadata_routing=enabled):
        results = cross_validate(search, numbered(y), y, cv=splitter, params={})
    assert results["test_score"].tolist() == [0.0] * 4


@by_splitter
def test_groups_are_routed_only_on_request(splitter, plates):
    _, y = plates
    splitter = pickle.loads(pickle.dumps(splitter))
    with sklearn.config_context(enable_metadata_routing=True):
        with pytest.raises(UnsetMetadataPassedError, match="groups"):
            cross_validate(Memorizer(), numbered(y), y, cv=splitter, params={"groups": y})
        splitter.set_split_request(groups=True)
        with pytest.raises(ValueError, match=r"groups\[0\] is None"):
            cross_validate(
                Memorizer(), numbered(y), y, cv=splitter, params={"groups": [None] * len(y)}
            )
        cross_validate(Memorizer(), numbered(y), y, cv=splitter, params={"groups": y})


@by_splitter
def test_pickling_keeps_the_splits(splitter, plates):
    X, y = plates
    copy = pickle.loads(pickle.dumps(splitter))
    assert repr(copy) == repr(splitter)
    for ours, theirs in zip(splitter.split(X, y), copy.split(X, y), strict=True):
        np.testing.assert_array_equal(ours[1], theirs[1])
