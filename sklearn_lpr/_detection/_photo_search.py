"""Search a photo for plates with a detection network: at several scales, then each plate again."""

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ..images import check_corners
from ..images._quads import enclosing_boxes, suppress_overlaps
from ._heat_map import find_convex
from ._refinement import CornerForward, CornerRefinement, Forward, WindowRefinement
from ._windows import PADDING

__all__ = ["CANDIDATE", "PhotoSearch", "reduce_and_pad"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# The sides of the network's images are multiples of the greatest stride.
_MULTIPLE = 32

# A photo is searched at the finer scale if that is finer by this factor at least.
_LEAST_GAIN = 1.25

# Candidates for the refinement have at least this fraction of the threshold. The score of a
# detection is the geometric mean of both: false positives seldom look like plates at two scales.
CANDIDATE = 0.4

# A photo in which no plate has this score is searched again, with a border of half its height and
# width, so that it is reduced twice as much: a plate that fills the photo looks like others then.
_SURE = 0.6
_BORDER = 0.5

# Only plates that cover this part of the photo's width are new to this search. What else it finds
# is mostly wrong, since photos without a plate are among those that are searched again.
_CLOSE_UP = 0.3

# The corner network looks so many times more at what it doubts, as its corners become more exact.
# Unless its probability must be as high as this, it accepts more false positives then.
_MORE_LOOKS = 2
_CERTAIN = 0.9

# Opposite edges of a plate in perspective differ by a smaller factor. They differ by more where
# the edge of the photo cuts a tilted plate, whose corners are moved to that edge.
_OBLIQUE = 5


@dataclass(frozen=True)
class PhotoSearch:
    """Search of a photo at several scales.

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
        Whether each plate is searched again in a window in which it has the same size, unless the
        photo would be enlarged more than twice. It must be found there, and its score is the
        geometric mean of both.
    corner_forward : callable, default=None
        A second, faster network. It rejects false positives before the refinement, and finds the
        corners again after it: the score is multiplied by the square root of the probability that
        this network gives then.
    """

    forward: Forward
    working_size: int
    fine_size: int | None
    threshold: float
    refine: bool
    corner_forward: CornerForward | None = None

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
        corners, scores = self._find(pixels)
        if not (scores >= _SURE).any():
            corners, scores = _best((corners, scores), self._find_close_ups(pixels))
        return _only_plates(corners.clip(0, pixels.shape[1::-1]), scores, pixels.shape[:2])

    def _find(self, pixels: Pixels) -> tuple[Floats, Floats]:
        """Find plates up to half of the photo's width."""
        longer = max(pixels.shape[:2])
        scales = [min(1.0, self.working_size / longer)]
        if self.fine_size is not None:
            fine = min(1.0, self.fine_size / longer)
            if fine >= _LEAST_GAIN * scales[0]:
                scales.append(fine)
        least = CANDIDATE * self.threshold if self.refine else self.threshold
        found = _best(*(self._search(pixels, scale, least) for scale in scales))
        # Two detections of one plate may have become alike.
        return _best(self._refine(pixels, *found)) if self.refine else found

    def _find_close_ups(self, pixels: Pixels) -> tuple[Floats, Floats]:
        """Find plates in the reduced photo with a border."""
        image, ratio = _reduce(pixels, self.working_size / max(pixels.shape[:2]))
        y, x = (round(_BORDER * side) for side in image.shape[:2])
        bordered = cv2.copyMakeBorder(image, y, y, x, x, cv2.BORDER_REPLICATE)
        corners, scores = replace(self, fine_size=None)._find(bordered)
        wide = np.ptp(corners[..., 0], axis=1) >= _CLOSE_UP * image.shape[1]
        return (corners[wide] - (x, y)) * ratio, scores[wide]

    def _refine(self, pixels: Pixels, corners: Floats, scores: Floats) -> tuple[Floats, Floats]:
        """Drop detections that are not found in a window of their own, and refine the others."""
        # The corner network is much faster, and rejects most false positives.
        if self.corner_forward is not None:
            likely = self._are_likely(pixels, corners, scores)
            corners, scores = corners[likely], scores[likely]
        # No lower score makes the geometric mean reach the threshold.
        corners, second = WindowRefinement(self.forward, self.threshold**2)(pixels, corners)
        corners, scores = self._above(corners, np.sqrt(scores * second))
        if self.corner_forward is not None:
            # The errors of two networks differ, and their mean is more exact than either. The
            # corner network is the more exact one where its window fits the plate.
            refinement = CornerRefinement(self.corner_forward, mirrored=True)
            corners = (corners + refinement(pixels, corners)[0]) / 2
            corners, likeness = refinement(pixels, corners)
            corners, scores = self._above(corners, scores * np.sqrt(likeness))
        return corners, scores

    def _are_likely(self, pixels: Pixels, corners: Floats, scores: Floats) -> npt.NDArray[np.bool_]:
        """Return which detections may reach the threshold, by the corner network.

        It doubts plates whose corners are loose, as those of the first search may be. Where it
        doubts what the detection network is sure of, it looks again at the corners that it found,
        and must be certain then.
        """
        assert self.corner_forward is not None
        refinement = CornerRefinement(self.corner_forward)
        found, likeness = refinement(pixels, corners)
        likely: npt.NDArray[np.bool_] = np.sqrt(scores * likeness) >= self.threshold
        for _ in range(_MORE_LOOKS):
            doubted = np.flatnonzero(~likely & (scores >= self.threshold))
            found[doubted], likeness = refinement(pixels, found[doubted])
            certain = likeness >= _CERTAIN
            likely[doubted] = certain & (np.sqrt(scores[doubted] * likeness) >= self.threshold)
        return likely

    def _above(self, corners: Floats, scores: Floats) -> tuple[Floats, Floats]:
        """Return the detections whose scores reach the threshold."""
        enough = scores >= self.threshold
        return corners[enough], scores[enough]

    def _search(self, pixels: Pixels, scale: float, threshold: float) -> tuple[Floats, Floats]:
        """Find the plates in a photo that is reduced by `scale`."""
        image, ratio = reduce_and_pad(pixels, scale)
        corners, scores = find_convex(self.forward(image), threshold)
        return corners * ratio, scores


def reduce_and_pad(pixels: Pixels, scale: float) -> tuple[Pixels, Floats]:
    """Return an RGB photo as the network takes it.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype uint8
    scale : float
        The size of the image by that of the photo, at most 1.

    Returns
    -------
    image : ndarray, dtype uint8
        The photo, reduced and extended to multiples of the greatest stride.
    ratio : ndarray of shape (2,)
        Pixels of the photo by pixel of the image, along x and y.
    """
    image, ratio = _reduce(pixels, scale)
    return _pad(image), ratio


def _reduce(pixels: Pixels, scale: float) -> tuple[Pixels, Floats]:
    """Reduce a photo to a fraction of its size; see `reduce_and_pad`."""
    if scale >= 1:
        return pixels, np.ones(2)
    height, width = pixels.shape[:2]
    size = (max(1, round(scale * width)), max(1, round(scale * height)))
    # OpenCV halves ten times as fast as it reduces by other factors.
    while pixels.shape[1] >= 2 * size[0] and pixels.shape[0] >= 2 * size[1]:
        half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = cv2.resize(pixels, half, interpolation=cv2.INTER_AREA)
    if pixels.shape[1::-1] != size:
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return pixels, np.divide((width, height), size)


def _best(*found: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Join the detections of several searches, and keep the best one of each plate."""
    corners = np.concatenate([corners for corners, _ in found])
    scores = np.concatenate([scores for _, scores in found])
    kept = suppress_overlaps(corners, scores)
    return corners[kept], scores[kept]


def _only_plates(corners: Floats, scores: Floats, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Keep what `check_corners` accepts, of the quadrilaterals or else of the boxes around them.

    The box is also used for a quadrilateral that is too oblique to be a plate.
    """
    kept = []
    for index, quad in enumerate(corners):
        edges = np.hypot(*(np.roll(quad, -1, axis=0) - quad).T)
        oblique = (edges > _OBLIQUE * np.roll(edges, 2)).any()
        box = enclosing_boxes(quad[np.newaxis])[0]
        for candidate in (box,) if oblique else (quad, box):
            with suppress(ValueError):
                corners[index] = check_corners(candidate, *shape)
                kept.append(index)
                break
    return corners[kept], scores[kept]


def _pad(pixels: Pixels) -> Pixels:
    """Extend an image at its right and lower edge to multiples of the greatest stride."""
    height, width = pixels.shape[:2]
    below, beside = -height % _MULTIPLE, -width % _MULTIPLE
    if not (below or beside):
        return np.ascontiguousarray(pixels)
    return cv2.copyMakeBorder(
        pixels, 0, below, 0, beside, cv2.BORDER_CONSTANT, value=(PADDING,) * 3
    )
