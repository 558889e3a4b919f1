"""Correct the annotated corners of photos by the detections of an earlier detector."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sklearn_lpr import PlateImage
from sklearn_lpr.detection import OnnxPlateDetector
from sklearn_lpr.images._quads import are_boxes, common_area, enclosing_boxes, iou, quad_area
from sklearn_lpr.privacy import PlateRedactor

__all__ = ["LabelCorrector"]

Floats = npt.NDArray[np.float64]

# A detection with this score replaces the box of its plate if its own box agrees with it, or if it
# lies in the box with this part of its area: then the box is too loose.
_SURE = 0.6
_MIN_IOU = 0.5
_INSIDE = 0.8

# A detection with this score that overlaps no annotated plate shows one that nobody annotated.
_OTHER_PLATE = 0.45


class Corrected(NamedTuple):
    """A photo with the corners of its plates, and how many of them were changed."""

    pixels: npt.NDArray[np.uint8]
    corners: Floats
    n_replaced: int
    n_hidden: int


class LabelCorrector:
    """Replace boxes by detected corners, and make plates unreadable that nobody annotated.

    Parameters
    ----------
    detector : OnnxPlateDetector
        It must be better than the annotation is exact.
    """

    def __init__(self, detector: OnnxPlateDetector) -> None:
        self._detector = detector

    def correct(self, pixels: npt.NDArray[np.uint8], quads: Floats, *, hide: bool) -> Corrected:
        """Return a photo with corrected corners; `hide` tells that plates may lack annotations."""
        found, scores = self._detector.detect_all([pixels])[0]
        corners = quads.copy()
        n_replaced = 0
        for index in np.flatnonzero(are_boxes(quads)) if len(quads) else ():
            for quad, score in zip(found, scores, strict=True):
                if score >= _SURE and _shows(quad, quads[index]):
                    corners[index] = quad
                    n_replaced += 1
                    break
        n_hidden = 0
        for quad, score in zip(found, scores, strict=True) if hide else ():
            if score >= _OTHER_PLATE and not any(common_area(quad, each) > 0 for each in quads):
                plate = PlateImage(pixels, corners=quad)
                pixels = PlateRedactor("pixelate", margin=0.2).fit_transform([plate])[0]
                n_hidden += 1
        return Corrected(pixels, corners, n_replaced, n_hidden)


def _shows(quad: Floats, box: Floats) -> bool:
    """Return whether a detected quadrilateral shows the plate in a box."""
    inside = common_area(quad, box) / quad_area(quad)
    return iou(enclosing_boxes(quad[np.newaxis])[0], box) >= _MIN_IOU or inside >= _INSIDE
