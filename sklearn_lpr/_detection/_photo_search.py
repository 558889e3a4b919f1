"""Search a photo for plates with a detection network: at two scales, then each plate again."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..images import check_corners
from ..images._corners import check_convex
from ..images._quads import enclosing_boxes, iou, plate_size, suppress_overlaps
from ._heat_map import find_peaks

__all__ = ["Forward", "PhotoSearch"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# From one RGB image (height, width, 3), multiples of 32 pixels, to (n_rows, n_columns, 9).
Forward = Callable[[Pixels], npt.NDArray[np.float32]]

# The sides of the network's images are multiples of the greatest stride.
_MULTIPLE = 32

# The grey level beyond the photo.
_PADDING = 114

# A photo is searched at the finer scale if that is finer by this factor at least.
_LEAST_GAIN = 1.25

# The second look: a window of this width and height, in which the plate has this width, unless it
# is too high then.
_WINDOW = (256, 160)
_PLATE_WIDTH = 128.0
_PLATE_HEIGHT = 80.0

# Candidates for the second look have at least this fraction of the threshold. The score of a
# detection is the geometric mean of both: false positives seldom look like plates at two scales.
_CANDIDATE = 0.4

# What the second look finds is the same plate if it overlaps the first so much.
_SAME_PLATE_IOU = 0.25


@dataclass(frozen=True)
class PhotoSearch:
    """How a photo is searched.

    Parameters
    ----------
    forward : callable
        The network: from an RGB image of shape (height, width, 3), dtype uint8, whose sides are
        multiples of 32, to its output of shape (height / 8, width / 8, 9).
    working_size : int
        The longer side to which a larger photo is reduced first, in pixels.
    fine_size : int or None
        The longer side at which a larger photo is searched again, for small plates.
    threshold : float
        The least score.
    refine : bool
        Whether each plate is looked at again, in a window in which it has a fixed size. It must be
        found there, and has the geometric mean of both scores.
    """

    forward: Forward
    working_size: int
    fine_size: int | None
    threshold: float
    refine: bool

    def __call__(self, pixels: Pixels) -> tuple[Floats, Floats]:
        """Find the plates in an RGB photo.

        Parameters
        ----------
        pixels : ndarray of shape (height, width, 3), dtype uint8

        Returns
        -------
        corners : ndarray of shape (n_plates, 4, 2), dtype float64
            In pixels of the photo, best first.
        scores : ndarray of shape (n_plates,), dtype float64
        """
        longer = max(pixels.shape[:2])
        scales = [min(1.0, self.working_size / longer)]
        if self.fine_size is not None:
            fine = min(1.0, self.fine_size / longer)
            if fine >= _LEAST_GAIN * scales[0]:
                scales.append(fine)
        least = _CANDIDATE * self.threshold if self.refine else self.threshold
        found = [self._search(pixels, scale, least) for scale in scales]
        corners = np.concatenate([quads for quads, _ in found])
        scores = np.concatenate([scores for _, scores in found])
        kept = suppress_overlaps(corners, scores)
        corners, scores = corners[kept], scores[kept]
        if self.refine:
            for index, quad in enumerate(corners):
                corners[index], second = self._look_again(pixels, quad)
                scores[index] = np.sqrt(scores[index] * second)
            corners, scores = corners[scores >= self.threshold], scores[scores >= self.threshold]
            # Two detections of one plate may have become alike.
            kept = suppress_overlaps(corners, scores)
            corners, scores = corners[kept], scores[kept]
        return _only_plates(corners.clip(0, pixels.shape[1::-1]), scores, pixels.shape[:2])

    def _search(self, pixels: Pixels, scale: float, threshold: float) -> tuple[Floats, Floats]:
        """Find the plates in a photo that is reduced by `scale`."""
        if scale < 1:
            height, width = pixels.shape[:2]
            size = (max(1, round(scale * width)), max(1, round(scale * height)))
            reduced = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
            ratio = np.divide((width, height), size)
        else:
            reduced, ratio = pixels, np.ones(2)
        corners, scores = _find_convex(self.forward(_pad(reduced)), threshold)
        return corners * ratio, scores

    def _look_again(self, pixels: Pixels, quad: Floats) -> tuple[Floats, float]:
        """Return the corners and the score of a plate in a window around it; 0 if it is absent."""
        width, height = plate_size(quad)
        scale = min(_PLATE_WIDTH / max(width, 1.0), _PLATE_HEIGHT / max(height, 1.0))
        shift = np.array(_WINDOW) / 2 - scale * quad.mean(axis=0)
        window = _cut(pixels, scale, shift)
        if window is None:
            return quad, 0.0
        # No lower score makes the geometric mean reach the threshold.
        corners, scores = _find_convex(self.forward(window), self.threshold**2)
        corners = (corners - shift) / scale
        overlaps = [iou(quad, other) for other in corners]
        if not overlaps or max(overlaps) < _SAME_PLATE_IOU:
            return quad, 0.0
        best = int(np.argmax(overlaps))
        return corners[best], float(scores[best])


def _find_convex(output: npt.NDArray[np.float32], threshold: float) -> tuple[Floats, Floats]:
    """Find plates, and replace each twisted quadrilateral by the box around it."""
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


def _only_plates(corners: Floats, scores: Floats, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Keep what `check_corners` accepts, of the quadrilaterals or else of the boxes around them."""
    kept = []
    for index, quad in enumerate(corners):
        for candidate in (quad, enclosing_boxes(quad[np.newaxis])[0]):
            with suppress(ValueError):
                corners[index] = check_corners(candidate, *shape)
                kept.append(index)
                break
    return corners[kept], scores[kept]


def _cut(pixels: Pixels, scale: float, shift: Floats) -> Pixels | None:
    """Cut the window to which a point of the photo goes by ``scale * point + shift``.

    Return None where the window lies outside the photo.
    """
    height, width = pixels.shape[:2]
    left, top = -shift / scale
    right, bottom = (np.array(_WINDOW) - shift) / scale
    if right <= 0 or bottom <= 0 or left >= width or top >= height:
        return None
    if scale < 0.5:
        # Shrink only the part that is seen, by its mean, so that no pixel is skipped.
        x = slice(max(int(left), 0), min(int(np.ceil(right)) + 1, width))
        y = slice(max(int(top), 0), min(int(np.ceil(bottom)) + 1, height))
        part = pixels[y, x]
        size = (max(1, round(2 * scale * part.shape[1])), max(1, round(2 * scale * part.shape[0])))
        ratio = np.divide(size, part.shape[1::-1])
        shift = shift + scale * np.array([x.start, y.start])
        pixels = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        by_axis = scale / ratio
    else:
        by_axis = np.array([scale, scale])
    # OpenCV puts whole numbers at the centres of pixels, corners count from their edges.
    shift = shift + by_axis / 2 - 0.5
    matrix = np.array([[by_axis[0], 0, shift[0]], [0, by_axis[1], shift[1]]])
    return cv2.warpAffine(pixels, matrix, _WINDOW, borderValue=(_PADDING,) * 3)


def _pad(pixels: Pixels) -> Pixels:
    """Extend an image at its right and lower edge to multiples of the greatest stride."""
    height, width = pixels.shape[:2]
    below, beside = -height % _MULTIPLE, -width % _MULTIPLE
    if not (below or beside):
        return np.ascontiguousarray(pixels)
    return cv2.copyMakeBorder(
        pixels, 0, below, 0, beside, cv2.BORDER_CONSTANT, value=(_PADDING,) * 3
    )
