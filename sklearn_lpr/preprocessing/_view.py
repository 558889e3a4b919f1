"""A level part of a crop, cut out at a chosen size."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .._compat import MAX_WARPED_SIDE, cv2

__all__ = ["View"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


class View(NamedTuple):
    """An upright box in a crop, in pixels, whose upper and lower edges may slope.

    `top` is that of its middle; `slope` is how far the edges descend per pixel to the right.
    """

    left: float
    top: float
    width: float
    height: float
    slope: float = 0.0

    def cut(self, pixels: Pixels, height: int, width: int) -> Pixels:
        """Give the view at a size in pixels, its edges level; the crop's edge is repeated."""
        # Averaging first, then interpolating: the view may be many times as large as its picture.
        rows = _reduced(pixels.shape[0], height / self.height)
        columns = _reduced(pixels.shape[1], width / self.width)
        small = pixels
        if (rows, columns) != pixels.shape[:2]:
            small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
        x_scale, y_scale = columns / pixels.shape[1], rows / pixels.shape[0]
        # From the pixels of the result to those of the small crop.
        step = self.width / width
        left, top = self.left, self.top - self.slope * self.width / 2
        matrix = np.array(
            [
                [step * x_scale, 0, left * x_scale],
                [step * self.slope * y_scale, self.height / height * y_scale, top * y_scale],
            ]
        )
        # OpenCV counts from the centres of pixels.
        matrix[:, 2] += matrix[:, :2].sum(axis=1) / 2 - 0.5
        return cv2.warpAffine(
            small,
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )

    def to_crop(self, boxes: Floats) -> Floats:
        """Turn boxes (left, top, right, bottom) in fractions of the view into the crop's pixels."""
        result = boxes * ([self.width, self.height] * 2) + [self.left, self.top] * 2
        middle = boxes[:, [0, 2]].mean(axis=1) - 0.5
        result[:, [1, 3]] += (self.slope * self.width * middle)[:, np.newaxis]
        return result


def _reduced(length: int, scale: float) -> int:
    return min(length, max(1, round(length * scale)), MAX_WARPED_SIDE)
