"""Make the rows of a tilted plate level."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ._plate_rows import resize_plate, vertical_edges

__all__ = ["level_rows"]

# The least width of the resized plate, in pixels.
_LEAST_WIDTH = 16
# The slopes that are searched, and how much clearer the rows must be with a slope than without.
_SLOPES = np.linspace(-0.3, 0.3, 16)
_CLEARER = 1.15
# The fraction of the width on each side that may show the plate's edge.
_SIDE = 0.1


def level_rows(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Shear a plate so that its rows are level, with vertical strokes as they are.

    With the right slope, the strength of vertical edges changes most from line to line at the upper
    and lower ends of the rows.

    Parameters
    ----------
    pixels : ndarray of shape (height, width[, 3]), dtype uint8

    Returns
    -------
    ndarray of the same shape, dtype uint8
        The same array if its rows are level.
    """
    edges = vertical_edges(resize_plate(pixels, _LEAST_WIDTH))
    clarity = [_clarity(edges, slope) for slope in _SLOPES]
    best = int(np.argmax(clarity))
    if clarity[best] <= _CLEARER * _clarity(edges, 0.0):
        return pixels
    return np.asarray(_shear(pixels, _SLOPES[best]), np.uint8)


def _clarity(edges: npt.NDArray[np.float32], slope: float) -> float:
    """Return how much the mean strength of edges changes from line to line, squared."""
    side = round(_SIDE * edges.shape[1])
    profile = _shear(edges, slope)[:, side:-side].mean(axis=1)
    return float(((profile[2:] - profile[:-2]) ** 2).sum())


def _shear(image: npt.NDArray[Any], slope: float) -> npt.NDArray[Any]:
    """Raise each column by `slope` times its distance from the middle."""
    height, width = image.shape[:2]
    matrix = np.array([[1, 0, 0], [-slope, 1, slope * (width - 1) / 2]])
    return cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
