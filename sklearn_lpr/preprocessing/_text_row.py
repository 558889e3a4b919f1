"""Fit the row of text to the boxes of characters."""

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from ._view import View

__all__ = ["TextRow"]

Floats = npt.NDArray[np.float64]

_MAX_SLOPE = 0.4
# The fractions of a view's width and height that the row of characters fills, and the minimum
# aspect ratio of a view: a plate with a single character is wider than the character.
_WIDTH_FRACTION = 0.8
_HEIGHT_FRACTION = 0.5
_MIN_ASPECT = 2.0


class TextRow(NamedTuple):
    """Row of characters: its ends, its upper and lower edge in the middle, and its slope."""

    left: float
    right: float
    top: float
    bottom: float
    slope: float

    @classmethod
    def fit(cls, boxes: Floats) -> Self:
        """Fit a row to at least one box (left, top, right, bottom)."""
        left, right = boxes[:, 0].min(), boxes[:, 2].max()
        x = boxes[:, [0, 2]].mean(axis=1) - (left + right) / 2
        slope = 0.0
        if len(boxes) > 2:  # two characters of different height do not determine a slope
            fitted = np.polyfit(x, boxes[:, [1, 3]].mean(axis=1), 1)[0]
            slope = float(np.clip(fitted, -_MAX_SLOPE, _MAX_SLOPE))
        # Most characters have the height of the row; a few are lower or have too high a box.
        top = np.quantile(boxes[:, 1] - slope * x, 0.2)
        bottom = np.quantile(boxes[:, 3] - slope * x, 0.8)
        return cls(float(left), float(right), float(top), float(bottom), slope)

    def view(self) -> View:
        """Return the part of the crop in which the row is level, centred and of known size."""
        height = (self.bottom - self.top) / _HEIGHT_FRACTION
        width = max((self.right - self.left) / _WIDTH_FRACTION, _MIN_ASPECT * height)
        left = (self.left + self.right - width) / 2
        return View(left, (self.top + self.bottom - height) / 2, width, height, self.slope)

    def strip(self, left: float, right: float, margin: float) -> View:
        """Return the part of the crop along the row, with a margin in pixels above and below."""
        height = self.bottom - self.top + 2 * margin
        shift = self.slope * (left + right - self.left - self.right) / 2
        return View(left, self.top + shift - margin, right - left, height, self.slope)
