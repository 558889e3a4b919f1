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


@pytest.mark.parametrize(
    ("trimmed", "parts"),  # of the losses that count, from the lowest to the highest loss
    [
        (0, [1, 1, 1]),
        (0.02, [1, 1, 0.94]),
        (0.3, [1, 1, 0.1]),
        (1 / 3, [1, 1, 0]),
        (0.5, [1, 0.5, 0]),
        (0.6, [1, 0.2, 0]),
        (0.9, [0.3, 0, 0]),
    ],
)
def test_a_fraction_of_the_plates_is_left_out_those_of_the_highest_losses(trimmed, parts):
    losses = training_loss(log_proba(), 0)
    found = training_loss(log_proba(), 0, trimmed)
    expected = np.zeros_like(losses)
    expected[np.argsort(losses)] = parts * np.sort(losses)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_of_equal_losses_the_fraction_is_left_out_too():
    (row,) = log_proba()[:1]
    scheduled = {"alignment_warmup": np.float32(0), "trimmed_fraction": np.float32(0.5)}
    targets = {"symbols": np.repeat(SYMBOLS[:1], 4, axis=0)}
    losses = ctc_training_loss(targets, np.stack([row] * 4), scheduled)
    expected = 2 * ops.convert_to_numpy(ctc_loss(SYMBOLS[:1], row[None]))
    np.testing.assert_allclose(np.sum(ops.convert_to_numpy(losses)), expected[0], rtol=1e-5)
