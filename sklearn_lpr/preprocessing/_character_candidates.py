"""Find candidates for characters in the crop of a plate."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .._compat import cv2

__all__ = ["Candidates", "find_candidates"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_HEIGHT = 48


class Candidates(NamedTuple):
    """Boxes (left, top, right, bottom) in the crop's pixels, and how probable each is."""

    boxes: Floats
    probability: Floats


def find_candidates(grey: Pixels) -> Candidates:
    """Find components of the size of characters, dark on light or light on dark."""
    scale = _HEIGHT / len(grey)
    size = (max(1, round(scale * grey.shape[1])), _HEIGHT)
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    best = Candidates(np.empty((0, 4)), np.empty(0))
    for mode, offset in ((cv2.THRESH_BINARY, -6), (cv2.THRESH_BINARY_INV, 6)):
        mask = cv2.adaptiveThreshold(small, 1, cv2.ADAPTIVE_THRESH_MEAN_C, mode, 25, offset)
        stats = cv2.connectedComponentsWithStats(mask, connectivity=4)[2][1:].astype(float)
        x, y, width, height, _ = stats.T
        tall = (height > 0.25 * _HEIGHT) & (height < 0.9 * _HEIGHT)
        tall &= (width < 1.3 * height) & (width > 2)
        if not tall.any():
            continue
        typical = np.median(height[tall])
        middle = np.median((y + height / 2)[tall])
        likeness = np.exp(
            -np.abs(np.log(height / typical)) * 3 - np.abs(y + height / 2 - middle) / typical * 3
        )
        probability = np.where(tall, 0.95 * likeness, 0.0)
        boxes = np.column_stack([x, y, x + width, y + height]) / scale
        if probability.sum() > best.probability.sum():
            keep = probability > 0.05
            best = Candidates(boxes[keep], probability[keep])
    return best
