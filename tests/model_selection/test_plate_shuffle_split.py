"""Random splits by plate number."""

import numpy as np
import pytest

from sklearn_lpr.model_selection import PlateShuffleSplit


@pytest.mark.parametrize(
    ("sizes", "n_train", "n_test"),
    [
        ({}, 16, 4),  # a fifth of 20 plates
        ({"test_size": 0.25}, 15, 5),
        ({"train_size": 0.25}, 5, 15),
        ({"test_size": 3, "train_size": 2}, 2, 3),
    ],
)
def test_sizes_count_plates(sizes, n_train, n_test, plates):
    X, y = plates
    for train, test in PlateShuffleSplit(3, random_state=0, **sizes).split(X, y):
        assert len(np.unique(y[train])) == n_train
        assert len(np.unique(y[test])) == n_test


def test_splits_depend_on_the_seed(plates):
    X, y = plates

    def tested(seed):
        splitter = PlateShuffleSplit(3, random_state=seed)
        return [test.tolist() for _, test in splitter.split(X, y)]

    assert tested(0) == tested(0) != tested(1)
    assert len({tuple(test) for test in tested(0)}) == 3


@pytest.mark.parametrize(
    ("y", "sizes", "message"),
    [
        (["A", "A"], {}, "Cannot split the 1 distinct plates in y: .* train set will be empty"),
        (["A", "A", "B"], {"test_size": 2}, "Cannot split the 2 distinct plates in y: test_size=2"),
    ],
)
def test_too_few_plates_is_an_error(y, sizes, message):
    with pytest.raises(ValueError, match=message):
        list(PlateShuffleSplit(**sizes).split(y, y))


def test_repr():
    assert " ".join(repr(PlateShuffleSplit()).split()) == (
        "PlateShuffleSplit(n_splits=10, random_state=None, test_size=None, train_size=None)"
    )
