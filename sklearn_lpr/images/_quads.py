"""Areas and overlaps of plates given by four corners."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ._corners import check_convex

__all__ = [
    "are_boxes",
    "check_plates",
    "check_quads",
    "common_area",
    "enclosing_boxes",
    "iou",
    "plate_size",
    "quad_area",
    "suppress_overlaps",
]

Floats = npt.NDArray[np.float64]

# Two plates share no area; detections of one plate, and of a part of it, do. The largest part of
# the smaller one that may be shared, which allows for errors in plates side by side.
_MAX_SHARED = 0.15


def check_quads(quads: Any, name: str) -> Floats:
    """Check the corners of the plates of one photo.

    Parameters
    ----------
    quads : array-like of shape (n_plates, 4, 2)
        Or anything empty.
    name : str
        What the error message calls it.

    Returns
    -------
    ndarray of shape (n_plates, 4, 2), dtype float64

    Raises
    ------
    ValueError
        If the shape is another one, or a number is not finite.
    """
    try:
        corners = np.asarray(quads, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} must hold finite corners of shape (n_plates, 4, 2), got {quads!r}."
        ) from error
    if corners.size == 0:
        return np.empty((0, 4, 2))
    if corners.shape[1:] != (4, 2) or not np.isfinite(corners).all():
        hint = "; for one plate pass [corners]" if corners.shape == (4, 2) else ""
        raise ValueError(
            f"{name} must hold finite corners of shape (n_plates, 4, 2), got an array of shape "
            f"{corners.shape}{hint}."
        )
    return corners


def check_plates(quads: Any, name: str) -> Floats:
    """Check the annotated corners of the plates of one photo.

    The parameters are those of `check_quads`.

    Returns
    -------
    ndarray of shape (n_plates, 4, 2), dtype float64

    Raises
    ------
    ValueError
        As `check_quads`, and if the corners of a plate have another order.
    """
    corners = check_quads(quads, name)
    for index, quad in enumerate(corners):
        try:
            check_convex(quad)
        except ValueError as error:
            raise ValueError(f"{name}[{index}]: {error}") from error
    return corners


def quad_area(quad: Floats) -> float:
    """Compute the area of a quadrilateral (4, 2)."""
    # Relative to one corner, products of large coordinates lose no digits.
    return abs(_signed_area((quad - quad[0]).tolist()))


def common_area(first: Floats, second: Floats) -> float:
    """Compute the area that two convex quadrilaterals (4, 2) have in common.

    The first is clipped at each side of the second [1]_. `cv2.intersectConvexConvex` misses half
    of the area and more of some quadrilaterals that are almost the same.

    References
    ----------
    .. [1] I. E. Sutherland and G. W. Hodgman, "Reentrant Polygon Clipping", Communications of the
       ACM 17(1), 1974.
    """
    if (first.max(axis=0) <= second.min(axis=0)).any():
        return 0.0
    if (second.max(axis=0) <= first.min(axis=0)).any():
        return 0.0
    # Relative to one corner, products of large coordinates lose no digits.
    origin = second[0]
    outline: list[tuple[float, float]] = [(x, y) for x, y in (first - origin).tolist()]
    clip = (second - origin).tolist()
    signed_area = _signed_area(clip)
    if signed_area == 0:
        return 0.0
    if signed_area < 0:
        clip.reverse()
    for (x0, y0), (x1, y1) in zip(clip, clip[1:] + clip[:1], strict=True):
        inside = [(x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) for x, y in outline]
        clipped = []
        for index, (x, y) in enumerate(outline):
            before, here = inside[index - 1], inside[index]
            if (before < 0) != (here < 0):
                x_before, y_before = outline[index - 1]
                step = before / (before - here)
                clipped.append((x_before + step * (x - x_before), y_before + step * (y - y_before)))
            if here >= 0:
                clipped.append((x, y))
        outline = clipped
    return abs(_signed_area(outline))


def _signed_area(outline: Sequence[Sequence[float]]) -> float:
    """Compute the area of a polygon; it is positive if clockwise, with the y axis down."""
    sides = zip([*outline[-1:], *outline[:-1]], outline, strict=True)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in sides) / 2


def iou(first: Floats, second: Floats) -> float:
    """Compute the intersection over union of two convex quadrilaterals."""
    common = common_area(first, second)
    union = quad_area(first) + quad_area(second) - common
    return common / union if union > 0 else 0.0


def are_boxes(quads: Floats) -> npt.NDArray[np.bool_]:
    """Return for each quadrilateral (n, 4, 2) whether it is an upright rectangle."""
    (top_left, top_right, bottom_right, bottom_left) = quads.transpose(1, 0, 2)
    level = (top_left[:, 1] == top_right[:, 1]) & (bottom_left[:, 1] == bottom_right[:, 1])
    return level & (top_left[:, 0] == bottom_left[:, 0]) & (top_right[:, 0] == bottom_right[:, 0])


def enclosing_boxes(quads: Floats) -> Floats:
    """Return the upright boxes around quadrilaterals (n, 4, 2) as corners (n, 4, 2)."""
    (left, top), (right, bottom) = quads.min(axis=1).T, quads.max(axis=1).T
    return np.stack([left, top, right, top, right, bottom, left, bottom], axis=1).reshape(-1, 4, 2)


def plate_size(quad: Floats) -> tuple[float, float]:
    """Return the mean width and height of a quadrilateral, along its sides."""
    side = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    return float(side[0] + side[2]) / 2, float(side[1] + side[3]) / 2


def suppress_overlaps(
    quads: Floats, scores: npt.NDArray[np.floating], max_shared: float = _MAX_SHARED
) -> list[int]:
    """Return the indices of the quadrilaterals that overlap no better one, best first.

    Parameters
    ----------
    quads : ndarray of shape (n, 4, 2)
    scores : ndarray of shape (n,)
    max_shared : float
        The largest part of the smaller of two quadrilaterals that may be shared.
    """
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable").tolist():
        quad, area = quads[index], quad_area(quads[index])
        if area > 0 and all(
            common_area(quad, quads[other]) <= max_shared * min(area, quad_area(quads[other]))
            for other in kept
        ):
            kept.append(index)
    return kept
