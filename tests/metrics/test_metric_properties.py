"""Properties of the metrics for any texts and weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sklearn_lpr.metrics import (
    character_accuracy_score,
    character_error_rate,
    length_accuracy_score,
    plate_accuracy_score,
    positional_character_accuracy_score,
)

SCORES = [
    character_accuracy_score,
    length_accuracy_score,
    plate_accuracy_score,
    positional_character_accuracy_score,
]
METRICS = [character_error_rate, *SCORES]

# Few characters, so that texts overlap. One of them has two Unicode forms.
characters = st.sampled_from(["A", "B", "1", "京", "\u00c5", "A\u030a"])
texts = st.lists(characters, max_size=6).map("".join)
# The first text has characters, because the CER needs at least one.
plates = st.tuples(texts.filter(bool), texts).flatmap(
    lambda first: st.lists(st.tuples(texts, texts), max_size=6).map(lambda rest: [first, *rest])
)


def unzip(pairs):
    return [true for true, _ in pairs], [predicted for _, predicted in pairs]


def edit_distance(a, b):
    """Compute the edit distance with the table of Wagner and Fischer (1974)."""
    above = list(range(len(b) + 1))
    for i, one in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (one != other)))
        above = row
    return above[-1]


@given(plates)
def test_error_rate_is_the_edit_distance_per_character(pairs):
    composed = [tuple(text.replace("A\u030a", "\u00c5") for text in pair) for pair in pairs]
    edits = sum(edit_distance(true, predicted) for true, predicted in composed)
    expected = edits / sum(len(true) for true, _ in composed)
    assert character_error_rate(*unzip(pairs)) == pytest.approx(expected)
    assert character_accuracy_score(*unzip(pairs)) == pytest.approx(max(0, 1 - expected))


@given(plates, st.data())
def test_the_order_of_plates_does_not_matter(pairs, data):
    weights = data.draw(st.lists(st.integers(1, 3), min_size=len(pairs), max_size=len(pairs)))
    order = data.draw(st.permutations(range(len(pairs))))
    shuffled = unzip([pairs[index] for index in order])
    shuffled_weights = [weights[index] for index in order]
    for metric in METRICS:
        expected = metric(*unzip(pairs), sample_weight=weights)
        assert metric(*shuffled, sample_weight=shuffled_weights) == pytest.approx(expected)


@given(plates, st.floats(1e-6, 1e6), st.data())
def test_weights_repeat_plates_and_only_their_ratios_matter(pairs, factor, data):
    rest = data.draw(st.lists(st.integers(0, 3), min_size=len(pairs) - 1, max_size=len(pairs) - 1))
    weights = np.array([1, *rest])
    repeated = [pair for pair, n in zip(pairs, weights, strict=True) for _ in range(n)]
    for metric in METRICS:
        expected = metric(*unzip(repeated))
        assert metric(*unzip(pairs), sample_weight=weights) == pytest.approx(expected)
        assert metric(*unzip(pairs), sample_weight=factor * weights) == pytest.approx(expected)


@given(plates)
def test_scores_are_bounded_and_agree_on_perfect_predictions(pairs):
    scores = {metric: metric(*unzip(pairs)) for metric in METRICS}
    for metric in SCORES:
        assert 0 <= scores[metric] <= 1
    assert scores[character_error_rate] >= 0
    assert scores[plate_accuracy_score] <= scores[length_accuracy_score]
    all_right = scores[plate_accuracy_score] == 1
    assert all_right == (scores[character_error_rate] == 0)
    assert all_right == (
        scores[positional_character_accuracy_score] == 1 == scores[length_accuracy_score]
    )


@given(plates)
def test_true_texts_are_right_and_empty_texts_are_wrong(pairs):
    true, _ = unzip(pairs)
    empty = [""] * len(true)
    for metric in SCORES:
        assert metric(true, true) == 1
    assert character_error_rate(true, empty) == 1
    assert positional_character_accuracy_score(true, empty) == 0
