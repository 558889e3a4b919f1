"""The windows in which a small network finds a plate's corners again."""

import numpy as np
import numpy.typing as npt

from ..images._quads import plate_size
from ._windows import Affine

__all__ = [
    "CORNER_UNIT",
    "EXPECTED",
    "N_CORNER_OUTPUTS",
    "WINDOW_SIZE",
    "corner_target",
    "window_around",
]

Floats = npt.NDArray[np.float64]

# Width and height of a window, and the corners that a plate has in it which is found exactly.
WINDOW_SIZE = (96, 48)
_LEFT, _TOP, _RIGHT, _BOTTOM = 24.0, 12.0, 72.0, 36.0
EXPECTED: Floats = np.array([[_LEFT, _TOP], [_RIGHT, _TOP], [_RIGHT, _BOTTOM], [_LEFT, _BOTTOM]])

# Pixels of the window by unit of the network's offsets.
CORNER_UNIT = 12.0

# A logit, and the offsets of four corners.
N_CORNER_OUTPUTS = 9

# The least area of the parallelogram around which a window is cut, in square pixels.
_LEAST_AREA = 1.0


def window_around(quad: Floats) -> Affine | None:
    """Return the map from a photo to the window around a plate.

    The parallelogram with the mean sides of the quadrilateral becomes an upright rectangle of a
    fixed size. Tilted plates are upright then, and plates of all shapes alike.

    Parameters
    ----------
    quad : ndarray of shape (4, 2)
        Convex corners in the photo.

    Returns
    -------
    tuple of ndarray, or None
        None if the parallelogram is too small.
    """
    along = (quad[1] - quad[0] + quad[2] - quad[3]) / 2
    down = (quad[3] - quad[0] + quad[2] - quad[1]) / 2
    if not along[0] * down[1] - along[1] * down[0] > _LEAST_AREA:
        return None
    linear = np.diag(EXPECTED[2] - EXPECTED[0]) @ np.linalg.inv(np.column_stack([along, down]))
    return linear, EXPECTED.mean(axis=0) - linear @ quad.mean(axis=0)


def corner_target(quad: Floats | None, is_box: bool, to_window: Floats) -> npt.NDArray[np.float32]:
    """Build the target of the network for a window.

    Parameters
    ----------
    quad : ndarray of shape (4, 2), or None
        The plate's corners in the window; None where it shows no plate.
    is_box : bool
        Whether only the upright box around the corners in the photo is known.
    to_window : ndarray of shape (2, 2)
        The linear part of the map from the photo to the window.

    Returns
    -------
    ndarray of shape (14,), dtype float32
        Whether there is a plate; whether only its box is known; the linear map from the window to
        the photo, in which the plate has height 1; and the corners in the window.
    """
    target = np.zeros(14, np.float32)
    if quad is None:
        return target
    to_photo = np.linalg.inv(to_window)
    height = plate_size(quad @ to_photo.T)[1]
    target[0], target[1] = 1, is_box
    target[2:6] = (to_photo / height).reshape(4)
    target[6:] = quad.reshape(8)
    return target
