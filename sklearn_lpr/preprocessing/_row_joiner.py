"""Bring the rows of two-row plates side by side."""

from numbers import Integral
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.utils._param_validation import Options, StrOptions

from .._compat import cv2
from ..images import check_images, is_blank
from ._base import ImageTransformer, map_samples
from ._plate_rows import MAX_ASPECT, Row, find_rows

__all__ = ["RowJoiner"]

Pixels = npt.NDArray[np.uint8]

# What is kept around a row, as a fraction of its characters' height.
_PADDING = 0.2


class RowJoiner(ImageTransformer):
    def __init__(self, rows: str | int = "auto", n_jobs: int | None = None) -> None:
        self.rows = rows
        self.n_jobs = n_jobs

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **ImageTransformer._parameter_constraints,
        "rows": [StrOptions({"auto"}), Options(Integral, {1, 2})],
    }

    def count_rows(self, X: Any) -> npt.NDArray[np.int_]:
        self._validate_params()
        counts = map_samples(lambda pixels, _: self._count(pixels), check_images(X), self.n_jobs)
        return np.array(counts, dtype=int)

    def _count(self, pixels: Pixels) -> int:
        if self.rows == 1 or pixels.shape[0] < 2 or is_blank(pixels):
            return 1
        if self.rows == 2:
            return 2
        height, width = pixels.shape[:2]
        return 2 if width <= MAX_ASPECT * height and find_rows(pixels)[1] else 1

    def _transform_sample(self, pixels: Pixels, corners: npt.NDArray[np.float64] | None) -> Pixels:
        if self._count(pixels) == 1:
            return pixels.copy()
        split, rows = find_rows(pixels)
        height = len(pixels)
        cut = min(max(round(split * height), 1), height - 1)
        parts = [pixels[:cut], pixels[cut:]]
        if rows is not None:
            parts = [_cut_out(pixels, rows[0], 0, cut), _cut_out(pixels, rows[1], cut, height)]
        tallest = max(map(len, parts))
        return np.hstack([_enlarge(part, tallest) for part in parts])


def _cut_out(pixels: Pixels, row: Row, first: int, last: int) -> Pixels:
    """Cut a row out, padded; what its padding lacks between two lines is filled up."""
    height, width = pixels.shape[:2]
    padding = _PADDING * (row.bottom - row.top) * height
    top, bottom = round(row.top * height - padding), round(row.bottom * height + padding)
    left = max(round(row.left * width - padding), 0)
    right = min(round(row.right * width + padding), width)
    above, below = max(first - top, 0), max(bottom - last, 0)
    part = pixels[top + above : bottom - below, left:right]
    return cv2.copyMakeBorder(part, above, below, 0, 0, cv2.BORDER_REPLICATE)


def _enlarge(pixels: Pixels, height: int) -> Pixels:
    width = max(1, round(pixels.shape[1] * height / len(pixels)))
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_CUBIC)
