"""The losses against an independent reference."""

import numpy as np
import pytest
from keras import ops

from sklearn_lpr.decoding import text_log_probability
from sklearn_lpr.networks._losses import ctc_loss, ctc_training_loss

SYMBOLS = np.array([[1, 2, 0, 0], [3, 3, 1, 0], [2, 1, 2, 1]], np.int32)


def log_proba(n_time_steps=12, n_symbols=4):
    logits = np.random.default_rng(0).normal(size=(len(SYMBOLS), n_time_steps, n_symbols))
    return (logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))).astype(np.float32)


def training_loss(log_proba, warmup, trimmed=0.0):
    scheduled = {"alignment_warmup": np.float32(warmup), "trimmed_fraction": np.float32(trimmed)}
    return ops.convert_to_numpy(ctc_training_loss({"symbols": SYMBOLS}, log_proba, scheduled))


def test_ctc_is_the_negative_log_probability_of_the_text():
    found = ops.convert_to_numpy(ctc_loss(SYMBOLS, log_proba()))
    expected = -text_log_probability(log_proba(), [row[row > 0] for row in SYMBOLS])
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_after_the_warmup_the_loss_is_ctc():
    found = training_loss(log_proba(), 0)
    np.testing.assert_allclose(found, ops.convert_to_numpy(ctc_loss(SYMBOLS, log_proba())))


def test_at_first_the_loss_is_the_cross_entropy_of_evenly_spaced_characters():
    # Twelve time steps: each of two characters has six, of which the middle ones are labeled.
    expected_symbols = [
        [0, 1, 1, 1, 1, 0, 0, 2, 2, 2, 2, 0],
        [0, 3, 3, 0, 0, 3, 3, 0, 0, 1, 1, 0],
        [0, 2, 0, 0, 1, 0, 0, 2, 0, 0, 1, 0],
    ]
    found = training_loss(log_proba(), 1)
    each = np.take_along_axis(log_proba(), np.array(expected_symbols)[:, :, None], axis=2)
    np.testing.assert_allclose(found, -each.sum(axis=(1, 2)), rtol=1e-5)


def test_during_the_warmup_both_are_mixed():
    ends = [training_loss(log_proba(), warmup) for warmup in (0, 1)]
    found = training_loss(log_proba(), 0.25)
    assert found == pytest.approx(0.75 * ends[0] + 0.25 * ends[1], rel=1e-5)


def test_a_text_without_a_path_has_no_loss():
    # Three time steps are too few for the four characters of the last text, and for 3, 3, 1.
    found = ops.convert_to_numpy(ctc_loss(SYMBOLS, log_proba(n_time_steps=3)))
    expected = -text_log_probability(log_proba(n_time_steps=3), [np.array([1, 2])] * 3)
    np.testing.assert_allclose(found, [expected[0], 0, 0], rtol=1e-4)


@pytest.mark.parametrize(("trimmed", "n_kept"), [(0.0, 3), (0.3, 2), (0.5, 2), (0.6, 1)])
def test_the_plates_of_the_highest_losses_are_left_out(trimmed, n_kept):
    losses = training_loss(log_proba(), 0)
    found = training_loss(log_proba(), 0, trimmed)
    kept = np.argsort(losses)[:n_kept]
    expected = np.zeros_like(losses)
    expected[kept] = losses[kept]
    np.testing.assert_array_equal(found, expected)
