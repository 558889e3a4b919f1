"""Test on one data set after the other."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import cross_validate

from sklearn_lpr.model_selection import LeaveOneDatasetOut

Y = np.array(["A", "B", "C", "D", "E", "F", "G"])
SETS = ["x", "x", "x", "y", "y", "z", "z"]
SPLITS = ["training", "validation", "testing", "training", "testing", "", ""]


def folds(*args, y=Y, **kwargs):
    return [
        ("".join(y[train]), "".join(y[test]))
        for train, test in LeaveOneDatasetOut(*args).split(y, y, **kwargs)
    ]


def test_whole_data_sets():
    assert folds(SETS) == [("DEFG", "ABC"), ("ABCFG", "DE"), ("ABCDE", "FG")]


def test_official_test_splits_are_tested_and_never_trained_on():
    assert folds(SETS, SPLITS) == [("DFG", "C"), ("ABFG", "E"), ("ABD", "FG")]


def test_order_is_that_of_the_first_samples():
    assert folds(SETS[::-1])[0] == ("CDEFG", "AB")


def test_test_plates_are_left_out_of_training():
    y = np.array(["A", "B", "C", "D", "E", "C", "A"])
    # C is tested on x and D, E on y. Without test splits, z holds C and A.
    assert folds(SETS, SPLITS, y=y) == [("DA", "C"), ("ABCA", "E"), ("BD", "CA")]


def test_groups_are_kept_together():
    groups = [0, 1, 2, 3, 4, 2, 6]
    assert folds(SETS, SPLITS, groups=groups)[0] == ("DG", "C")


@pytest.mark.parametrize("container", [list, np.array, pd.Series, lambda v: pd.Series(v, Y)])
def test_containers(container):
    assert folds(container(SETS), container(SPLITS)) == folds(SETS, SPLITS)


def test_in_cross_validate():
    cv = clone(LeaveOneDatasetOut(SETS, SPLITS), safe=False)
    assert cv.get_n_splits() == cv.get_n_splits(Y, Y) == 3
    for routing in (False, True):
        with sklearn.config_context(enable_metadata_routing=routing):
            scores = cross_validate(DummyClassifier(), np.zeros((7, 1)), Y, cv=cv, params={})
    assert scores["test_score"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("args", "y", "message"),
    [
        ((SETS,), None, "y is None"),
        ((SETS[:6],), Y, "data_set has 6 names for 7 samples"),
        ((["x"] * 7,), Y, "data_set names 1 data set; at least 2"),
        ((["x"] * 6 + [None],), Y, r"data_set\[6\] is None"),
        ((SETS, SPLITS[:6]), Y, r"official_split has shape \(6,\) for 7 samples"),
        ((SETS, ["train", *SPLITS[1:]]), Y, r"official_split\[0\] is 'train'"),
        ((SETS, [*SPLITS[:6], np.nan]), Y, r"official_split\[6\] is nan"),
        ((SETS, ["testing"] * 7), Y, "Nothing is left to train on if the data set 'x'"),
    ],
)
def test_errors(args, y, message):
    with pytest.raises(ValueError, match=message):
        LeaveOneDatasetOut(*args).split(Y, y)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_missing_splits_are_named(missing):
    splits = np.array(["training", "testing", missing, "training"], dtype=object)
    with pytest.raises(ValueError, match=r"official_split\[2\] is .*; it must be one of"):
        next(
            LeaveOneDatasetOut(["a", "a", "b", "b"], splits).split(
                ["A", "B", "C", "D"], ["A", "B", "C", "D"]
            )
        )
