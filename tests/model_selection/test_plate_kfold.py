"""K-fold cross-validation by plate number."""

import numpy as np
import pytest

from sklearn_lpr.model_selection import PlateKFold


@pytest.mark.parametrize("shuffle", [False, True])
def test_each_image_is_in_one_test_set(shuffle, plates):
    X, y = plates
    tested = np.concatenate([test for _, test in PlateKFold(3, shuffle=shuffle).split(X, y)])
    assert sorted(tested) == list(range(len(y)))


def test_folds_have_equal_sizes():
    y = ["A"] * 6 + ["B"] * 3 + ["C"] * 2 + ["D"]
    # The frequent plate is alone, the three others are together.
    sizes = [len(test) for _, test in PlateKFold(2).split(y, y)]
    assert sizes == [6, 6]


def test_shuffling_depends_on_the_seed(plates):
    X, y = plates

    def tested(**parameters):
        return [test.tolist() for _, test in PlateKFold(3, **parameters).split(X, y)]

    first = tested(shuffle=True, random_state=0)
    assert first == tested(shuffle=True, random_state=0)
    assert first != tested(shuffle=True, random_state=1)
    assert first != tested()


def test_the_folds_of_a_plate_do_not_depend_on_the_order_of_samples(plates):
    X, y = plates
    splitter = PlateKFold(3, shuffle=True, random_state=0)
    folds = [set(y[test]) for _, test in splitter.split(X, y)]
    assert folds == [set(np.sort(y)[test]) for _, test in splitter.split(X, np.sort(y))]


def test_more_folds_than_plates_is_an_error():
    y = ["A", "A", "A", "B"]
    with pytest.raises(ValueError, match="n_splits=3 is more than the 2 distinct plates"):
        PlateKFold(3).split(y, y)


def test_more_folds_than_groups_is_an_error():
    y = ["A", "B", "C", "D"]
    with pytest.raises(ValueError, match="n_splits=3 is more than the 2 sets of plates"):
        PlateKFold(3).split(y, y, [0, 0, 1, 1])


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"n_splits": 1}, ValueError, "n_splits=1"),
        ({"n_splits": 2.5}, ValueError, "Integral"),
        ({"shuffle": "yes"}, TypeError, "shuffle"),
        ({"random_state": 0}, ValueError, "random_state"),  # has no effect without shuffle
    ],
)
def test_invalid_parameters_are_an_error(parameters, error, message):
    with pytest.raises(error, match=message):
        PlateKFold(**parameters)


def test_repr():
    assert repr(PlateKFold()) == "PlateKFold(n_splits=5, random_state=None, shuffle=False)"


def test_groups_may_be_tuples():
    y = ["A1", "B2", "C3", "D4"]
    groups = [("gate", 1), ("gate", 2), ("gate", 1), ("yard", 1)]
    folds = [test.tolist() for _, test in PlateKFold(3).split(y, y, groups)]
    assert sorted(folds) == [[0, 2], [1], [3]]
    with pytest.raises(ValueError, match=r"groups has shape \(4, 2\)"):
        next(PlateKFold(3).split(y, y, [list(group) for group in groups]))
