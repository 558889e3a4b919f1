"""Detection in small images, which may be photos or crops of plates."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..images._quads import quad_area
from ._single_image import find_in_photo

__all__ = ["add_surroundings", "find_in_crop", "may_be_crop"]

# The longer side of an image that can be a crop of a plate, in pixels; photos are larger.
_LARGEST_CROP = 320

# The border added to a small image before detection, as fractions of its height and width: the
# detector was trained on plates with surroundings, and finds few that touch the edge of an image.
_PADDING = (0.5, 0.3)

# A detected plate that covers this part of a small image is not cropped: what a tight crop gains is
# less than what inexact corners cost, most of all for plates with two rows.
_TIGHT_CROP = 0.5

# A detection in a small image with a lower score is mostly a part of the plate, such as a row: of
# 2526 crops, tight and loose, 47 more are read exactly than without this limit, and as many for
# limits from 0.55 to 0.65. A plate that covers less than the second fraction of the image is in a
# small photo, which is not read whole.
_SURE, _SMALL_PHOTO = 0.6, 0.1


def may_be_crop(pixels: npt.NDArray[np.uint8]) -> bool:
    """Return whether an image is small enough to be a crop of a plate."""
    return max(pixels.shape[:2]) <= _LARGEST_CROP


def add_surroundings(
    pixels: npt.NDArray[np.uint8],
) -> tuple[npt.NDArray[np.uint8], tuple[int, int]]:
    """Return a small image with a border in which the detector finds plates, and its offset.

    The offset is the x and y of the image in the result.
    """
    height, width = pixels.shape[:2]
    y, x = round(_PADDING[0] * height), round(_PADDING[1] * width)
    return cv2.copyMakeBorder(pixels, y, y, x, x, cv2.BORDER_REPLICATE), (x, y)


def find_in_crop(
    detector: Any, pixels: npt.NDArray[np.uint8], owner: str
) -> tuple[list[npt.NDArray[np.float64]], list[float]]:
    """Find all plates of a small image, and none in a tight crop.

    Parameters and exceptions are those of `find_in_photo`.

    Returns
    -------
    corners : list of ndarray of shape (4, 2), dtype float64
        The corners of each plate, in the order of the detector. They may lie outside the image.
        Empty if no plate is found, or if the first detection shows that the image is the crop of
        one plate.
    scores : list of float
        The score of each plate; nan if the detector has no method ``detect_all``.
    """
    padded, offset = add_surroundings(pixels)
    corners, scores = find_in_photo(detector, padded, owner)
    if not corners:
        return [], []
    covered = quad_area(corners[0]) / (pixels.shape[0] * pixels.shape[1])
    if covered >= _TIGHT_CROP or (covered >= _SMALL_PHOTO and scores[0] < _SURE):
        return [], []
    return [quad - np.array(offset) for quad in corners], scores
