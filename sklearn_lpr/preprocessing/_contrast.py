"""Enhance the contrast of small images."""

import numpy as np
import numpy.typing as npt

from .._compat import cv2

__all__ = ["CONTRASTS", "enhance_contrast"]

Pixels = npt.NDArray[np.uint8]


def enhance_contrast(pixels: Pixels, method: str) -> Pixels:
    """Enhance the contrast of a grey image, or of the luminance of an RGB image."""
    function = CONTRASTS[method]
    if pixels.ndim == 2:
        return function(pixels)
    parts = cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb)
    parts[:, :, 0] = function(np.ascontiguousarray(parts[:, :, 0]))
    return cv2.cvtColor(parts, cv2.COLOR_YCrCb2RGB)


def _equalize(grey: Pixels) -> Pixels:
    return cv2.equalizeHist(grey)


def _clahe(grey: Pixels) -> Pixels:
    height, width = grey.shape
    # Square tiles of the plate's height contain both strokes and background.
    tiles = max(1, round(width / height))
    return cv2.createCLAHE(clipLimit=2.0, tileGridSize=(tiles, 1)).apply(grey)


def _stretch(grey: Pixels) -> Pixels:
    low, high = np.percentile(grey, [1, 99])
    if high <= low:
        return grey
    scaled = (grey.astype(np.float64) - low) * (255 / (high - low))
    return np.rint(scaled.clip(0, 255)).astype(np.uint8)


CONTRASTS = {"equalize": _equalize, "clahe": _clahe, "stretch": _stretch}
