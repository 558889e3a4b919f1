"""Refine detections: search again in a window around each plate."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..images._corners import check_convex
from ..images._quads import iou, plate_size
from ._corner_window import CORNER_UNIT, EXPECTED, WINDOW_SIZE, window_around
from ._heat_map import find_convex
from ._windows import cut_window, unmap_points

__all__ = ["CornerForward", "CornerRefinement", "Forward", "WindowRefinement"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# From one RGB image (height, width, 3), multiples of 32 pixels, to (n_rows, n_columns, 9).
Forward = Callable[[Pixels], npt.NDArray[np.float32]]

# From the windows of n plates (n, 48, 96, 3) to (n, 9).
CornerForward = Callable[[Pixels], npt.NDArray[np.float32]]

# Refinement with the detection network: a window of this width and height, in which the plate has
# this width, unless it is too high then, or the photo would be enlarged more than this. Plates that
# are enlarged more are so blurred that the network, which was not trained with such, misses them.
_SIZE = (256, 160)
_PLATE_WIDTH = 128.0
_PLATE_HEIGHT = 80.0
_MAX_SCALE = 2.0

# What it finds is the same plate if it overlaps the first so much.
_SAME_PLATE_IOU = 0.25


@dataclass(frozen=True)
class WindowRefinement:
    """Search a window around each plate with the detection network.

    Parameters
    ----------
    forward : callable
        The detection network.
    least : float
        The least score of a plate in the window.
    """

    forward: Forward
    least: float

    def __call__(self, pixels: Pixels, quads: Floats) -> tuple[Floats, Floats]:
        """Return the corners and the score of each plate; the score is 0 if it is absent.

        Parameters
        ----------
        pixels : ndarray of shape (height, width, 3), dtype uint8
        quads : ndarray of shape (n_plates, 4, 2)

        Returns
        -------
        corners : ndarray of shape (n_plates, 4, 2)
        scores : ndarray of shape (n_plates,)
        """
        corners, scores = quads.copy(), np.zeros(len(quads))
        for index, quad in enumerate(quads):
            width, height = plate_size(quad)
            scale = min(
                _PLATE_WIDTH / max(width, 1.0), _PLATE_HEIGHT / max(height, 1.0), _MAX_SCALE
            )
            affine = scale * np.eye(2), np.array(_SIZE) / 2 - scale * quad.mean(axis=0)
            window = cut_window(pixels, affine, _SIZE)
            if window is None:
                continue
            found, found_scores = find_convex(self.forward(window), self.least)
            found = unmap_points(affine, found)
            overlaps = [iou(quad, other) for other in found]
            if overlaps and max(overlaps) >= _SAME_PLATE_IOU:
                best = int(np.argmax(overlaps))
                corners[index], scores[index] = found[best], found_scores[best]
        return corners, scores


@dataclass(frozen=True)
class CornerRefinement:
    """Find the corners with the corner network, in a window in which the plate is upright.

    Parameters
    ----------
    forward : callable
        The corner network.
    mirrored : bool, default=False
        Whether the mirror image of each window is searched as well. The corners and the logits of
        both are averaged, which takes twice as long and is more exact.
    """

    forward: CornerForward
    mirrored: bool = False

    def __call__(self, pixels: Pixels, quads: Floats) -> tuple[Floats, Floats]:
        """Return the corners and the score of each plate, as `WindowRefinement` does."""
        corners, scores = quads.copy(), np.zeros(len(quads))
        places, maps, windows = [], [], []
        for index, quad in enumerate(quads):
            affine = window_around(quad)
            window = None if affine is None else cut_window(pixels, affine, WINDOW_SIZE)
            if affine is not None and window is not None:
                places.append(index)
                maps.append(affine)
                windows.append(window)
        if not windows:
            return corners, scores
        output = self._search(np.stack(windows))
        for index, affine, numbers in zip(places, maps, output, strict=True):
            found = unmap_points(affine, EXPECTED + CORNER_UNIT * numbers[1:].reshape(4, 2))
            with suppress(ValueError):
                corners[index] = check_convex(found)
            scores[index] = 1 / (1 + np.exp(-numbers[0].clip(-30, 30)))
        return corners, scores

    def _search(self, windows: Pixels) -> Floats:
        """Return the output of the network for each window."""
        if not self.mirrored:
            return self.forward(windows).astype(np.float64)
        both = self.forward(np.concatenate([windows, windows[:, :, ::-1]])).astype(np.float64)
        output, mirror = np.split(both, 2)
        # Offsets of the corners: left and right are exchanged, and x has the other sign.
        offsets = mirror[:, 1:].reshape(-1, 4, 2)[:, [1, 0, 3, 2]] * [-1, 1]
        mirror[:, 1:] = offsets.reshape(-1, 8)
        return (output + mirror) / 2
