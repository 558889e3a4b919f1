"""The four corners of a plate: where they come from and when they make sense."""

import numpy as np
import numpy.typing as npt

__all__ = ["box_corners", "check_corners"]

# Hand-set corners often lie a little outside the photo; how far they may, as a fraction of
# the plate's width.
_OUTSIDE_TOLERANCE = 0.1
# In pixels. No plate is as thin as this, but one whose corners are fractions of the image is.
_MIN_THICKNESS = 2


def box_corners(x: float, y: float, width: float, height: float) -> npt.NDArray[np.float64]:
    """Give the corners of an upright box.

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


def check_corners(corners: npt.ArrayLike, height: int, width: int) -> npt.NDArray[np.float64]:
    """Check that four corners bound a plate inside an image.

    Parameters
    ----------
    corners : array-like of shape (4, 2)
        Top left, top right, bottom right, bottom left, each as (x, y) in pixels.
    height, width : int
        The image's size, in pixels.

    Returns
    -------
    ndarray of shape (4, 2), dtype float64

    Raises
    ------
    ValueError
        If a number is missing or not finite, if the corners do not run around a convex
        quadrilateral from top left to bottom left, if that is thinner than 2 pixels, as it is
        where corners are fractions of the image, or if a corner lies outside the image by more
        than a tenth of the plate's width.

    Examples
    --------
    >>> from sklearn_lpr.images import box_corners, check_corners
    >>> check_corners(box_corners(90, 10, 94, 24), height=60, width=120)
    Traceback (most recent call last):
        ...
    ValueError: Corner [184.0, 10.0] lies outside the image of 120 x 60 pixels (width x height).
    """
    quad = np.asarray(corners, dtype=np.float64)
    if quad.shape != (4, 2):
        raise ValueError(
            f"Corners must have shape (4, 2) (top left, top right, bottom right, bottom left as "
            f"x, y), got shape {quad.shape}."
        )
    if not np.isfinite(quad).all():
        raise ValueError(f"Corners must be finite numbers, got {quad.tolist()!r}.")
    edge = np.roll(quad, -1, axis=0) - quad
    following = np.roll(edge, -1, axis=0)
    turn = edge[:, 0] * following[:, 1] - edge[:, 1] * following[:, 0]
    # y points down: clockwise corners turn positively everywhere.
    if (turn <= 0).any():
        raise ValueError(
            f"Corners {quad.tolist()!r} do not bound a convex quadrilateral; give them in the "
            "order top left, top right, bottom right, bottom left."
        )
    # Half the turns' sum over opposite corners is the area.
    if turn.sum() / 4 < _MIN_THICKNESS * np.hypot(*edge.T).max():
        raise ValueError(
            f"Corners {quad.tolist()!r} bound less than {_MIN_THICKNESS} pixels in width or "
            "height; give them in pixels, not as fractions of the image: multiply these by its "
            "width and height."
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
