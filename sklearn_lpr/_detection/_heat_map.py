"""Build the target of the detection network, and find plates in its output.

Each cell of the output has nine numbers: the logit of the probability that a plate's centre lies
there, and the offsets of the plate's four corners from the cell's centre. Plates are found as peaks
of a heat map, as in CenterNet [1]_, and rectified by their corners, as in WPOD-NET [2]_.

References
----------
.. [1] X. Zhou, D. Wang and P. Krähenbühl, "Objects as Points", 2019, arXiv:1904.07850.
.. [2] S. M. Silva and C. R. Jung, "License Plate Detection and Recognition in Unconstrained
   Scenarios", ECCV 2018.
"""

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..images._corners import check_convex
from ..images._quads import enclosing_boxes, plate_size

__all__ = [
    "N_OUTPUTS",
    "OFFSET_UNIT",
    "STRIDE",
    "build_target",
    "cell_centres",
    "find_convex",
    "find_peaks",
]

Floats = npt.NDArray[np.float64]

# Pixels of the image by cell, in both directions.
STRIDE = 8

# Pixels by unit of the network's offsets, so that its outputs are of the order of 1.
OFFSET_UNIT = 32.0

# A logit and four corners.
N_OUTPUTS = 9

# The heat map of a plate: a Gaussian with this standard deviation, as a fraction of half of its
# width and height, cut off below the least value. Cells above the greater one learn the corners.
_SIGMA = 0.35
_LEAST_HEAT = 0.02
_LEAST_CORNER_HEAT = 0.4

# Pixels around an ignored plate that are ignored as well.
_IGNORED_MARGIN = 4


def cell_centres(n_rows: int, n_columns: int) -> npt.NDArray[np.float32]:
    """Return the centres of the cells in pixels, of shape (n_rows, n_columns, 2), as (x, y)."""
    x, y = ((np.arange(n, dtype=np.float32) + 0.5) * STRIDE for n in (n_columns, n_rows))
    return np.stack(np.meshgrid(x, y), axis=-1)


def build_target(
    size: int,
    corners: Floats,
    is_box: npt.NDArray[np.bool_],
    ignored: Floats,
) -> npt.NDArray[np.float32]:
    """Build the target of the network for a square image.

    Parameters
    ----------
    size : int
        Height and width of the image, in pixels.
    corners : ndarray of shape (n_plates, 4, 2)
    is_box : ndarray of shape (n_plates,), dtype bool
        Whether only the upright box around the corners is known.
    ignored : ndarray of shape (n_ignored, 4, 2)
        Plates that are neither to be found nor background.

    Returns
    -------
    ndarray of shape (size / 8, size / 8, 12), dtype float32
        Each cell's heat, from 0 to 1 at a plate's centre; 1 where it counts as background, 0 where
        it is ignored; the weight of its corners in the loss; 1 where only their box is known; and
        the four corners in pixels.
    """
    n_cells = size // STRIDE
    centres = cell_centres(n_cells, n_cells)
    target = np.zeros((n_cells, n_cells, 12), np.float32)
    target[..., 1] = 1
    for quad in ignored:
        low, high = quad.min(axis=0) - _IGNORED_MARGIN, quad.max(axis=0) + _IGNORED_MARGIN
        target[((centres > low) & (centres < high)).all(axis=-1), 1] = 0
    # The smallest last: where plates overlap, its cells are fewer.
    order = sorted(range(len(corners)), key=lambda index: -plate_size(corners[index])[0])
    for index in order:
        quad = corners[index]
        heat = _plate_heat(quad, centres)
        target[..., 0] = np.maximum(target[..., 0], heat)
        learns = heat > _LEAST_CORNER_HEAT
        target[learns, 2] = heat[learns]
        target[learns, 3] = is_box[index]
        target[learns, 4:] = quad.reshape(8)
    return target


def _plate_heat(quad: Floats, centres: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return a Gaussian that is 1 in the cell of the plate's centre."""
    along = (quad[1] - quad[0] + quad[2] - quad[3]) / 2
    down = (quad[3] - quad[0] + quad[2] - quad[1]) / 2
    centre = quad.mean(axis=0)
    distance = np.zeros(centres.shape[:2])
    for side in (along, down):
        length = np.linalg.norm(side)
        # No less than a cell, so that small plates have one.
        distance += ((centres - centre) @ (side / length) / max(length / 2, STRIDE)) ** 2
    heat = np.exp(-distance / (2 * _SIGMA**2))
    heat[heat < _LEAST_HEAT] = 0
    column, row = (centre // STRIDE).astype(int).clip(0, len(centres) - 1)
    heat[row, column] = 1
    return heat.astype(np.float32)


def find_peaks(output: npt.NDArray[np.float32], threshold: float) -> tuple[Floats, Floats]:
    """Find the plates in an output of the network.

    Parameters
    ----------
    output : ndarray of shape (n_rows, n_columns, 9)
    threshold : float
        The least score.

    Returns
    -------
    corners : ndarray of shape (n_peaks, 4, 2), dtype float64
        In pixels of the network's image; the mean over the peak's cell and its neighbours,
        weighted by their scores.
    scores : ndarray of shape (n_peaks,), dtype float64
    """
    with np.errstate(over="ignore"):  # the sigmoid of a very low logit is 0
        heat = 1 / (1 + np.exp(-output[..., 0]))
    highest = cv2.dilate(heat, np.ones((3, 3), np.uint8))
    peaks = np.argwhere((heat == highest) & (heat >= threshold))
    offsets = output[..., 1:].reshape(*heat.shape, 4, 2)
    quads = OFFSET_UNIT * offsets + cell_centres(*heat.shape)[:, :, np.newaxis]
    corners = np.empty((len(peaks), 4, 2))
    for index, (row, column) in enumerate(peaks):
        around = (slice(max(row - 1, 0), row + 2), slice(max(column - 1, 0), column + 2))
        weights = heat[around] * (heat[around] > 0.5 * heat[row, column])
        corners[index] = (quads[around] * weights[..., np.newaxis, np.newaxis]).sum((0, 1))
        corners[index] /= weights.sum()
    return corners, heat[tuple(peaks.T)].astype(np.float64)


def find_convex(output: npt.NDArray[np.float32], threshold: float) -> tuple[Floats, Floats]:
    """Find plates as `find_peaks` does, and replace each twisted one by the box around it."""
    corners, scores = find_peaks(output, threshold)
    finite = np.isfinite(corners).all(axis=(1, 2))
    corners, scores = corners[finite], scores[finite]
    boxes = enclosing_boxes(corners)
    for index, quad in enumerate(corners):
        try:
            check_convex(quad)
        except ValueError:
            corners[index] = boxes[index]
    return corners, scores
