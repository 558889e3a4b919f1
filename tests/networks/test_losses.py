"""The losses against an independent reference."""

import numpy as np
import pytest
from keras import ops

from sklearn_lpr.decoding import text_log_probability
from sklearn_lpr.networks._losses import ctc_loss, training_loss

SYMBOLS = np.array([[1, 2, 0, 0], [3, 3, 1, 0], [2, 1, 2, 1]], np.int32)


def lattices(n_columns=12, n_symbols=4):
    logits = np.random.default_rng(0).normal(size=(len(SYMBOLS), n_columns, n_symbols))
    return (logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))).astype(np.float32)


def target(evenness, distrust=0.0):
    shares = np.full((len(SYMBOLS), 2), [evenness, distrust])
    return np.column_stack([SYMBOLS, shares]).astype(np.float32)


def test_ctc_is_the_negative_log_probability_of_the_text():
    found = ops.convert_to_numpy(ctc_loss(SYMBOLS, lattices()))
    expected = -text_log_probability(lattices(), [row[row > 0] for row in SYMBOLS])
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_without_evenness_the_loss_is_ctc():
    found = ops.convert_to_numpy(training_loss(target(0), lattices()))
    np.testing.assert_allclose(found, ops.convert_to_numpy(ctc_loss(SYMBOLS, lattices())))


def test_evenness_alone_is_the_cross_entropy_of_evenly_spaced_characters():
    # Twelve columns: two characters take six each, of which the middle ones count.
    expected_columns = [
        [0, 1, 1, 1, 1, 0, 0, 2, 2, 2, 2, 0],
        [0, 3, 3, 0, 0, 3, 3, 0, 0, 1, 1, 0],
        [0, 2, 0, 0, 1, 0, 0, 2, 0, 0, 1, 0],
    ]
    found = ops.convert_to_numpy(training_loss(target(1), lattices()))
    each = np.take_along_axis(lattices(), np.array(expected_columns)[:, :, None], axis=2)
    np.testing.assert_allclose(found, -each.sum(axis=(1, 2)), rtol=1e-5)


def test_evenness_between_mixes_both():
    ends = [ops.convert_to_numpy(training_loss(target(share), lattices())) for share in (0, 1)]
    found = ops.convert_to_numpy(training_loss(target(0.25), lattices()))
    assert found == pytest.approx(0.75 * ends[0] + 0.25 * ends[1], rel=1e-5)


def test_a_text_without_a_path_teaches_nothing():
    # Three columns are too few for the four characters of the last text, and for 3, 3, 1.
    found = ops.convert_to_numpy(ctc_loss(SYMBOLS, lattices(n_columns=3)))
    expected = -text_log_probability(lattices(n_columns=3), [np.array([1, 2])] * 3)
    np.testing.assert_allclose(found, [expected[0], 0, 0], rtol=1e-4)


@pytest.mark.parametrize(("distrust", "n_trusted"), [(0.0, 3), (0.3, 2), (0.5, 2), (0.6, 1)])
def test_the_plates_of_the_highest_losses_are_distrusted(distrust, n_trusted):
    losses = ops.convert_to_numpy(training_loss(target(0), lattices()))
    found = ops.convert_to_numpy(training_loss(target(0, distrust), lattices()))
    trusted = np.argsort(losses)[:n_trusted]
    expected = np.zeros_like(losses)
    expected[trusted] = losses[trusted]
    np.testing.assert_array_equal(found, expected)
