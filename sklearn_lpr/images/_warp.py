"""Cut a quadrilateral out of an image.

Coordinates are continuous: pixel i covers the interval from i to i + 1, so a box with integer
coordinates encloses whole pixels. OpenCV instead places integers at the centres of pixels. Only
this module converts between the two conventions, by adding half a pixel.
"""

from contextlib import suppress

import numpy as np
import numpy.typing as npt

from .._compat import MAX_WARPED_SIDE, cv2
from ._corners import box_corners

__all__ = [
    "BORDERS",
    "before_horizon",
    "enclosing_box",
    "quad_size",
    "surroundings",
    "warp_quad",
]

BORDERS = {
    "replicate": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT,
    "constant": cv2.BORDER_CONSTANT,
}

# The number of pixels on each side of a point that cubic interpolation uses.
_REACH = 2


def quad_size(quad: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the width and height of a quadrilateral: the longer of its opposite edges."""
    top, right, bottom, left = np.hypot(*(np.roll(quad, -1, axis=0) - quad).T)
    return float(max(top, bottom)), float(max(left, right))


def enclosing_box(
    quad: npt.NDArray[np.float64], margin: tuple[float, float] = (0.0, 0.0)
) -> npt.NDArray[np.float64]:
    """Return the corners of the upright box of whole pixels around a quadrilateral.

    `margin` is added on each side, as a fraction of the box's width and height.
    """
    low, high = quad.min(axis=0), quad.max(axis=0)
    added = np.asarray(margin) * (high - low)
    # Halves are rounded up. np.rint rounds them to even numbers, and the size of a box would then
    # depend on its place.
    low, high = np.floor(low - added + 0.5), np.floor(high + added + 0.5)
    return box_corners(*low, *np.maximum(high - low, 1))


def before_horizon(
    quad: npt.NDArray[np.float64], margin: tuple[float, float]
) -> npt.NDArray[np.float64]:
    """Return detected corners, or the box around them if they are too oblique for a margin.

    Annotated corners that are so oblique are wrong, and an error. A detector may return such
    corners for a plate that the edge of the photo cuts.
    """
    with suppress(ValueError):
        _map_to_photo(quad, quad_size(quad), margin)
        return quad
    return enclosing_box(quad)


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
        The margin on each side, as fractions of `size`.
    border : {"replicate", "reflect", "constant"}, default="replicate"
        How to fill pixels outside the image; "constant" is black.

    Returns
    -------
    ndarray of shape (round((1 + 2 vertical) height), round((1 + 2 horizontal) width)[, 3])

    Raises
    ------
    ValueError
        If the margin reaches beyond the horizon of the plate's plane, or the rectangle or the
        part of the image that it shows has a longer side than OpenCV can warp.
    """
    shape, matrix, outline = _map_to_photo(quad, size, margin)
    start, stop = _region(outline, np.array(pixels.shape[1::-1]))
    longest = int(max(*shape, *(stop - start)))
    if longest > MAX_WARPED_SIDE:
        raise ValueError(
            f"The plate with corners {quad.tolist()!r} and a margin of {margin!r} has a side of "
            f"{longest} pixels, but OpenCV warps at most {MAX_WARPED_SIDE}; correct the corners, "
            "lower the margin or reduce the photo."
        )
    matrix = _shift(*(np.floor(quad.min(axis=0)) - start - 0.5)) @ matrix @ _shift(0.5, 0.5)
    return cv2.warpPerspective(
        pixels[start[1] : stop[1], start[0] : stop[0]],
        matrix,
        tuple(int(length) for length in shape),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=BORDERS[border],
    )


def surroundings(
    pixels: npt.NDArray[np.uint8],
    quad: npt.NDArray[np.float64],
    margin: tuple[float, float] = (0.0, 0.0),
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Copy the part of a photo from which a plate is cropped.

    Parameters
    ----------
    pixels : ndarray of shape (height, width[, 3]), dtype uint8
    quad : ndarray of shape (4, 2)
        The corners of the plate.
    margin : (horizontal, vertical), default=(0, 0)
        The largest margin of a crop of the plate, rectified or not.

    Returns
    -------
    part : ndarray of shape (height, width[, 3]), dtype uint8
    quad : ndarray of shape (4, 2), dtype float64
        The corners in the part.

    Raises
    ------
    ValueError
        If the margin reaches beyond the horizon of the plate's plane.
    """
    outline = _map_to_photo(quad, quad_size(quad), margin)[2]
    reached = np.vstack([outline, enclosing_box(quad, margin)])
    start, stop = _region(reached, np.array(pixels.shape[1::-1]))
    return pixels[start[1] : stop[1], start[0] : stop[0]].copy(), quad - start


def _map_to_photo(
    quad: npt.NDArray[np.float64], size: tuple[float, float], margin: tuple[float, float]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Compute the map from a plate's rectangle to the photo.

    Returns
    -------
    shape : ndarray of shape (2,)
        The width and height of the rectangle with its margin.
    matrix : ndarray of shape (3, 3)
        The map to coordinates relative to the whole pixel at the upper left of the quadrilateral.
    outline : ndarray of shape (4, 2)
        The corners of the rectangle, with its margin, in the photo.
    """
    fraction = np.asarray(margin) / (1 + 2 * np.asarray(margin))
    shape = np.maximum(np.rint(np.asarray(size) * (1 + 2 * np.asarray(margin))), 1)
    # Single precision is enough for coordinates relative to the quadrilateral.
    origin = np.floor(quad.min(axis=0))
    inner = box_corners(*(fraction * shape), *((1 - 2 * fraction) * shape))
    matrix = cv2.getPerspectiveTransform(
        inner.astype(np.float32), (quad - origin).astype(np.float32)
    )
    outline = np.column_stack([box_corners(0, 0, *shape), np.ones(4)]) @ matrix.T
    if outline[:, 2].min() <= 0:
        raise ValueError(
            f"The plate with corners {quad.tolist()!r} is so oblique that a margin of {margin!r} "
            "reaches beyond its horizon; lower the margin or correct the corners."
        )
    return shape, matrix, outline[:, :2] / outline[:, 2:] + origin


def _region(
    outline: npt.NDArray[np.float64], size: npt.NDArray[np.int_]
) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    """Return the part of an image that a warp uses, as two corners (x, y)."""
    low = np.floor(outline.min(axis=0)) - _REACH
    high = np.ceil(outline.max(axis=0)) + _REACH
    # Reflection at the edge needs as many pixels inside the image as lie outside.
    low, high = np.minimum(low, 2 * size - high), np.maximum(high, -low)
    start = np.clip(low, 0, size - 1).astype(int)
    return start, np.clip(high, start + 1, size).astype(int)


def _shift(x: float, y: float) -> npt.NDArray[np.float64]:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], dtype=np.float64)
