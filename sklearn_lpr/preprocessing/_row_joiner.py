"""Transformer that joins the rows of two-row plates."""

import warnings
from collections.abc import Sequence
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from .._sklearn_compat import Options, StrOptions
from ..images import check_images, is_blank
from ..images._map_samples import map_samples
from ._base import ImageTransformer
from ._level_rows import level_rows
from ._plate_rows import MAX_ASPECT, RowBox, find_rows
from ._row_network import has_two_rows

__all__ = ["RowJoiner"]

Pixels = npt.NDArray[np.uint8]


class RowJoiner(ImageTransformer):
    """Join the rows of two-row plates, as on motorcycles, into a single row.

    Recognizers predict characters from left to right. The two rows of a plate are cut out, scaled
    to the same height of characters, and placed side by side, the upper row on the left. Rows that
    slope by up to 0.3, as in a tilted crop, are made level before. Frames, bands and margins at the
    ends of the rows are removed if they can be distinguished from characters. Plates with one row
    are returned unchanged.

    Parameters
    ----------
    rows : {"auto", 1, 2}, default="auto"
        The number of rows of the plates. "auto" estimates it for each plate: a plate has two
        rows if it is at most 3.3 times as wide as high, its vertical strokes leave a gap near the
        middle through which no strokes run, the row above the gap is at least half as high as the
        row below, and a small network, trained on plates of many countries, does not take one of
        them for a caption. 2 splits every plate at its clearest gap; 1 returns all plates
        unchanged.

    n_jobs : int, default=None
        The number of threads; the result does not depend on it. None means 1 unless in a
        `joblib.parallel_config` context, -1 means all processors.

    See Also
    --------
    PlateCropper : Crop the plates out of scenes; upright plates are split most reliably.
    PlateNormalizer : Resize the joined plates to one size.

    Notes
    -----
    `transform` returns an object array of shape (n_samples,). Each item is a uint8 array of shape
    (height, width) for grey and (height, width, 3) for RGB samples. A sample whose pixels are
    all equal is returned unchanged.

    Only two rows are joined. Plates with three rows are split into two parts, and a warning counts
    them.

    If all plates have one row, set `rows` to 1: no caption is taken for a row then.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.preprocessing import RowJoiner
    >>> plate = np.full((60, 80), 230, np.uint8)
    >>> plate[8:26, 20:60:8] = 30  # the strokes of an upper row,
    >>> plate[34:52, 12:68:8] = 30  # and of a lower one
    >>> joiner = RowJoiner()
    >>> joiner.count_rows([plate, plate[:30]]).tolist()
    [2, 1]
    >>> joined, same = joiner.transform([plate, plate[:30]])
    >>> joined.shape[1] > 3 * joined.shape[0], same.shape
    (True, (30, 80))
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **ImageTransformer._parameter_constraints,
        "rows": [StrOptions({"auto"}), Options(Integral, {1, 2})],
    }

    def __init__(self, rows: str | int = "auto", n_jobs: int | None = None) -> None:
        self.rows = rows
        self.n_jobs = n_jobs

    def count_rows(self, X: Any) -> npt.NDArray[np.int_]:
        """Estimate the number of rows of each plate.

        Parameters
        ----------
        X : array-like of samples
            Images, `PlateImage` objects or paths; see `sklearn_lpr.images.check_images`.

        Returns
        -------
        ndarray of shape (n_samples,), dtype int
            1 or 2. It is 1 if the pixels of a sample are all equal.

        Warns
        -----
        UserWarning
            If plates seem to have three rows.
        """
        self._validate_params()
        counts, third = zip(*map_samples(self._count, check_images(X), self.n_jobs), strict=True)
        _warn_of_third_rows(third)
        return np.array(counts, dtype=int)

    def _count(self, pixels: Pixels, corners: npt.NDArray[np.float64] | None) -> tuple[int, bool]:
        parts, is_third = (None, False) if is_blank(pixels) else self._split(pixels)
        return 1 if parts is None else 2, is_third

    def _pass_blank(self, pixels: Pixels) -> tuple[Pixels, bool]:
        return pixels.copy(), False

    def _transform_sample(
        self, pixels: Pixels, corners: npt.NDArray[np.float64] | None
    ) -> tuple[Pixels, bool]:
        parts, is_third = self._split(pixels)
        return pixels.copy() if parts is None else _join(*parts), is_third

    def _collect(self, results: list[tuple[Pixels, bool]]) -> npt.NDArray[Any]:
        _warn_of_third_rows([is_third for _, is_third in results])
        return super()._collect([pixels for pixels, _ in results])

    def _split(self, pixels: Pixels) -> tuple[tuple[Pixels, Pixels] | None, bool]:
        """Return the upper and the lower row of a plate, or None, and whether it has a third."""
        height, width = pixels.shape[:2]
        if self.rows == 1 or height < 2:
            return None, False
        if self.rows == "auto" and width > MAX_ASPECT * height:
            return None, False
        level = level_rows(pixels)
        split, rows, is_third = find_rows(level, known=self.rows == 2)
        cut = min(max(round(split * height), 1), height - 1)
        if rows is not None and (self.rows == 2 or has_two_rows(level)):
            upper, lower = rows
            parts = _cut_out(level, upper, 0, cut), _cut_out(level, lower, cut, height)
            return parts, is_third
        return None if self.rows == "auto" else (pixels[:cut], pixels[cut:]), False


def _warn_of_third_rows(is_third: Sequence[bool]) -> None:
    """Warn with the number of plates that have three rows."""
    found = np.flatnonzero(is_third)
    if len(found):
        warnings.warn(
            f"{len(found)} of {len(is_third)} plates seem to have three rows, the first is sample "
            f"{found[0]}. RowJoiner joins two parts of a plate, so that their texts are predicted "
            "wrongly: cut such plates into their rows beforehand, or leave them out.",
            UserWarning,
            stacklevel=3,
        )


def _cut_out(pixels: Pixels, row: RowBox, start: int, stop: int) -> Pixels:
    """Cut a row out; replicate the border where its box extends beyond [start, stop)."""
    height, width = pixels.shape[:2]
    left, right = int(row.left * width), int(np.ceil(row.right * width))
    # Rounding may leave no line of a tiny image.
    top = min(round(row.top * height), stop - 1)
    bottom = max(round(row.bottom * height), top + 1, start + 1)
    above, below = max(start - top, 0), max(bottom - stop, 0)
    part = pixels[top + above : bottom - below, left:right]
    return cv2.copyMakeBorder(part, above, below, 0, 0, cv2.BORDER_REPLICATE)


def _join(left: Pixels, right: Pixels) -> Pixels:
    """Place two images side by side, the lower one enlarged to the height of the other."""
    height = max(len(left), len(right))
    sizes = [(max(1, round(part.shape[1] * height / len(part))), height) for part in (left, right)]
    return np.hstack(
        [
            cv2.resize(part, size, interpolation=cv2.INTER_CUBIC)
            for part, size in zip((left, right), sizes, strict=True)
        ]
    )
