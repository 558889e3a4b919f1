"""Cut a quadrilateral out of an image.

Coordinates are continuous: pixel i covers the interval from i to i + 1, so that a box of whole
numbers bounds whole pixels. OpenCV puts whole numbers at the centres of pixels instead; the
half pixel between the two is added here and nowhere else.
"""

import numpy as np
import numpy.typing as npt

from .._compat import MAX_WARPED_SIDE, cv2
from ._corners import box_corners

__all__ = ["BORDERS", "enclosing_box", "quad_size", "warp_quad"]

BORDERS = {
    "replicate": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT,
    "constant": cv2.BORDER_CONSTANT,
}

# How many pixels beside a point cubic interpolation looks at.
_REACH = 2


def quad_size(quad: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Give the width and height of a quadrilateral: the longer of its opposite edges."""
    top, right, bottom, left = np.hypot(*(np.roll(quad, -1, axis=0) - quad).T)
    return float(max(top, bottom)), float(max(left, right))


def enclosing_box(
    quad: npt.NDArray[np.float64], margin: tuple[float, float] = (0.0, 0.0)
) -> npt.NDArray[np.float64]:
    """Give the corners of the upright box of whole pixels around a quadrilateral.

    `margin` is the fraction of the box's width and height that is added on each side.
    """
    low, high = quad.min(axis=0), quad.max(axis=0)
    added = np.asarray(margin) * (high - low)
    # Halves upward: to even numbers, as np.rint has it, a box's size would depend on its place.
    low, high = np.floor(low - added + 0.5), np.floor(high + added + 0.5)
    return box_corners(*low, *np.maximum(high - low, 1))


def warp_quad(
    pixels: npt.NDArray[np.uint8],
    quad: npt.NDArray[np.float64],
    size: tuple[float, float],
    margin: tuple[float, float] = (0.0, 0.0),
    border: str = "replicate",
) -> npt.NDArray[np.uint8]:
    """Map a convex quadrilateral to an upright rectangle.

    Parameters
    ----------
    pixels : ndarray of shape (height, width[, 3]), dtype uint8
    quad : ndarray of shape (4, 2)
        Top left, top right, bottom right, bottom left, as (x, y).
    size : (width, height)
        The rectangle's size without margin.
    margin : (horizontal, vertical), default=(0, 0)
        What is added on each side, as fractions of `size`.
    border : {"replicate", "reflect", "constant"}, default="replicate"
        What lies outside the image; "constant" is black.

    Returns
    -------
    ndarray of shape (round((1 + 2 vertical) height), round((1 + 2 horizontal) width)[, 3])

    Raises
    ------
    ValueError
        If the margin reaches beyond the horizon of the plate's plane, or the rectangle or what it
        shows of the image has a side longer than OpenCV warps.
    """
    fraction = np.asarray(margin) / (1 + 2 * np.asarray(margin))
    shape = np.maximum(np.rint(np.asarray(size) * (1 + 2 * np.asarray(margin))), 1)
    # Single precision is enough once coordinates count from the quadrilateral.
    origin = np.floor(quad.min(axis=0))
    inner = box_corners(*(fraction * shape), *((1 - 2 * fraction) * shape))
    matrix = cv2.getPerspectiveTransform(
        inner.astype(np.float32), (quad - origin).astype(np.float32)
    )
    outline = np.column_stack([box_corners(0, 0, *shape), np.ones(4)]) @ matrix.T
    if outline[:, 2].min() <= 0:
        raise ValueError(
            f"The plate with corners {quad.tolist()!r} is seen so obliquely that a margin of "
            f"{margin!r} reaches beyond its horizon; lower the margin or correct the corners."
        )
    outline = outline[:, :2] / outline[:, 2:] + origin
    start, stop = _region(outline, np.array(pixels.shape[1::-1]))
    longest = int(max(*shape, *(stop - start)))
    if longest > MAX_WARPED_SIDE:
        raise ValueError(
            f"The plate with corners {quad.tolist()!r} and a margin of {margin!r} has a side of "
            f"{longest} pixels, more than the {MAX_WARPED_SIDE} that OpenCV warps; correct the "
            "corners, lower the margin or reduce the photo."
        )
    matrix = _shift(*(origin - start - 0.5)) @ matrix @ _shift(0.5, 0.5)
    return cv2.warpPerspective(
        pixels[start[1] : stop[1], start[0] : stop[0]],
        matrix,
        tuple(int(length) for length in shape),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=BORDERS[border],
    )


def _region(
    outline: npt.NDArray[np.float64], size: npt.NDArray[np.int_]
) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    """Give the part of an image, from (x, y) to (x, y), that a warp looks at."""
    low = np.floor(outline.min(axis=0)) - _REACH
    high = np.ceil(outline.max(axis=0)) + _REACH
    # A mirror at the image's edge needs as much of its inside as lies outside.
    low, high = np.minimum(low, 2 * size - high), np.maximum(high, -low)
    start = np.clip(low, 0, size - 1).astype(int)
    return start, np.clip(high, start + 1, size).astype(int)


def _shift(x: float, y: float) -> npt.NDArray[np.float64]:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], dtype=np.float64)
