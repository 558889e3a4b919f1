"""Convert between grey (height, width) and RGB (height, width, 3)."""

import numpy as np
import numpy.typing as npt

from .._compat import cv2

__all__ = ["to_grey", "to_rgb"]

Pixels = npt.NDArray[np.uint8]


def to_grey(pixels: Pixels) -> Pixels:
    """Return the luminance of an RGB image; return a grey image unchanged."""
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels


def to_rgb(pixels: Pixels) -> Pixels:
    """Return a grey image with three equal channels; return an RGB image unchanged."""
    return cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB) if pixels.ndim == 2 else pixels
