"""Compute and check the four corners of a plate."""

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["CORNER_COLUMNS", "box_corners", "check_convex", "check_corners", "to_points"]

# The columns of a table that hold corners, from top left clockwise.
CORNER_COLUMNS = ("x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4")

# Corners set by hand often lie slightly outside the photo. This is the allowed distance, as a
# fraction of the plate's width.
_OUTSIDE_TOLERANCE = 0.1

# The index of the corner after each. Indexing is faster than np.roll.
_NEXT = [1, 2, 3, 0]


def box_corners(x: float, y: float, width: float, height: float) -> npt.NDArray[np.float64]:
    """Return the corners of an upright box.

    Parameters
    ----------
    x, y : float
        The upper left corner, in pixels.
    width, height : float
        The size, in pixels.

    Returns
    -------
    ndarray of shape (4, 2), dtype float64
        Top left, top right, bottom right, bottom left, each as (x, y).

    Examples
    --------
    >>> from sklearn_lpr.images import box_corners
    >>> box_corners(10, 20, 94, 24).tolist()
    [[10.0, 20.0], [104.0, 20.0], [104.0, 44.0], [10.0, 44.0]]
    """
    return np.array(
        [[x, y], [x + width, y], [x + width, y + height], [x, y + height]], dtype=np.float64
    )


def check_corners(
    corners: npt.ArrayLike, height: int, width: int, *, min_thickness: float = 2
) -> npt.NDArray[np.float64]:
    """Check that four corners enclose a plate inside an image.

    Parameters
    ----------
    corners : array-like of shape (4, 2)
        Top left, top right, bottom right, bottom left, each as (x, y) in pixels.
    height, width : int
        The image's size, in pixels.
    min_thickness : float, default=2
        The smallest width and height of the plate, in pixels. If corners are fractions of the
        image size, the plate is thinner than 1 pixel.

    Returns
    -------
    ndarray of shape (4, 2), dtype float64
        The corners.

    Raises
    ------
    ValueError
        If the shape is wrong or a number is not finite; if the corners are not those of a
        convex quadrilateral in the order above; if the quadrilateral is thinner than
        `min_thickness`, as when the corners are fractions of the image size; or if a corner lies
        outside the image by more than a tenth of the plate's width.

    Examples
    --------
    >>> from sklearn_lpr.images import box_corners, check_corners
    >>> check_corners(box_corners(90, 10, 94, 24), height=60, width=120)
    Traceback (most recent call last):
        ...
    ValueError: Corner [184.0, 10.0] lies outside the image of 120 x 60 pixels (width x height).
    """
    quad, edge, turns = _convex_parts(corners)
    # A quarter of the sum of the cross products is the area.
    if turns.sum() / 4 < min_thickness * np.hypot(*edge.T).max():
        raise ValueError(
            f"Corners {quad.tolist()!r} enclose less than {min_thickness} pixels in width or "
            "height. Pass corners in pixels, not as fractions of the image: multiply fractions by "
            "its width and height."
        )
    tolerance = _OUTSIDE_TOLERANCE * np.hypot(*edge[[0, 2]].T).max()
    outside = (quad < -tolerance) | (quad > np.array([width, height]) + tolerance)
    if outside.any():
        corner = quad[outside.any(axis=1)][0]
        raise ValueError(
            f"Corner {corner.tolist()!r} lies outside the image of {width} x {height} pixels "
            "(width x height)."
        )
    return quad


def check_convex(corners: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Check that four corners bound a convex quadrilateral, of any size and anywhere.

    Parameters
    ----------
    corners : array-like of shape (4, 2)
        Top left, top right, bottom right, bottom left, each as (x, y) in pixels.

    Returns
    -------
    ndarray of shape (4, 2), dtype float64

    Raises
    ------
    ValueError
        If the shape is another one, a number is not finite, or the corners have another order.
    """
    return _convex_parts(corners)[0]


def to_points(corners: Any, name: str) -> npt.NDArray[np.float64]:
    """Convert corners to an array, of any shape; the error calls them `name`."""
    try:
        return np.asarray(corners, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be four points (x, y), got {corners!r}.") from error


def _convex_parts(
    corners: npt.ArrayLike,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return convex corners, the edges from each to the next, and the cross products of these."""
    quad = to_points(corners, "Corners")
    if quad.shape != (4, 2):
        raise ValueError(
            f"Corners must have shape (4, 2) (top left, top right, bottom right, bottom left as "
            f"x, y), got shape {quad.shape}."
        )
    if not np.isfinite(quad).all():
        raise ValueError(f"Corners must be finite numbers, got {quad.tolist()!r}.")
    edge = quad[_NEXT] - quad
    following = edge[_NEXT]
    turns = edge[:, 0] * following[:, 1] - edge[:, 1] * following[:, 0]
    # The y axis points down, so the cross products of clockwise corners are positive.
    if (turns <= 0).any():
        raise ValueError(
            f"Corners {quad.tolist()!r} do not bound a convex quadrilateral; pass them in the "
            "order top left, top right, bottom right, bottom left."
        )
    return quad, edge, turns
