"""Lattices of any number of images, and those of images without a plate."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..decoding import BLANK

__all__ = ["blank_column", "lattices"]

# Bounds the memory of the activations, whatever the number of plates.
_READING_BATCH = 256

Lattices = npt.NDArray[np.float32]


def lattices(
    forward: Callable[[npt.NDArray[np.uint8]], Lattices], images: npt.NDArray[np.uint8]
) -> Lattices:
    """Give the lattices of any number of images.

    Parameters
    ----------
    forward : callable
        From a batch of images to their lattices.
    images : ndarray of shape (n_samples, ...), dtype uint8
    """
    starts = range(0, len(images), _READING_BATCH)
    return np.concatenate([forward(images[start : start + _READING_BATCH]) for start in starts])


def blank_column(n_symbols: int) -> Lattices:
    """Give the log-probabilities of a column that is certainly blank."""
    column = np.full(n_symbols, -np.inf, np.float32)
    column[BLANK] = 0
    return column
