"""Cut a plate into its characters."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.utils._param_validation import Interval, StrOptions

from .._compat import cv2
from ..images import box_corners, check_images, is_blank
from ._base import ImageTransformer, map_samples
from ._character_candidates import find_candidates
from ._character_choice import choose_row
from ._contrast import CONTRASTS, enhance_contrast
from ._warp import warp_quad

__all__ = ["CharacterSegmenter", "Segmentation"]

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False, slots=True)
class Segmentation:
    """Where the characters of one plate are.

    Parameters
    ----------
    boxes : ndarray of shape (n_characters, 4), dtype float64
        One upright box per character, from left to right: x and y of its upper left corner,
        its width and its height, in the crop's pixels.
    scores : ndarray of shape (n_characters,), dtype float64
        How probable it is that the box bounds a character, from 0 to 1.
    """

    boxes: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]


class CharacterSegmenter(ImageTransformer):
    """Cut crops of plates into their characters, one array of segments per plate.

    Parameters
    ----------
    n_characters : int, (int, int) or None, default=None
        How many characters a plate has: a number, the least and the greatest number, or None to
        find it for each plate.

    height, width : int, default=32, 24
        The size of each segment in pixels.

    color : {"rgb", "grey"}, default="grey"
        Three channels or one.

    contrast : {None, "equalize", "clahe", "stretch"}, default="stretch"
        Enhance the luminance of the row of characters as a whole; see `PlateNormalizer`.

    margin : float, default=0.1
        What is cut out around each character, as a fraction of the height of the row.

    n_jobs : int, default=None
        The number of threads; the result does not depend on it. None means 1 unless in a
        `joblib.parallel_config` context, -1 means all processors.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **ImageTransformer._parameter_constraints,
        "n_characters": [Interval(Integral, 1, None, closed="left"), tuple, list, None],
        "height": [Interval(Integral, 1, None, closed="left")],
        "width": [Interval(Integral, 1, None, closed="left")],
        "color": [StrOptions({"rgb", "grey"})],
        "contrast": [StrOptions(set(CONTRASTS)), None],
        "margin": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(
        self,
        n_characters: int | Sequence[int] | None = None,
        height: int = 32,
        width: int = 24,
        color: str = "grey",
        contrast: str | None = "stretch",
        margin: float = 0.1,
        n_jobs: int | None = None,
    ) -> None:
        self.n_characters = n_characters
        self.height = height
        self.width = width
        self.color = color
        self.contrast = contrast
        self.margin = margin
        self.n_jobs = n_jobs

    def segment(self, X: Any) -> list[Segmentation]:
        """Find the characters of each plate.

        Parameters
        ----------
        X : array-like of samples
            Crops of plates; see `sklearn_lpr.images.check_images`.

        Returns
        -------
        list of Segmentation
            One per sample; without boxes where nothing is found.
        """
        self._validate_params()
        samples = check_images(X)
        return map_samples(lambda pixels, _: self._segment_sample(pixels), samples, self.n_jobs)

    def _validate_params(self) -> None:
        super()._validate_params()
        _count_range(self.n_characters)

    def _segment_sample(self, pixels: Pixels) -> Segmentation:
        if is_blank(pixels):
            return Segmentation(np.empty((0, 4)), np.empty(0))
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels
        boxes, probability = find_candidates(grey)
        gain = np.log(probability / (1 - probability))
        chosen = choose_row(boxes[:, 0], boxes[:, 2], gain, *_count_range(self.n_characters))
        boxes = boxes[chosen]
        boxes[:, 2:] -= boxes[:, :2]
        return Segmentation(boxes, probability[chosen])

    def _transform_sample(self, pixels: Pixels, corners: npt.NDArray[np.float64] | None) -> Pixels:
        found = self._segment_sample(pixels)
        if not len(found.boxes):
            return self._pass_blank(pixels)
        if self.color == "grey" and pixels.ndim == 3:
            pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        elif self.color == "rgb" and pixels.ndim == 2:
            pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB)
        if self.contrast is not None:
            pixels = enhance_contrast(pixels, self.contrast)
        segments = [
            warp_quad(pixels, box_corners(*box), (self.width, self.height)) for box in found.boxes
        ]
        return np.stack(segments).reshape(len(segments), self.height, self.width, -1)

    def _pass_blank(self, pixels: Pixels) -> Pixels:
        return np.empty((0, self.height, self.width, 1 if self.color == "grey" else 3), np.uint8)


def _count_range(n_characters: Any) -> tuple[int, int | None]:
    """Give the least and the greatest number of characters."""
    if n_characters is None:
        return 0, None
    if isinstance(n_characters, Integral):
        return int(n_characters), int(n_characters)
    parts = list(n_characters)
    if (
        len(parts) != 2
        or not all(isinstance(part, Integral) and part >= 1 for part in parts)
        or parts[0] > parts[1]
    ):
        raise ValueError(
            "The 'n_characters' parameter of CharacterSegmenter must be None, a number of "
            f"characters, or a pair of them (least, greatest). Got {n_characters!r} instead."
        )
    return int(parts[0]), int(parts[1])
