"""A classifier of cut-out characters as a Keras model."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ._layers import FIXED, convolution, drop

__all__ = ["build_segment_cnn"]

# Stands for the logarithm of 0 in lattices, where an infinity would give NaN gradients.
_LOG_ZERO = -1e4

# Places from either end of the plate that are told apart; all further inside count as one.
_N_PLACES = 8


def build_segment_cnn(
    n_segments: int,
    height: int,
    width: int,
    channels: int,
    n_symbols: int,
    n_filters: int,
    position: bool,
    dropout: float,
) -> keras.Model:
    """Build a network that classifies the segments of a plate.

    Each segment passes through the same convolutions; its place, counted from both ends, and its
    neighbours join before the last layers. The result is a lattice like any other: column 2i is
    segment i, and the columns between are certainly blank, so that equal neighbours stay two
    characters. A segment classified as blank is no character.

    Parameters
    ----------
    n_segments : int
        Of the plate with the most; others are padded with segments whose pixels are all equal,
        which are certainly blank. The weights do not depend on it.
    height, width, channels : int
        Of each segment.
    n_symbols : int
        The characters of the alphabet and the blank.
    n_filters : int
        Of the first convolution; all others scale with it.
    position : bool
        Whether the network knows where in the plate a segment stands, and its neighbours.
    dropout : float

    Returns
    -------
    keras.Model
        From uint8 (n, n_segments, height, width, channels) to log-probabilities
        (n, 2 * n_segments - 1, n_symbols).
    """
    shape = (height, width, channels)
    segments = layers.Input((n_segments, *shape), dtype="uint8", name="segments")
    scaled = layers.Rescaling(1 / 127.5, -1, dtype="float32", name="scale")(segments)
    features = ops.reshape(scaled, (-1, *shape))
    for stage, factor in enumerate((1, 2, 4), start=1):
        features = convolution(features, factor * n_filters, (3, 3), f"stage{stage}_first")
        features = convolution(features, factor * n_filters, (3, 3), f"stage{stage}_second")
        features = layers.MaxPooling2D(
            2, 2, "same", "channels_last", name=f"pool{stage}", dtype="float32"
        )(features)
    features = drop(features, dropout, "dropout1")
    features = convolution(features, 8 * n_filters, features.shape[1:3], "squeeze", padding="valid")
    features = ops.reshape(features, (-1, 1, n_segments, 8 * n_filters))

    present = _present(segments)
    if position:
        # Absent segments are zero here, so that their number changes nothing.
        known = layers.Concatenate(dtype="float32", name="known")([features, _places(present)])
        known = known * ops.expand_dims(ops.expand_dims(present, 1), -1)
        beside = convolution(known, 4 * n_filters, (1, 3), "neighbours")
        features = layers.Concatenate(dtype="float32", name="context")([known, beside])
    features = drop(features, dropout, "dropout2")
    head = layers.Conv2D(n_symbols, 1, name="head", **FIXED)(features)
    log_proba = ops.log_softmax(ops.reshape(head, (-1, n_segments, n_symbols)), axis=-1)
    return keras.Model(segments, _lattice(log_proba, present), name="segment_cnn")


def _present(segments: Any) -> Any:
    """Give 1 for segments and 0 for padding, whose pixels are all equal."""
    pixels = ops.cast(segments, "float32")
    spread = ops.max(pixels, axis=(2, 3)) - ops.min(pixels, axis=(2, 3))
    return ops.cast(ops.max(spread, axis=-1) > 0, "float32")


def _places(present: Any) -> Any:
    """Give each segment's place from the left and from the right end, one-hot."""
    left = ops.cumsum(present, axis=1) - 1
    right = ops.sum(present, axis=1, keepdims=True) - 1 - left
    places = ops.arange(_N_PLACES, dtype="float32")
    both = [
        ops.cast(
            ops.equal(ops.expand_dims(ops.clip(side, 0, _N_PLACES - 1), -1), places), "float32"
        )
        for side in (left, right)
    ]
    return ops.expand_dims(ops.concatenate(both, axis=-1), 1)


def _lattice(log_proba: Any, present: Any) -> Any:
    """Put certain blanks in place of padding and between the segments."""
    n_segments, n_symbols = log_proba.shape[1:]
    blank = np.full(n_symbols, _LOG_ZERO, np.float32)
    blank[0] = 0
    log_proba = ops.where(ops.expand_dims(present, -1) > 0, log_proba, blank)
    between = ops.zeros_like(log_proba) + blank
    pairs = ops.stack([log_proba, between], axis=2)
    return ops.reshape(pairs, (-1, 2 * n_segments, n_symbols))[:, :-1]
