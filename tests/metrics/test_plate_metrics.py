"""Plate metrics, and invalid arguments of every metric."""

import numpy as np
import pytest

from sklearn_lpr.metrics import (
    character_accuracy_score,
    character_error_rate,
    length_accuracy_score,
    plate_accuracy_score,
    positional_character_accuracy_score,
)

METRICS = [
    character_accuracy_score,
    character_error_rate,
    length_accuracy_score,
    plate_accuracy_score,
    positional_character_accuracy_score,
]


def test_plate_accuracy_counts_exact_texts():
    true = ["AB123", "CD456", "EF789", "GH012"]
    predicted = ["AB123", "CD45", "", "gh012"]
    assert plate_accuracy_score(true, predicted) == 0.25
    assert plate_accuracy_score(true, predicted, sample_weight=[3, 1, 1, 1]) == 0.5


def test_length_accuracy_counts_equal_lengths():
    true = ["AB123", "CD456", "EF789", ""]
    predicted = ["XXXXX", "CD45", "", ""]
    assert length_accuracy_score(true, predicted) == 0.5
    assert length_accuracy_score(true, predicted, sample_weight=[0, 1, 1, 2]) == 0.5


def test_longer_predictions_are_not_truncated_to_the_dtype_of_the_true_texts():
    true = np.array(["AB"])  # <U2
    predicted = np.array(["ABC"])
    assert plate_accuracy_score(true, predicted) == 0.0
    assert plate_accuracy_score(predicted, true) == 0.0


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    ("true", "predicted", "weight", "message"),
    [
        (["AB", "CD"], ["AB"], None, "y_true holds 2 texts and y_pred 1"),
        ([], [], None, "y_true is empty"),
        (None, ["AB"], None, "y_true is None"),
        (["AB"], None, None, "y_pred is None"),
        ("AB", ["AB"], None, "y_true is one text, 'AB'"),
        (["AB"], [12], None, r"y_pred\[0\] is 12 of type int"),
        (["AB", None], ["AB", "CD"], None, r"y_true\[1\] is None of type NoneType"),
        (["AB", "CD"], ["AB", float("nan")], None, r"y_pred\[1\] is nan of type float"),
        (np.array([["AB"]]), ["AB"], None, r"y_true has shape \(1, 1\)"),
        (["AB"], ["AB"], [1.0, 2.0], r"sample_weight has shape \(2,\)"),
        (["AB"], ["AB"], [[1.0]], r"sample_weight has shape \(1, 1\)"),
        (["AB", "CD"], ["AB", "CD"], [1.0, -0.5], r"sample_weight\[1\] is -0.5"),
        (["AB", "CD"], ["AB", "CD"], [1.0, np.nan], r"sample_weight\[1\] is nan"),
        (["AB", "CD"], ["AB", "CD"], [0.0, 0.0], "sample_weight is zero for every plate"),
    ],
)
def test_bad_arguments_are_named(metric, true, predicted, weight, message):
    with pytest.raises(ValueError, match=message):
        metric(true, predicted, sample_weight=weight)


@pytest.mark.parametrize("metric", METRICS)
def test_arguments_are_not_modified(metric):
    true, predicted, weight = np.array(["AB", "CD"]), np.array(["AB", "CX"]), np.array([1, 2])
    for array in (true, predicted, weight):
        array.flags.writeable = False
    assert metric(true, predicted, sample_weight=weight) == metric(
        list(true), list(predicted), sample_weight=[1, 2]
    )
