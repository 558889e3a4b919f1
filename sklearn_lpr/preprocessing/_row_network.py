"""A small network that distinguishes two rows of characters from one row with a caption."""

from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ._plate_rows import resize_plate, vertical_edges

__all__ = ["compute_row_features", "has_two_rows"]

Floats = npt.NDArray[np.float32]

# Written by tools/train_rows.py.
WEIGHTS = resources.files(__package__) / "_row_network.npz"

# The least width of the resized plate, in pixels.
_LEAST_WIDTH = 32
# The number of cells, over the height and over the width, in which vertical edges are averaged.
_CELLS = (32, 24)
# The weight of the logarithm of the aspect ratio among the features, which are at most 1.
_ASPECT = 3.0


def has_two_rows(pixels: npt.NDArray[np.uint8]) -> bool:
    """Return whether a plate has two rows of characters, in all likelihood.

    Parameters
    ----------
    pixels : ndarray of shape (height, width[, 3]), dtype uint8
        An approximately upright plate, with or without a margin around it.

    Returns
    -------
    bool
    """
    hidden = compute_row_features(pixels)
    *layers, (kernel, bias) = _load_weights()
    for layer_kernel, layer_bias in layers:
        hidden = np.maximum(hidden @ layer_kernel + layer_bias, 0)
    return bool((hidden @ kernel + bias)[0] > 0)


def compute_row_features(pixels: npt.NDArray[np.uint8]) -> Floats:
    """Compute the input of the network: where the vertical edges are, and the aspect ratio.

    Parameters
    ----------
    pixels : ndarray of shape (height, width[, 3]), dtype uint8

    Returns
    -------
    ndarray of shape (n_features,), dtype float32
    """
    height, width = pixels.shape[:2]
    edges = vertical_edges(resize_plate(pixels, _LEAST_WIDTH))
    cells = cv2.resize(edges, _CELLS[::-1], interpolation=cv2.INTER_AREA)
    strongest = max(float(cells.max()), 1e-6)
    aspect = np.float32(_ASPECT * np.log(width / height))
    return np.append(np.sqrt(cells / strongest).ravel(), aspect)


@lru_cache(maxsize=1)
def _load_weights() -> tuple[tuple[Floats, Floats], ...]:
    """Return the kernel and the bias of each layer."""
    with WEIGHTS.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        return tuple(
            (
                arrays[f"kernel_{index}"].astype(np.float32),
                arrays[f"bias_{index}"].astype(np.float32),
            )
            for index in range(len(arrays.files) // 2)
        )
