"""Where the rows of characters lie on a plate.

Characters are made of upright strokes, and the gap between two rows has none. So the profile of
upright edges, averaged along each line of pixels, has a valley between two hills there; a single
row is one hill. The upper and lower edge of a plate are level and leave no trace.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..images._channels import to_grey

__all__ = ["MAX_ASPECT", "PlateRow", "find_rows"]

# Two-row plates are 1.1 to 2.1 times as wide as high; crops of them are not exact.
MAX_ASPECT = 2.5
# The plate is looked at as a patch of this height, in pixels.
_HEIGHT = 64
# The fraction of the width on each side where the plate's edge, a band or a bolt may be.
_SIDE = 0.2
# Where the gap between the rows may lie, as fractions of the height: nearer to the top it parts
# a caption from the only row.
_GAP = (0.36, 0.58)
# Two rows are what stands out from the valley by this share of the profile, with an upper row
# this high compared with the lower one. Chosen on 700 made plates of each kind, cropped with
# margins from 0 to 0.15, and on crops of one-row plates from eight countries.
_MIN_SHARE = 0.1
_MIN_RATIO = 0.5
# Compared with the strongest columns of a row: from where on a column belongs to the row, and
# from where on one in the gap shows a line that runs through it.
_MIN_COLUMN = 0.2
_MIN_LINE = 0.5
# Half the width of such a line, with its blur, in pixels of the patch.
_LINE = 2
# What is kept around a row, as a fraction of its characters' height.
_PADDING = 0.25

_Edges = npt.NDArray[np.float32]


class PlateRow(NamedTuple):
    """The box around a row, with some padding, as fractions of the plate's width and height.

    The padding may reach beyond the gap or the plate, above and below.
    """

    left: float
    top: float
    right: float
    bottom: float


def find_rows(pixels: npt.NDArray[np.uint8]) -> tuple[float, tuple[PlateRow, PlateRow] | None]:
    """Look for two rows of characters.

    Parameters
    ----------
    pixels : ndarray of shape (height, width[, 3]), dtype uint8
        A plate, about upright, with or without a margin around it.

    Returns
    -------
    split : float
        Where the plate is best parted, as a fraction of its height.
    rows : tuple of PlateRow, or None
        The upper and the lower row; None where there are not two.
    """
    edges = _upright_edges(pixels)
    side = round(_SIDE * edges.shape[1])
    profile = edges[:, side:-side].mean(axis=1, keepdims=True)
    profile = cv2.GaussianBlur(profile, (1, 5), 1.0).ravel()
    gaps = range(*(round(fraction * _HEIGHT) for fraction in _GAP))
    hills = [_hills(profile, gap) for gap in gaps]
    # The geometric mean: neither hill makes up for the other.
    areas = [np.sqrt(upper.sum() * lower.sum()) for upper, lower in hills]
    best = int(np.argmax(areas))
    if areas[best] == 0:
        return 0.5, None
    gap, (upper, lower) = gaps[best], hills[best]
    split = (gap + 0.5) / _HEIGHT
    ratio = (upper.sum() / upper.max()) / (lower.sum() / lower.max())
    if areas[best] < _MIN_SHARE * profile.sum() or ratio < _MIN_RATIO:
        return split, None
    return split, (_bound(edges, upper, 0, gap), _bound(edges, lower, gap, gap))


def _upright_edges(pixels: npt.NDArray[np.uint8]) -> _Edges:
    """Give the strength of upright edges, on a patch of fixed height."""
    grey = to_grey(pixels)
    height, width = grey.shape
    size = (round(min(max(_HEIGHT * width / height, 16), 4 * _HEIGHT)), _HEIGHT)
    patch = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return np.abs(cv2.Sobel(patch, cv2.CV_32F, 1, 0))


def _hills(profile: _Edges, gap: int) -> tuple[_Edges, _Edges]:
    """Give what stands out from the level of a gap, above it and below it."""
    excess = np.maximum(profile - profile[gap], 0)
    return excess[:gap], excess[gap:]


def _bound(edges: _Edges, hill: _Edges, start: int, gap: int) -> PlateRow:
    """Give the box of the row whose hill begins at the line `start`."""
    high = start + np.flatnonzero(hill > hill.max() / 2)
    top, bottom = high[0], high[-1] + 1
    padding = _PADDING * (bottom - top)
    columns, lines = _columns(edges[top:bottom]), _columns(edges[gap - 1 : gap + 2])
    width, side = len(columns), round(_SIDE * len(columns))
    strongest = np.percentile(columns[side:-side], 95)
    # A line that stands in the gap as well is a side of the plate or of a band: the row is
    # looked for between the innermost ones.
    walls = np.flatnonzero(lines > _MIN_LINE * strongest)
    first = min(max(walls[walls < side], default=-_LINE) + _LINE, side)
    last = max(min(walls[walls >= width - side], default=width + _LINE) - _LINE, width - side)
    inside = first + np.flatnonzero(columns[first:last] > _MIN_COLUMN * strongest)
    left, right = max(inside[0] - padding, first), min(inside[-1] + 1 + padding, last)
    return PlateRow(
        left / width, (top - padding) / _HEIGHT, right / width, (bottom + padding) / _HEIGHT
    )


def _columns(edges: _Edges) -> _Edges:
    """Average the columns of a few lines, and smooth the result."""
    return cv2.GaussianBlur(edges.mean(axis=0, keepdims=True), (5, 1), 1.0).ravel()
