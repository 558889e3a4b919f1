"""The loss of every training: connectionist temporal classification, eased in."""

from typing import Any

import keras
import numpy as np
from keras import ops

__all__ = ["ctc_loss", "training_loss"]

# The share of a character's cell that is taken for the character; the rest for blank.
_CHARACTER_SHARE = 0.6


def ctc_loss(symbols: Any, log_proba: Any) -> Any:
    """Give the negative log-probability of each text under its lattice, blank = 0.

    Parameters
    ----------
    symbols : tensor of shape (n_samples, longest text), dtype int32
        The texts as symbols from 1, padded with 0.
    log_proba : tensor of shape (n_samples, n_columns, n_symbols)

    Returns
    -------
    tensor of shape (n_samples,)
        0 where the text has no path, so that nothing is learnt from it.
    """
    lengths = ops.sum(ops.cast(symbols > 0, "int32"), axis=1)
    columns = ops.full_like(lengths, log_proba.shape[1])
    repeats = (symbols[:, 1:] == symbols[:, :-1]) & (symbols[:, 1:] > 0)
    needed = lengths + ops.sum(ops.cast(repeats, "int32"), axis=1)
    # Each backend has a large value of its own, or NaN gradients, for a text without a path.
    possible = needed <= columns
    lengths = ops.where(possible, lengths, 1)
    if keras.config.backend() == "tensorflow":
        losses = _tensorflow_ctc_loss(symbols, log_proba, lengths, columns)
    else:
        losses = ops.nn.ctc_loss(symbols, log_proba, lengths, columns, mask_index=0)
    return ops.where(possible, losses, 0.0)


def _tensorflow_ctc_loss(symbols: Any, log_proba: Any, lengths: Any, columns: Any) -> Any:
    """Give the loss by TensorFlow's kernel, a third of the time of the loop that Keras calls."""
    import tensorflow as tf

    # The kernel has the blank as its last symbol and the texts as a sparse tensor.
    blank_last = tf.roll(log_proba, -1, axis=2)
    inside = tf.sequence_mask(lengths, symbols.shape[1])
    places = tf.where(inside)
    texts = tf.SparseTensor(places, tf.gather_nd(symbols, places) - 1, tf.shape(symbols, tf.int64))
    return tf.compat.v1.nn.ctc_loss(texts, blank_last, columns, time_major=False)


def _even_loss(symbols: Any, log_proba: Any) -> Any:
    """Give the cross-entropy of columns over which each text is spread evenly."""
    n_columns = log_proba.shape[1]
    lengths = ops.sum(ops.cast(symbols > 0, "float32"), axis=1, keepdims=True)
    middles = (np.arange(n_columns, dtype=np.float32) + 0.5) / n_columns
    position = lengths * ops.convert_to_tensor(middles)
    character = ops.floor(position)
    expected = ops.take_along_axis(symbols, ops.cast(character, "int32"), axis=1)
    inside = ops.abs(position - character - 0.5) < _CHARACTER_SHARE / 2
    expected = ops.where(inside, expected, 0)
    losses = ops.sparse_categorical_crossentropy(expected, log_proba, from_logits=True)
    return ops.sum(losses, axis=1)


def training_loss(target: Any, log_proba: Any) -> Any:
    """Give CTC, mixed with the cross-entropy of evenly spaced characters.

    CTC alone first learns to emit blanks only, and leaves that plateau after hundreds of steps:
    it must find out where the characters are. On a plate their places are nearly known, so a
    training starts from evenly spaced ones and is handed over to CTC.

    Plates with wrong texts have the highest losses, once the others are learnt [1]_: a share of
    each batch can be distrusted.

    Parameters
    ----------
    target : tensor of shape (n_samples, longest text + 2)
        The texts as symbols from 1, padded with 0; then the share of the cross-entropy, from 1
        (alone) to 0 (CTC alone); then the share of plates, those of the highest losses, whose
        loss does not count.
    log_proba : tensor of shape (n_samples, n_columns, n_symbols)

    Returns
    -------
    tensor of shape (n_samples,)

    References
    ----------
    .. [1] Y. Shen and S. Sanghavi, "Learning with Bad Training Data via Iterative Trimmed Loss
       Minimization", ICML 2019.
    """
    target, log_proba = ops.convert_to_tensor(target), ops.convert_to_tensor(log_proba)
    symbols = ops.cast(target[:, :-2], "int32")
    evenness, distrust = target[:, -2], target[0, -1]
    losses = evenness * _even_loss(symbols, log_proba) + (1 - evenness) * ctc_loss(
        symbols, log_proba
    )
    trusted = (distrust == 0) | (losses <= ops.quantile(losses, 1 - distrust))
    return ops.where(trusted, losses, 0.0)
