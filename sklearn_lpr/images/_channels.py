"""Convert between grey, (height, width) or (height, width, 1), and RGB (height, width, 3)."""

import numpy as np
import numpy.typing as npt

from .._compat import cv2

__all__ = ["to_grey", "to_rgb"]

Pixels = npt.NDArray[np.uint8]


def to_grey(pixels: Pixels) -> Pixels:
    """Return the luminance of an RGB image, or a grey image, of shape (height, width)."""
    return (
        cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        if _is_rgb(pixels)
        else pixels.reshape(pixels.shape[:2])
    )


def to_rgb(pixels: Pixels) -> Pixels:
    """Return a grey image with three equal channels; return an RGB image unchanged."""
    return pixels if _is_rgb(pixels) else cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB)


def _is_rgb(pixels: Pixels) -> bool:
    return pixels.ndim == 3 and pixels.shape[2] == 3
