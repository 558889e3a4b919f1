"""Where the rows of characters lie on a plate.

Characters are made of upright strokes, and the gap between two rows has none. So the profile
of upright edges, summed along each line of pixels, has a valley between two hills there; a
single row is one hill. Frames and the edges of a plate's shadow are level and leave no trace.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .._compat import cv2

__all__ = ["MAX_ASPECT", "Row", "find_rows"]

Pixels = npt.NDArray[np.uint8]

# Two-row plates are 1.1 to 2.1 times as wide as high; crops of them somewhat more.
MAX_ASPECT = 2.5
# The plate is looked at as a patch of this height, in pixels.
_HEIGHT = 64
# Fraction of the width on each side that may show the plate's edge, a band or a bolt.
_SIDE = 0.2
# Where the gap between the rows may lie, as fractions of the height: nearer to the top it parts
# a caption from the only row.
_GAP = (0.36, 0.58)
# What counts as two rows: the share of the profile that stands out from the valley, and how high
# the upper row is compared with the lower. Both lie between what 700 made plates of each kind
# have, cropped with several margins, and hold for one-row plates of CCPD and seven countries.
_MIN_SHARE = 0.1
_MIN_RATIO = 0.4
# A column belongs to a row from this fraction of the row's strongest columns on.
_MIN_COLUMN = 0.2
_MIN_SIDE = 0.5
_WALL = 3


class Row(NamedTuple):
    """The box around a row's characters, as fractions of the plate's width and height."""

    left: float
    top: float
    right: float
    bottom: float


def find_rows(pixels: Pixels) -> tuple[float, tuple[Row, Row] | None]:
    """Look for two rows of characters.

    Parameters
    ----------
    pixels : ndarray of shape (height, width[, 3]), dtype uint8
        A plate, about upright, with or without a margin around it.

    Returns
    -------
    split : float
        Where the plate is best parted, as a fraction of its height.
    rows : tuple of Row, or None
        The upper and the lower row; None where there are not two.
    """
    edges = _upright_edges(pixels)
    side = round(_SIDE * edges.shape[1])
    profile = cv2.GaussianBlur(
        edges[:, side:-side].mean(axis=1, keepdims=True), (1, 5), 1.0
    ).ravel()
    first, last = (round(fraction * _HEIGHT) for fraction in _GAP)
    hills = [_hills(profile, gap) for gap in range(first, last + 1)]
    shares = [np.sqrt(upper.sum() * lower.sum()) for upper, lower in hills]
    best = int(np.argmax(shares))
    if shares[best] <= _MIN_SHARE * profile.sum():
        return (0.5 if shares[best] == 0 else (first + best + 0.5) / _HEIGHT), None
    upper, lower = hills[best]
    gap = first + best
    split = (gap + 0.5) / _HEIGHT
    if upper.sum() / upper.max() <= _MIN_RATIO * lower.sum() / lower.max():
        return split, None
    return split, (_bound(edges, upper, 0, gap), _bound(edges, lower, gap + 1, gap))


def _upright_edges(pixels: Pixels) -> npt.NDArray[np.float32]:
    """Give the strength of upright edges, on a patch of fixed height."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels
    height, width = grey.shape
    size = (round(min(max(_HEIGHT * width / height, 16), 4 * _HEIGHT)), _HEIGHT)
    patch = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return np.abs(cv2.Sobel(patch, cv2.CV_32F, 1, 0))


def _hills(
    profile: npt.NDArray[np.float32], gap: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Give what stands out from the level of a gap, above it and below it."""
    excess = np.maximum(profile - profile[gap], 0)
    return excess[:gap], excess[gap + 1 :]


def _bound(
    edges: npt.NDArray[np.float32], hill: npt.NDArray[np.float32], start: int, gap: int
) -> Row:
    """Give the box of the row that a hill from the line `start` on stands for."""
    lines = np.flatnonzero(hill > hill.max() / 2)
    top, bottom = start + lines[0], start + lines[-1] + 1
    columns, sides = (
        cv2.GaussianBlur(edges[lines].mean(axis=0, keepdims=True), (5, 1), 1.0).ravel()
        for lines in (slice(top, bottom), slice(gap - 1, gap + 2))
    )
    typical = np.percentile(columns, 95)
    width, side = len(columns), round(_SIDE * len(columns))
    # A line that runs through the gap as well is a side of the plate or of a band.
    walls = np.flatnonzero(sides > _MIN_SIDE * typical)
    first = max(walls[walls < side], default=-_WALL) + _WALL
    last = min(walls[walls >= width - side], default=width - 1 + _WALL) - _WALL
    strong = np.flatnonzero(columns > _MIN_COLUMN * typical)
    strong = strong[(strong >= first) & (strong <= last)]
    left, right = strong[0], strong[-1] + 1
    return Row(left / edges.shape[1], top / _HEIGHT, right / edges.shape[1], bottom / _HEIGHT)
