"""Character metrics against known values and a brute-force edit distance."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from sklearn_lpr.metrics import (
    character_accuracy_score,
    character_error_rate,
    positional_character_accuracy_score,
)


@cache
def edit_distance(a, b):
    """Compute the edit distance recursively, from its definition."""
    if not a or not b:
        return len(a) + len(b)
    return min(
        edit_distance(a[1:], b) + 1,
        edit_distance(a, b[1:]) + 1,
        edit_distance(a[1:], b[1:]) + (a[0] != b[0]),
    )


@pytest.mark.parametrize(
    ("true", "predicted", "n_edits"),
    [
        ("AB123", "AB123", 0),
        ("AB123", "AB128", 1),  # a substitution
        ("AB123", "AB12", 1),  # a deletion
        ("AB123", "AAB123", 1),  # an insertion
        ("AB123", "BA123", 2),  # a transposition counts twice
        ("AB123", "", 5),
        ("AB123", "XXXXXXXXXX", 10),
        ("皖A12345", "沪A12345", 1),
    ],
)
def test_error_rate_of_one_plate(true, predicted, n_edits):
    assert character_error_rate([true], [predicted]) == n_edits / len(true)
    assert character_accuracy_score([true], [predicted]) == max(0.0, 1 - n_edits / len(true))


def test_error_rate_is_averaged_over_characters_rather_than_plates():
    # 1 edit in 2 and 0 in 8 characters: 1/10 instead of (1/2 + 0) / 2.
    assert character_error_rate(["AB", "CDEFGHIJ"], ["AX", "CDEFGHIJ"]) == 0.1


def test_accuracy_is_never_negative():
    assert character_error_rate(["AB"], ["XXXXX"]) == 2.5
    assert character_accuracy_score(["AB"], ["XXXXX"]) == 0.0


def test_error_rate_agrees_with_brute_force():
    rng = np.random.default_rng(0)
    true, predicted = (
        ["".join(rng.choice(list("AB1"), size=n)) for n in rng.integers(0, 7, size=200)]
        for _ in range(2)
    )
    weight = rng.uniform(size=200)
    edits = sum(w * edit_distance(a, b) for w, a, b in zip(weight, true, predicted, strict=True))
    characters = sum(w * len(a) for w, a in zip(weight, true, strict=True))
    assert character_error_rate(true, predicted, sample_weight=weight) == pytest.approx(
        edits / characters
    )


@pytest.mark.parametrize(
    ("true", "predicted", "expected"),
    [
        ("AB123", "AB123", 1.0),
        ("AB123", "AB193", 0.8),
        ("AB123", "B123", 0.0),  # all characters are shifted
        ("AB123", "AB1", 0.6),  # missing positions are wrong
        ("AB123", "AB12345", 1.0),  # characters beyond the end are ignored
        ("AB123", "", 0.0),
    ],
)
def test_positional_accuracy_of_one_plate(true, predicted, expected):
    assert positional_character_accuracy_score([true], [predicted]) == expected


def test_positional_accuracy_is_averaged_over_characters():
    assert positional_character_accuracy_score(["AB", "CDEFGHIJ"], ["AX", "CDEFGHIJ"]) == 0.9


@pytest.mark.parametrize(
    "metric",
    [character_error_rate, character_accuracy_score, positional_character_accuracy_score],
)
def test_integer_weights_repeat_plates(metric):
    true, predicted = ["AB", "CDE", "FGHI"], ["AX", "CD", "FGHIJK"]
    repeated = metric(["AB", "AB", "FGHI"], ["AX", "AX", "FGHIJK"])
    assert metric(true, predicted, sample_weight=[2, 0, 1]) == pytest.approx(repeated)


def test_an_empty_true_text_adds_errors_but_no_characters():
    assert character_error_rate(["", "AB"], ["X", "AB"]) == 0.5
    assert positional_character_accuracy_score(["", "AB"], ["X", "AB"]) == 1.0


@pytest.mark.parametrize(
    "metric",
    [character_error_rate, character_accuracy_score, positional_character_accuracy_score],
)
@pytest.mark.parametrize("weight", [None, [1.0, 0.0]])
def test_no_true_characters_is_an_error(metric, weight):
    true = ["", ""] if weight is None else ["", "AB"]
    with pytest.raises(ValueError, match="y_true holds no character"):
        metric(true, ["", "AB"], sample_weight=weight)


def test_unicode_forms_of_a_character_are_equal():
    assert character_error_rate(["A\u030a1"], ["\u00c51"]) == 0.0  # A + ring, composed
    assert character_error_rate(["A\u030a1"], ["A1"]) == 0.5  # both composed to one character


@pytest.mark.parametrize("container", [list, tuple, np.array, pd.Series])
def test_containers(container):
    score = character_error_rate(container(["AB123", "CD456"]), container(["AB128", "CD45"]))
    assert score == 0.2
    assert isinstance(score, float)
