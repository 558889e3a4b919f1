"""The row that characters stand in."""

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from ._view import View

__all__ = ["TextRow"]

Floats = npt.NDArray[np.float64]

_MAX_SLOPE = 0.4
# How much of a view its row of characters should fill, and how wide a view is at least, in
# heights: a lone character does not stand on a plate of its own width.
_SHARE_OF_WIDTH = 0.8
_SHARE_OF_HEIGHT = 0.5
_LEAST_ASPECT = 2.0


class TextRow(NamedTuple):
    """A row of characters: where it begins and ends, its edges in the middle, and its slope."""

    left: float
    right: float
    top: float
    bottom: float
    slope: float

    @classmethod
    def fit(cls, boxes: Floats) -> Self:
        """Fit a row to boxes (left, top, right, bottom), of which there is at least one."""
        left, right = boxes[:, 0].min(), boxes[:, 2].max()
        x = boxes[:, [0, 2]].mean(axis=1) - (left + right) / 2
        slope = 0.0
        if len(boxes) > 2:  # two characters of unlike height would make a slope of their own
            fitted = np.polyfit(x, boxes[:, [1, 3]].mean(axis=1), 1)[0]
            slope = float(np.clip(fitted, -_MAX_SLOPE, _MAX_SLOPE))
        # Most characters are as high as the row; a few are lower, or boxed too high.
        top = np.quantile(boxes[:, 1] - slope * x, 0.2)
        bottom = np.quantile(boxes[:, 3] - slope * x, 0.8)
        return cls(float(left), float(right), float(top), float(bottom), slope)

    def view(self) -> View:
        """Give the part of the crop that shows the row upright, in the middle and filling it."""
        height = (self.bottom - self.top) / _SHARE_OF_HEIGHT
        width = max((self.right - self.left) / _SHARE_OF_WIDTH, _LEAST_ASPECT * height)
        left = (self.left + self.right - width) / 2
        return View(left, (self.top + self.bottom - height) / 2, width, height, self.slope)

    def strip(self, left: float, right: float, margin: float) -> View:
        """Give the part of the crop along the row, with a margin above and below in pixels."""
        height = self.bottom - self.top + 2 * margin
        shift = self.slope * (left + right - self.left - self.right) / 2
        return View(left, self.top + shift - margin, right - left, height, self.slope)
