"""The loss of every network: connectionist temporal classification, eased in."""

from typing import Any

import numpy as np
from keras import ops

__all__ = ["ctc_loss", "eased_ctc_loss"]

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
    """
    lengths = ops.sum(ops.cast(symbols > 0, "int32"), axis=1)
    columns = ops.full_like(lengths, log_proba.shape[1])
    return ops.nn.ctc_loss(symbols, log_proba, lengths, columns, mask_index=0)


def _even_loss(symbols: Any, log_proba: Any) -> Any:
    """Give the cross-entropy of columns over which each text is spread evenly."""
    n_columns = log_proba.shape[1]
    lengths = ops.sum(ops.cast(symbols > 0, "float32"), axis=1, keepdims=True)
    position = lengths * ((np.arange(n_columns, dtype=np.float32) + 0.5) / n_columns)
    character = ops.floor(position)
    expected = ops.take_along_axis(symbols, ops.cast(character, "int32"), axis=1)
    inside = ops.abs(position - character - 0.5) < _CHARACTER_SHARE / 2
    expected = ops.where(inside, expected, 0)
    losses = ops.sparse_categorical_crossentropy(expected, log_proba, from_logits=True)
    return ops.sum(losses, axis=1)


def eased_ctc_loss(target: Any, log_proba: Any) -> Any:
    """Give CTC, mixed with the cross-entropy of evenly spaced characters.

    CTC alone first learns to emit blanks only, and leaves that plateau after hundreds of steps:
    it must find out where the characters are. On a plate their places are nearly known, so a
    training starts from evenly spaced ones and is handed over to CTC.

    Parameters
    ----------
    target : tensor of shape (n_samples, longest text + 1)
        The texts as symbols from 1, padded with 0; in the last column the share of the
        cross-entropy, from 1 (alone) to 0 (CTC alone).
    log_proba : tensor of shape (n_samples, n_columns, n_symbols)

    Returns
    -------
    tensor of shape (n_samples,)
    """
    evenness = target[:, -1]
    symbols = ops.cast(target[:, :-1], "int32")
    return evenness * _even_loss(symbols, log_proba) + (1 - evenness) * ctc_loss(symbols, log_proba)
