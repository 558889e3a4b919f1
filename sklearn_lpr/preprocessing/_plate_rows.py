"""Find the two rows of characters of a plate.

Characters consist of vertical strokes, which the gap between two rows does not contain. The mean
strength of vertical edges per line of pixels is a profile with a valley at the gap, between the
peaks of the two rows; a single row has one peak. The horizontal edges of the plate do not appear
in the profile.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..images._channels import to_grey

__all__ = ["MAX_ASPECT", "RowBox", "RowSplit", "find_rows", "resize_plate", "vertical_edges"]

# The aspect ratio of two-row plates is 1.1 to 2.1, and up to 3 in India; crops are not exact.
MAX_ASPECT = 3.3
# The plate is resized to a patch of this height and of at least this width, in pixels.
_HEIGHT = 64
_LEAST_WIDTH = 16
# The fraction of the width on each side that may show the plate's edge, a band or a bolt.
_SIDE = 0.2
# The range of the gap between the rows, as fractions of the height. A gap nearer to the top
# separates a caption from a single row.
_GAP = (0.36, 0.58)
# A plate has two rows if the peaks above the valley are at least this fraction of the profile, and
# the upper row is at least this high compared with the lower row. Chosen on 700 synthetic plates of
# each kind, cropped with margins from 0 to 0.15, and on crops of one-row plates of eight countries.
_MIN_FRACTION = 0.1
_MIN_RATIO = 0.5
# Relative to the strongest columns of a row: the minimum strength of a column that belongs to the
# row, and the minimum strength of a vertical line along the row, at the gap and beyond the row.
_MIN_COLUMN = 0.2
_MIN_LINE = 0.5
# Half the width of such a line, with its blur, and the distances from a row, above or below it,
# within which the line still runs, in pixels of the patch.
_LINE = 2
_BEYOND = (1, 4)
# The middles of H, B and 8 look like a gap, but strokes run through it, at the same columns above
# and below. This is the maximum, for two rows, of the fraction of a row's strong columns that are
# strong in the gap, times the correlation of the columns of both rows. On synthetic plates of one
# and two characters it is mostly above 0.3, on plates of two rows at most 0.22.
_MAX_CROSSED = 0.27
# The waists of 88 lie between the columns of the strokes above and below. There is one row, too, if
# the grey values and the edges of each line at the gap vary much compared with those of the rows,
# and the columns of the rows correlate; or vary as much. These are the minimum fractions for grey
# values and edges, and the minimum correlation. Of 1359 plates with one to three characters in
# the fonts of OpenCV 4, 26 remain in two parts, mostly blots (888), instead of 100. Of 819
# synthetic plates with two rows, 2 more are not split.
_INK = ((0.65, 0.38, 0.3), (0.92, 0.5, -1.0))
# Two rows above or below the split are apart if a line between them is at most this fraction of
# the strongest line, and each has at least this fraction of the height of the row on the other
# side.
_MAX_APART = 0.15
_MIN_THIRD = 0.6
# The lines of a row have at least this fraction of its strongest line: the upper ends of letters
# such as A have fewer strokes than their middle.
_EXTENT = 0.35
# The padding around a row, as a fraction of the height of its characters.
_PADDING = 0.22

_Edges = npt.NDArray[np.float32]


class RowBox(NamedTuple):
    """Box around a row with padding, as fractions of the plate's width and height.

    The padding may extend beyond the gap or the plate, above and below.
    """

    left: float
    top: float
    right: float
    bottom: float


class RowSplit(NamedTuple):
    """How to split a plate into rows.

    `position` is the best position to split it, as a fraction of its height. `rows` are the upper
    and the lower row, or None if there are not two. `is_third` is True if there are three.
    """

    position: float
    rows: tuple[RowBox, RowBox] | None
    is_third: bool = False


def find_rows(pixels: npt.NDArray[np.uint8], *, known: bool = False) -> RowSplit:
    """Find two rows of characters.

    Parameters
    ----------
    pixels : ndarray of shape (height, width[, 3]), dtype uint8
        An approximately upright plate, with or without a margin around it.
    known : bool, default=False
        Whether the plate is known to have two rows.

    Returns
    -------
    RowSplit
    """
    patch = resize_plate(pixels, _LEAST_WIDTH)
    edges = vertical_edges(patch)
    side = round(_SIDE * edges.shape[1])
    profile = edges[:, side:-side].mean(axis=1, keepdims=True)
    profile = cv2.GaussianBlur(profile, (1, 5), 1.0).ravel()
    gaps = range(*(round(fraction * _HEIGHT) for fraction in _GAP))
    peaks = [_peaks(profile, gap) for gap in gaps]
    # The geometric mean is high only if both peaks are.
    areas = [np.sqrt(upper.sum() * lower.sum()) for upper, lower in peaks]
    best = int(np.argmax(areas))
    if areas[best] == 0:
        return RowSplit(0.5, None)
    gap, (upper, lower) = gaps[best], peaks[best]
    split = (gap + 0.5) / _HEIGHT
    ratio = (upper.sum() / upper.max()) / (lower.sum() / lower.max())
    if areas[best] < _MIN_FRACTION * profile.sum() or ratio < _MIN_RATIO:
        return RowSplit(split, None)
    cores = _extent(upper, 0, 0.5), _extent(lower, gap, 0.5)
    if not known and _is_crossed(patch, edges, cores, gap):
        return RowSplit(split, None)
    extents = _extent(upper, 0, _EXTENT), _extent(lower, gap, _EXTENT)
    rows = _bound(edges, extents[0], gap), _bound(edges, extents[1], gap)
    return RowSplit(split, rows, _are_two(upper, lower) or _are_two(lower, upper))


def resize_plate(pixels: npt.NDArray[np.uint8], least_width: int) -> npt.NDArray[np.uint8]:
    """Return a grey patch of fixed height."""
    grey = to_grey(pixels)
    height, width = grey.shape
    size = (round(min(max(_HEIGHT * width / height, least_width), 4 * _HEIGHT)), _HEIGHT)
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


def vertical_edges(patch: npt.NDArray[np.uint8]) -> _Edges:
    """Return the strength of vertical edges."""
    return np.abs(cv2.Sobel(patch, cv2.CV_32F, 1, 0))


def _peaks(profile: _Edges, gap: int) -> tuple[_Edges, _Edges]:
    """Return the excess over the profile at a gap, for the lines above it and below it."""
    excess = np.maximum(profile - profile[gap], 0)
    return excess[:gap], excess[gap:]


def _extent(peak: _Edges, start: int, least: float) -> tuple[int, int]:
    """Return the first line of a row, and the one after its last, for a peak from `start`.

    The first and the last line have more than the fraction `least` of the strongest line.
    """
    high = start + np.flatnonzero(peak > least * peak.max())
    return int(high[0]), int(high[-1]) + 1


def _is_crossed(
    patch: npt.NDArray[np.uint8],
    edges: _Edges,
    extents: tuple[tuple[int, int], tuple[int, int]],
    gap: int,
) -> bool:
    """Return whether strokes run through a gap, so that there is one row."""
    side = round(_SIDE * edges.shape[1])
    edges = edges[:, side:-side]
    crossing = _columns(edges[gap - 1 : gap + 2])
    rows = [_columns(edges[top:bottom]) for top, bottom in extents]
    if not all(row.std() for row in rows):
        return False
    fractions = []
    for row in rows:
        least = _MIN_LINE * np.percentile(row, 95)
        fractions.append((crossing > least).sum() / (row > least).sum())
    correlation = float(np.asarray(np.corrcoef(np.stack(rows)))[0, 1])
    if min(fractions) * correlation > _MAX_CROSSED:
        return True
    variation = _compare_gap(_variation(patch[:, side:-side]), extents)
    strength = _compare_gap(edges.mean(axis=1), extents)
    return any(
        variation > least[0] and strength > least[1] and correlation > least[2] for least in _INK
    )


def _variation(patch: npt.NDArray[np.uint8]) -> _Edges:
    """Return the standard deviation of each line of pixels, without its gradient of light."""
    x = np.linspace(-1, 1, patch.shape[1], dtype=np.float32)
    grey = patch.astype(np.float32)
    return np.asarray((grey - np.outer(grey @ x / (x @ x), x)).std(axis=1), np.float32)


def _compare_gap(profile: _Edges, extents: tuple[tuple[int, int], tuple[int, int]]) -> float:
    """Return the minimum of a profile between the rows, relative to the weaker row."""
    (top, upper), (lower, bottom) = extents
    row = min(np.median(profile[top:upper]), np.median(profile[lower:bottom]))
    return float(profile[upper - 1 : lower + 1].min() / row) if row else 0.0


def _are_two(peak: _Edges, other: _Edges) -> bool:
    """Return whether a peak consists of two rows of similar height to that of the other peak."""
    high = np.flatnonzero(peak > peak.max() / 2)
    parts = np.split(high, np.flatnonzero(np.diff(high) > 1) + 1)
    least = _MIN_THIRD * (other > other.max() / 2).sum()
    rows = [part for part in parts if len(part) >= least]
    return any(
        peak[above[-1] : below[0]].min() <= _MAX_APART * peak.max()
        for above, below in pairwise(rows)
    )


def _bound(edges: _Edges, extent: tuple[int, int], gap: int) -> RowBox:
    """Return the box of a row above or below a gap."""
    top, bottom = extent
    padding = _PADDING * (bottom - top)
    columns = _columns(edges[top:bottom])
    width, side = len(columns), round(_SIDE * len(columns))
    strongest = np.percentile(columns[side:-side], 95)
    # The row lies between the innermost vertical lines that are sides of the plate or of a band.
    strong = np.flatnonzero(_find_sides(edges, extent, gap) > _MIN_LINE * strongest)
    first = min(max(strong[strong < side], default=-_LINE) + _LINE, side)
    last = max(min(strong[strong >= width - side], default=width + _LINE) - _LINE, width - side)
    inside = first + np.flatnonzero(columns[first:last] > _MIN_COLUMN * strongest)
    left, right = max(inside[0] - padding, first), min(inside[-1] + 1 + padding, last)
    return RowBox(
        left / width, (top - padding) / _HEIGHT, right / width, (bottom + padding) / _HEIGHT
    )


def _find_sides(edges: _Edges, extent: tuple[int, int], gap: int) -> _Edges:
    """Return how strongly a vertical line runs along a row and beyond both its ends, by column.

    Characters end with the row. One may seem to cross the gap, if the side of a band beside the
    other row ends above or below it, but then it does not run beyond the other end of its row.
    """
    top, bottom = extent
    along = np.percentile(cv2.GaussianBlur(edges[top:bottom], (5, 1), 1.0), 25, axis=0)
    crossing = _columns(edges[gap - 1 : gap + 2])
    near, far = _BEYOND
    outside = slice(max(top - far, 0), max(top - near, 0))
    if bottom > gap:
        outside = slice(bottom + near, bottom + far)
    if not len(edges[outside]):
        return np.zeros_like(crossing)
    beyond = _columns(edges[outside].max(axis=0, keepdims=True))
    return np.minimum(np.minimum(along, crossing), beyond)


def _columns(edges: _Edges) -> _Edges:
    """Average a few lines of pixels per column and smooth the result."""
    return cv2.GaussianBlur(edges.mean(axis=0, keepdims=True), (5, 1), 1.0).ravel()
