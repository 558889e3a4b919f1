"""Make a quadrilateral of an image unreadable."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..images import box_corners
from ..images._warp import quad_size

__all__ = ["METHODS", "redact_quad", "redact_whole"]

Pixels = npt.NDArray[np.uint8]

# A plate is reduced to this height in pixels before it is blurred, so that neither the remaining
# detail nor the time depends on the resolution of the photo.
_BLURRED_HEIGHT = 16
# The standard deviation of the blur, in heights of the plate. The distance between characters is
# about half a height; a Gaussian blur of this deviation reduces a pattern of that period to less
# than one grey level of 255.
_DEVIATION = 0.5


def redact_quad(pixels: Pixels, quad: npt.NDArray[np.float64], margin: float, method: str) -> None:
    """Make a quadrilateral and its margin unreadable in place.

    Parameters
    ----------
    pixels : ndarray of shape (height, width[, 3]), dtype uint8
        The image. It is modified; pixels beyond the margin are not changed.
    quad : ndarray of shape (4, 2)
        Top left, top right, bottom right and bottom left corner of a convex quadrilateral, as
        (x, y).
    margin : float
        The distance by which each edge is moved outwards, as a fraction of the plate's height.
    method : {"fill", "pixelate", "blur"}
        See `PlateRedactor`.
    """
    plate_height = quad_size(quad)[1]
    reach = margin * plate_height
    size = np.array(pixels.shape[1::-1])
    start = np.clip(np.floor(quad.min(axis=0) - reach), 0, size).astype(int)
    stop = np.clip(np.ceil(quad.max(axis=0) + reach), 0, size).astype(int)
    region = pixels[start[1] : stop[1], start[0] : stop[0]]
    if region.size:
        covered = _covered(quad - start, reach, region.shape[:2])
        region[covered] = METHODS[method](region, plate_height)[covered]


def redact_whole(pixels: Pixels, method: str) -> None:
    """Make a whole image unreadable in place; `redact_quad` does so for a part."""
    redact_quad(pixels, box_corners(0, 0, *pixels.shape[1::-1]), 0.0, method)


def _covered(
    quad: npt.NDArray[np.float64], reach: float, shape: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Return a mask of the pixels that a quadrilateral with edges moved outwards touches."""
    y, x = np.ogrid[0.5 : shape[0], 0.5 : shape[1]]
    covered = np.ones(shape, dtype=bool)
    for (left, top), (along, down) in zip(quad, np.roll(quad, -1, axis=0) - quad, strict=True):
        # Corners run clockwise, so the plate lies to the right of each edge. The inward distance of
        # a pixel's centre and the extent of its corners are both multiplied by the edge's length.
        inwards = along * (y - top) - down * (x - left)
        corner = (abs(along) + abs(down)) / 2
        covered &= inwards > -reach * np.hypot(along, down) - corner
    return covered


def _fill(region: Pixels, plate_height: float) -> Pixels:
    return np.zeros_like(region)


def _pixelate(region: Pixels, plate_height: float) -> Pixels:
    """Return the mean colours of squares as high as the plate."""
    height, width = region.shape[:2]
    cells = (max(1, round(width / plate_height)), max(1, round(height / plate_height)))
    means = cv2.resize(region, cells, interpolation=cv2.INTER_AREA)
    return cv2.resize(means, (width, height), interpolation=cv2.INTER_NEAREST)


def _blur(region: Pixels, plate_height: float) -> Pixels:
    height, width = region.shape[:2]
    scale = min(1.0, _BLURRED_HEIGHT / plate_height)
    size = (max(1, round(scale * width)), max(1, round(scale * height)))
    small = cv2.resize(region, size, interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(
        small, (0, 0), _DEVIATION * scale * plate_height, borderType=cv2.BORDER_REFLECT
    )
    return cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR)


METHODS: Mapping[str, Callable[[Pixels, float], Pixels]] = {
    "fill": _fill,
    "pixelate": _pixelate,
    "blur": _blur,
}
