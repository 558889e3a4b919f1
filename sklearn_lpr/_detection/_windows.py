"""Cut windows of a photo in which a plate has a fixed place and size."""

import numpy as np
import numpy.typing as npt

from .._compat import MAX_WARPED_SIDE, cv2

__all__ = ["PADDING", "Affine", "cut_window", "map_points", "unmap_points"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# The linear part (2, 2) and the shift (2,) of a map from the photo to the window.
Affine = tuple[Floats, Floats]

# The grey level beyond the photo.
PADDING = 114

# A photo is shrunk by its mean first where a window shows it at less than this scale.
_LEAST_SCALE = 0.5


def map_points(affine: Affine, points: Floats) -> Floats:
    """Return the points (..., 2) in the window."""
    linear, shift = affine
    return points @ linear.T + shift


def unmap_points(affine: Affine, points: Floats) -> Floats:
    """Return points (..., 2) of the window in the photo."""
    linear, shift = affine
    return (points - shift) @ np.linalg.inv(linear).T


def cut_window(pixels: Pixels, affine: Affine, size: tuple[int, int]) -> Pixels | None:
    """Cut a window of a photo.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype uint8
    affine : tuple of ndarray
        From the photo to the window. Pixels have their edges at whole numbers in both.
    size : tuple of int
        Width and height of the window.

    Returns
    -------
    ndarray of shape (size[1], size[0], 3), dtype uint8, or None
        None where the window lies outside the photo.
    """
    linear, shift = affine
    outline = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float64)
    seen = unmap_points(affine, outline)
    sides = np.array(pixels.shape[1::-1])
    low, high = seen.min(axis=0), seen.max(axis=0)
    if (high <= 0).any() or (low >= sides).any():
        return None
    if sides.max() > MAX_WARPED_SIDE:
        # OpenCV 4 warps no larger photo: cut out the part that is seen, and its neighbours.
        start = np.maximum(low.astype(int) - 2, 0)
        stop = np.minimum(np.ceil(high).astype(int) + 2, sides)
        pixels = pixels[start[1] : stop[1], start[0] : stop[0]]
        shift, low, high = shift + linear @ start, low - start, high - start
        sides = np.array(pixels.shape[1::-1])
    # How far a step of one pixel of the photo, across or down, goes in the window.
    scales = np.linalg.norm(linear, axis=0)
    if scales.min() < _LEAST_SCALE:
        # Shrink only the part that is seen, so that no pixel is skipped.
        start = np.maximum(low.astype(int), 0)
        stop = np.minimum(np.ceil(high).astype(int) + 1, sides)
        part = pixels[start[1] : stop[1], start[0] : stop[0]]
        wanted = np.minimum(scales / _LEAST_SCALE, 1) * part.shape[1::-1]
        wanted = np.maximum(wanted.round().astype(int), 1)
        ratio = part.shape[1::-1] / wanted
        pixels = cv2.resize(part, wanted.tolist(), interpolation=cv2.INTER_AREA)
        linear, shift = linear * ratio, shift + linear @ start
    # OpenCV puts whole numbers at the centres of pixels.
    matrix = np.column_stack([linear, shift + linear.sum(axis=1) / 2 - 0.5])
    return cv2.warpAffine(pixels, matrix, size, borderValue=(PADDING,) * 3)
