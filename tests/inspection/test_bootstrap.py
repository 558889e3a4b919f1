"""Bootstrap confidence intervals."""

from itertools import product

import numpy as np
import pytest

from sklearn_lpr.inspection._bootstrap import Bootstrap


def intervals(right, plate, n_resamples=1000, confidence_level=0.9, seed=0):
    right = np.asarray(right, dtype=float)[:, np.newaxis]
    low, high = Bootstrap(n_resamples, confidence_level, seed).intervals(
        right, np.ones_like(right), np.asarray(plate)
    )
    return low[0], high[0]


def test_interval_approaches_that_of_all_possible_resamples():
    # Four plates of one to three frames: all 4^4 resamples of four plates are the reference.
    right = np.array([1, 1, 0, 1, 0, 1, 1, 0])
    plate = np.array([0, 0, 0, 1, 2, 2, 3, 3])
    sums = np.array(
        [[right[plate == number].sum(), (plate == number).sum()] for number in range(4)]
    )
    totals = np.array([sums[list(draw)].sum(axis=0) for draw in product(range(4), repeat=4)])
    expected = np.quantile(totals[:, 0] / totals[:, 1], [0.1, 0.9])
    drawn = intervals(right, plate, n_resamples=20_000, confidence_level=0.8)
    np.testing.assert_allclose(drawn, expected, atol=0.02)


def test_frames_of_one_plate_carry_no_more_information_than_one_frame():
    right = np.random.default_rng(0).random(50) < 0.7
    once = intervals(right, np.arange(50))
    assert intervals(np.repeat(right, 20), np.repeat(np.arange(50), 20)) == once
    low, high = intervals(np.repeat(right, 20), np.arange(1000))
    assert high - low < (once[1] - once[0]) / 3


def test_interval_covers_the_true_value_at_the_confidence_level():
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(200):
        low, high = intervals(rng.random(100) < 0.7, np.arange(100), n_resamples=200)
        covered += low <= 0.7 <= high
    assert 165 <= covered <= 195


def test_the_seed_alone_determines_the_interval():
    right = np.random.default_rng(2).random(60) < 0.5
    plate = np.arange(60)
    assert intervals(right, plate, seed=3) == intervals(right, plate + 7, seed=3)
    assert intervals(right, plate, seed=3) != intervals(right, plate, seed=4)


@pytest.mark.parametrize("plate", [[], [5], [5, 5]])
def test_one_plate_has_no_interval(plate):
    assert np.isnan(intervals(np.ones(len(plate)), np.array(plate, dtype=int))).all()


def test_resamples_without_a_denominator_are_left_out():
    # One of two plates has no characters, so that 1/4 of the resamples have none.
    low, high = Bootstrap(500, 0.9, 0).intervals(
        np.array([[1.0], [0.0]]), np.array([[4.0], [0.0]]), np.array([0, 1])
    )
    assert (low[0], high[0]) == (0.25, 0.25)
