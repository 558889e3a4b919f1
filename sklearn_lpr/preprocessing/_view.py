"""Cut a levelled part out of a crop at a given size."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .._compat import MAX_WARPED_SIDE, cv2

__all__ = ["View"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


class View(NamedTuple):
    """Box in a crop, in pixels, with vertical sides and parallel upper and lower edges.

    `top` is that of the middle of the box; `slope` is the descent of the edges per pixel to the
    right.
    """

    left: float
    top: float
    width: float
    height: float
    slope: float = 0.0

    def cut(self, pixels: Pixels, height: int, width: int) -> Pixels:
        """Return the view at a size in pixels, levelled; pixels outside repeat the crop's edge."""
        # Average before interpolating: the view may be many times as large as the result.
        rows = _reduced(pixels.shape[0], height / self.height)
        columns = _reduced(pixels.shape[1], width / self.width)
        small = pixels
        if (rows, columns) != pixels.shape[:2]:
            small = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
        x_scale, y_scale = columns / pixels.shape[1], rows / pixels.shape[0]
        # Maps pixels of the result to pixels of the small crop.
        step = self.width / width
        left, top = self.left, self.top - self.slope * self.width / 2
        matrix = np.array(
            [
                [step * x_scale, 0, left * x_scale],
                [step * self.slope * y_scale, self.height / height * y_scale, top * y_scale],
            ]
        )
        # OpenCV places integers at the centres of pixels.
        matrix[:, 2] += matrix[:, :2].sum(axis=1) / 2 - 0.5
        return cv2.warpAffine(
            small,
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )

    def to_crop(self, boxes: Floats) -> Floats:
        """Convert boxes (left, top, right, bottom) from fractions of the view to pixels."""
        result = boxes * ([self.width, self.height] * 2) + [self.left, self.top] * 2
        middle = boxes[:, [0, 2]].mean(axis=1) - 0.5
        result[:, [1, 3]] += (self.slope * self.width * middle)[:, np.newaxis]
        return result


def _reduced(length: int, scale: float) -> int:
    return min(length, max(1, round(length * scale)), MAX_WARPED_SIDE)
