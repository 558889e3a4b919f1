"""Find candidates for characters in the crop of a plate."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from ._column_network import INPUT_SHAPE, load_weights, run_network

__all__ = ["Candidates", "View", "find_candidates"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# What is less probable is no candidate, even where a number of characters is asked for.
_LEAST_PROBABILITY = 0.005
# The network gives distances along the row in units of this many of its pixels.
_DISTANCE_UNIT = 16


class Candidates(NamedTuple):
    """Boxes (left, top, right, bottom) and the probability that each bounds a character."""

    boxes: Floats
    probability: Floats


class View(NamedTuple):
    """A part of a crop, in pixels: an upright box whose upper and lower edges may slope.

    `top` is that of its middle; `slope` is how far the edges descend per pixel to the right.
    """

    left: float
    top: float
    width: float
    height: float
    slope: float = 0.0

    def look(self, grey: Pixels) -> npt.NDArray[np.float32]:
        """Give what the network sees: the view at its size, of mean 0 and deviation 1."""
        height, width = INPUT_SHAPE
        # Averaging first, then interpolating: the crop may be many times as large.
        reduced = [
            min(full, max(1, round(full * size / seen)))
            for full, size, seen in zip(
                grey.shape, INPUT_SHAPE, (self.height, self.width), strict=True
            )
        ]
        y_scale, x_scale = np.array(reduced) / grey.shape
        small = cv2.resize(grey, reduced[::-1], interpolation=cv2.INTER_AREA)
        # From the network's pixels to those of the small crop.
        x_step, y_step = self.width / width * x_scale, self.height / height * y_scale
        shear = self.slope * self.width / width * y_scale
        start = (self.left * x_scale, (self.top - self.slope * self.width / 2) * y_scale)
        matrix = np.array([[x_step, 0, start[0]], [shear, y_step, start[1]]])
        # OpenCV counts from the centres of pixels.
        matrix[:, 2] += matrix[:, :2].sum(axis=1) / 2 - 0.5
        pixels = cv2.warpAffine(
            small,
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ).astype(np.float32)
        return ((pixels - pixels.mean()) / (pixels.std() + 4)).clip(-3, 3)

    def to_crop(self, boxes: Floats) -> Floats:
        """Turn boxes in fractions of the view into boxes in the crop's pixels."""
        result = boxes * np.array([self.width, self.height] * 2) + [self.left, self.top] * 2
        middle = boxes[:, [0, 2]].mean(axis=1) - 0.5
        result[:, [1, 3]] += (self.slope * self.width * middle)[:, np.newaxis]
        return result


def find_candidates(grey: Pixels, view: View) -> Candidates:
    """Find candidates in a part of a crop; their boxes are in the crop's pixels."""
    outputs = run_network(view.look(grey), load_weights()).astype(np.float64)
    probability = 1 / (1 + np.exp(-outputs[:, 0].clip(-20, 20)))
    likely = probability >= _LEAST_PROBABILITY
    probability, outputs = probability[likely], outputs[likely]
    centre = (np.flatnonzero(likely) + 0.5) / len(likely)
    left, right = np.maximum(outputs[:, 1:3], 0.05).T * _DISTANCE_UNIT / INPUT_SHAPE[1]
    top, bottom = outputs[:, 3:].T
    bottom = np.maximum(bottom, top + 0.01)
    boxes = np.column_stack([centre - left, top, centre + right, bottom])
    return Candidates(view.to_crop(boxes), probability)
