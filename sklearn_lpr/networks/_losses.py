"""CTC loss with alignment warm-up and trimming."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

__all__ = ["ctc_loss", "ctc_training_loss"]

# The fraction of a character's cell that is labeled as the character; the rest is blank.
_CHARACTER_FRACTION = 0.6


def ctc_loss(symbols: Any, log_proba: Any) -> Any:
    """Return the negative log-probability of each text, with blank = 0.

    Parameters
    ----------
    symbols : tensor of shape (n_samples, longest text), dtype int32
        The texts as symbols from 1, padded with 0.
    log_proba : tensor of shape (n_samples, n_time_steps, n_symbols)

    Returns
    -------
    tensor of shape (n_samples,)
        0 where the text has no path, so that it does not contribute to the gradient.
    """
    lengths = ops.sum(ops.cast(symbols > 0, "int32"), axis=1)
    time_steps = ops.full_like(lengths, log_proba.shape[1])
    repeats = (symbols[:, 1:] == symbols[:, :-1]) & (symbols[:, 1:] > 0)
    needed = lengths + ops.sum(ops.cast(repeats, "int32"), axis=1)
    # For a text without a path, backends return different large values or NaN gradients.
    possible = needed <= time_steps
    lengths = ops.where(possible, lengths, 1)
    if keras.config.backend() == "tensorflow":
        losses = _tensorflow_ctc_loss(symbols, log_proba, lengths, time_steps)
    else:
        losses = ops.nn.ctc_loss(symbols, log_proba, lengths, time_steps, mask_index=0)
    return ops.where(possible, losses, 0.0)


def _tensorflow_ctc_loss(symbols: Any, log_proba: Any, lengths: Any, time_steps: Any) -> Any:
    """Return the loss by TensorFlow's kernel, which is faster than Keras's loop."""
    import tensorflow as tf

    # The kernel expects the blank as the last symbol and the texts as a sparse tensor.
    blank_last = tf.roll(log_proba, -1, axis=2)
    inside = tf.sequence_mask(lengths, symbols.shape[1])
    places = tf.where(inside)
    texts = tf.SparseTensor(places, tf.gather_nd(symbols, places) - 1, tf.shape(symbols, tf.int64))
    return tf.compat.v1.nn.ctc_loss(texts, blank_last, time_steps, time_major=False)


def _evenly_spaced_loss(symbols: Any, log_proba: Any) -> Any:
    """Return the cross-entropy under the assumption that characters are evenly spaced."""
    n_time_steps = log_proba.shape[1]
    lengths = ops.sum(ops.cast(symbols > 0, "float32"), axis=1, keepdims=True)
    middles = (np.arange(n_time_steps, dtype=np.float32) + 0.5) / n_time_steps
    position = lengths * ops.convert_to_tensor(middles)
    character = ops.floor(position)
    expected = ops.take_along_axis(symbols, ops.cast(character, "int32"), axis=1)
    inside = ops.abs(position - character - 0.5) < _CHARACTER_FRACTION / 2
    expected = ops.where(inside, expected, 0)
    losses = ops.sparse_categorical_crossentropy(expected, log_proba, from_logits=True)
    return ops.sum(losses, axis=1)


def ctc_training_loss(
    targets: Mapping[str, Any], log_proba: Any, scheduled: Mapping[str, Any]
) -> Any:
    """Return CTC, mixed with the cross-entropy of evenly spaced characters, and trimmed.

    CTC alone first learns to emit blanks only, and leaves that plateau after hundreds of steps,
    because it must find the positions of the characters. On a plate they are nearly known. So
    training starts from evenly spaced characters and gradually changes to CTC.

    Plates with wrong texts have the highest losses once the others are learned [1]_, so a
    fraction of each mini-batch can be left out. A plate that lies partly in this fraction counts
    with the rest of its loss, so that 0.05 of 16 plates is 0.8 of the plate with the highest loss.

    Parameters
    ----------
    targets : mapping
        ``symbols`` of shape (n_samples, longest text): the texts as symbols from 1, padded with 0.
    log_proba : tensor of shape (n_samples, n_time_steps, n_symbols)
    scheduled : mapping
        ``alignment_warmup``: the weight of the cross-entropy, from 1 (alone) to 0 (CTC alone).
        ``trimmed_fraction``: the fraction of samples, those of the highest losses, that is left
        out.

    Returns
    -------
    tensor of shape (n_samples,)

    References
    ----------
    .. [1] Y. Shen and S. Sanghavi, "Learning with Bad Training Data via Iterative Trimmed Loss
       Minimization", ICML 2019.
    """
    log_proba = ops.convert_to_tensor(log_proba)
    symbols = ops.cast(targets["symbols"], "int32")
    warmup = ops.convert_to_tensor(scheduled["alignment_warmup"])
    trimmed = ops.convert_to_tensor(scheduled["trimmed_fraction"])
    losses = warmup * _evenly_spaced_loss(symbols, log_proba) + (1 - warmup) * ctc_loss(
        symbols, log_proba
    )
    n_higher = ops.cast(ops.argsort(ops.argsort(-losses)), "float32")
    n_trimmed = trimmed * ops.cast(ops.shape(losses)[0], "float32")
    return losses * ops.clip(n_higher + 1 - n_trimmed, 0, 1)
