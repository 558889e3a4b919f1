"""Areas and overlaps of plates given by four corners."""

import numpy as np
import numpy.typing as npt

from .._compat import cv2

__all__ = [
    "are_boxes",
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


def quad_area(quad: Floats) -> float:
    """Compute the area of a convex quadrilateral (4, 2)."""
    return float(cv2.contourArea(quad.astype(np.float32)))


def common_area(first: Floats, second: Floats) -> float:
    """Compute the area that two convex quadrilaterals have in common."""
    return float(cv2.intersectConvexConvex(first.astype(np.float32), second.astype(np.float32))[0])


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
