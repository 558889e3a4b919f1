"""Random arrays, valid and invalid, and objects that are not images."""

from typing import Any

import numpy as np
import numpy.typing as npt

from sklearn_lpr import PlateImage
from sklearn_lpr.images import box_corners

__all__ = ["draw_sample"]


def draw_sample(rng: np.random.Generator) -> Any:
    """Draw a valid or invalid array, with or without corners, or an object that is not an image."""
    kind = rng.random()
    if kind < 0.1:
        return _NOT_IMAGES[rng.integers(len(_NOT_IMAGES))]
    if kind < 0.2:
        return _invalid_array(rng)
    pixels = _pixels(rng)
    return pixels if kind < 0.5 else PlateImage(pixels, _corners(rng, *pixels.shape[:2]))


_NOT_IMAGES = (None, 3, float("nan"), b"a.png", "", "gone.png", ".", "a\0b", [[0, 1]], ("a.png",))


def _pixels(rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return noise of few or many grey levels, mostly small, sometimes very long."""
    longest = int(rng.choice([2, 8, 40, 120, 3000], p=[0.1, 0.2, 0.4, 0.29, 0.01]))
    shape = [int(rng.integers(1, longest + 1)), int(rng.integers(1, min(longest, 120) + 1))]
    shape = shape[:: int(rng.choice([1, -1]))] + [[], [1], [3]][rng.integers(3)]
    levels = rng.integers(0, 256, int(rng.choice([1, 2, 3, 256])), dtype=np.uint8)
    pixels = rng.choice(levels, shape)
    pixels = pixels[:, ::-1] if rng.random() < 0.2 else pixels
    pixels.flags.writeable = bool(rng.random() < 0.5)
    return pixels


def _invalid_array(rng: np.random.Generator) -> npt.NDArray[Any]:
    dtypes = (np.uint8, np.int8, np.uint16, np.float32, np.complex64, bool, object, "U3")
    shape = rng.choice([0, 1, 2, 3, 4, 20], int(rng.integers(0, 6)))
    return np.zeros(shape, dtypes[rng.integers(len(dtypes))])


def _corners(rng: np.random.Generator, height: int, width: int) -> npt.NDArray[np.float64]:
    """Return corners that are exact, inexact, or invalid."""
    left, right = sorted(rng.uniform(0, width, 2))
    top, bottom = sorted(rng.uniform(0, height, 2))
    corners = box_corners(left, top, right - left, bottom - top)
    scale = rng.choice([0, 0.1, 1, 100], p=[0.4, 0.3, 0.2, 0.1]) * min(width, height)
    corners += rng.normal(0, 1, (4, 2)) * scale
    if rng.random() < 0.1:
        corners[rng.integers(4), rng.integers(2)] = rng.choice([np.nan, np.inf, 0.0, -1e300])
    return corners if rng.random() < 0.9 else rng.permutation(corners)
