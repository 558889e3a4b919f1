"""The segment network: its output, and what padding must not change."""

import numpy as np
import pytest

from sklearn_lpr.decoding import text_log_probability
from sklearn_lpr.networks import Network


def make_network(n_segments, position=True):
    network = Network(
        {
            "name": "segment_cnn",
            "n_segments": n_segments,
            "height": 8,
            "width": 6,
            "channels": 1,
            "n_symbols": 4,
            "n_filters": 2,
            "position": position,
            "dropout": 0.3,
        }
    )
    network.load(network.initial_weights(np.random.default_rng(0)))
    return network


def plates(n_segments=4, n_samples=3):
    return np.random.default_rng(0).integers(
        0, 256, (n_samples, n_segments, 8, 6, 1), dtype=np.uint8
    )


@pytest.mark.parametrize("position", [True, False])
def test_time_steps_are_segments_with_certain_blanks_between(position):
    log_proba = make_network(4, position).predict(plates())
    assert log_proba.shape == (3, 7, 4)
    np.testing.assert_allclose(np.exp(log_proba).sum(axis=2), 1, rtol=1e-5)
    assert (log_proba[:, 1::2, 0] == 0).all()
    assert (log_proba[:, ::2, 0] < 0).all()


@pytest.mark.parametrize("position", [True, False])
def test_padding_is_certain_blank_and_changes_nothing_else(position):
    X = plates()
    log_proba = make_network(4, position).predict(X)
    padded = np.concatenate([X, np.zeros_like(X[:, :3])], axis=1)
    wider = make_network(7, position).predict(padded)
    np.testing.assert_allclose(wider[:, :7], log_proba, atol=1e-5)
    assert (wider[:, 7:, 0] == 0).all()


def test_one_segment_is_one_time_step():
    assert make_network(1).predict(plates(1)).shape == (3, 1, 4)


def test_equal_neighbours_stay_two_characters():
    """On as many segments as characters the text has one path: the product of its characters."""
    log_proba = make_network(2).predict(plates(2, 1))
    found = text_log_probability(log_proba, [np.array([1, 1])])
    assert found[0] == pytest.approx(log_proba[0, 0, 1] + log_proba[0, 2, 1], rel=1e-5)


def test_the_context_of_a_segment_is_one_segment_on_each_side():
    network = make_network(6)
    assert network.weights["neighbours/kernel"].shape[:2] == (1, 3)
    X = plates(6, 1)
    changed = X.copy()
    changed[:, 4] = 255 - changed[:, 4]
    before, after = network.predict(X)[0, ::2], network.predict(changed)[0, ::2]
    np.testing.assert_array_equal(np.abs(after - before).max(axis=1) > 1e-4, [0, 0, 0, 1, 1, 1])


def test_the_position_in_the_plate_counts_only_with_the_parameter():
    """The same segment everywhere is the same character, unless its place counts."""
    X = np.repeat(plates(1, 1), 5, axis=1)
    blind = make_network(5, position=False).predict(X)[0, ::2]
    np.testing.assert_allclose(blind, np.repeat(blind[:1], 5, axis=0), atol=1e-5)
    knowing = make_network(5).predict(X)[0, ::2]
    assert np.ptp(knowing, axis=0).max() > 1e-3
