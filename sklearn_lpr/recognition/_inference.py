"""Predict log-probabilities of any number of images in constant memory."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..decoding import BLANK

__all__ = ["certain_blank", "predict_in_batches"]

# Bounds the memory of the activations, whatever the number of plates.
_BATCH_SIZE = 256

LogProba = npt.NDArray[np.float32]


def predict_in_batches(
    forward: Callable[[npt.NDArray[np.uint8]], LogProba], images: npt.NDArray[np.uint8]
) -> LogProba:
    """Return the log-probabilities of any number of images.

    Parameters
    ----------
    forward : callable
        From a batch of images to their log-probabilities.
    images : ndarray of shape (n_samples, ...), dtype uint8

    Returns
    -------
    ndarray of shape (n_samples, n_time_steps, n_symbols), dtype float32
    """
    starts = range(0, len(images), _BATCH_SIZE)
    return np.concatenate([forward(images[start : start + _BATCH_SIZE]) for start in starts])


def certain_blank(n_symbols: int) -> LogProba:
    """Return the log-probabilities of a time step that is blank with probability 1."""
    log_proba = np.full(n_symbols, -np.inf, np.float32)
    log_proba[BLANK] = 0
    return log_proba
