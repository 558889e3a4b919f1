"""Transformer that cuts plates into their characters."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._compat import MAX_WARPED_SIDE, cv2
from .._sklearn_compat import Interval, StrOptions
from ..images import check_images, is_blank
from ..images._channels import to_grey, to_rgb
from ..images._map_samples import map_samples
from ._base import ImageTransformer
from ._character_candidates import Candidates, find_character_candidates
from ._character_choice import choose_row
from ._contrast import CONTRASTS, enhance_contrast
from ._text_row import TextRow
from ._view import View

__all__ = ["CharacterSegmenter", "Segmentation"]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_NO_CANDIDATES = Candidates(np.empty((0, 4)), np.empty(0))


@dataclass(frozen=True, eq=False, slots=True)
class Segmentation:
    """The boxes of the characters of one plate.

    Parameters
    ----------
    boxes : ndarray of shape (n_characters, 4), dtype float64
        One upright box per character, from left to right: x and y of its upper left corner, its
        width and its height, in pixels of the crop. A box may extend beyond the crop.
    scores : ndarray of shape (n_characters,), dtype float64
        The probability that each box is a character, from 0 to 1.
    """

    boxes: Floats
    scores: Floats


class CharacterSegmenter(ImageTransformer):
    """Cut crops of plates into their characters: one array of segments per plate.

    A small convolutional network, which is part of the package, finds characters in two steps:
    first in the whole crop, then in the row found there, levelled and resized to a fixed size.
    It distinguishes characters, dark on light or light on dark, from frames, bolts, separators
    and small print. Dynamic programming then selects the most probable row of boxes that do not
    overlap.

    Parameters
    ----------
    n_characters : int, (int, int) or None, default=None
        The number of characters of a plate: a number, a minimum and a maximum, or None to
        estimate it for each plate. Fewer than the minimum are returned only if no more fit
        beside each other.

    height, width : int, default=32, 24
        The size of each segment in pixels.

    color : {"grey", "rgb"}, default="grey"
        One channel or three. Characters are distinguished by their shape, so grey is enough.

    contrast : {None, "equalize", "clahe", "stretch"}, default="stretch"
        How to enhance the luminance of the row; see `PlateNormalizer` for the methods. The row
        is enhanced as a whole, so a segment without a character keeps its low contrast.

    margin : float, default=0.1
        The margin around the characters, as a fraction of the row's height.

    aspect : {"stretch", "pad"}, default="stretch"
        "stretch" stretches every character to the width of the segment. "pad" keeps its width,
        up to that of the segment, and repeats the outermost pixels beside it, so an "I" stays
        narrow.

    n_jobs : int, default=None
        The number of threads; the result does not depend on it. None means 1 unless in a
        `joblib.parallel_config` context, -1 means all processors.

    See Also
    --------
    PlateCropper : Crop the plates out of scenes and rectify tilted plates.

    Notes
    -----
    `transform` returns an object array of shape (n_samples,). Each item is a uint8 array of shape
    (n_characters, height, width, 1 or 3), with the characters from left to right. The item has
    shape (0, height, width, 1 or 3) if the pixels of a sample are all equal or no character is
    found. All segments have the height of the row, not of the character, because the vertical
    position of a character can distinguish it from others. They follow the slope of the row.

    Crops should show one row of characters, with a margin of 0.05 to 0.1 of the plate; objects
    around the plate may resemble characters. See `RowJoiner` for two-row plates.

    An object that resembles a character, such as a seal or a separating line, may become an extra
    segment; characters are rarely missed. `SegmentCNN` learns to classify such segments as blank.
    If all plates have the same number of characters, set `n_characters`.

    The network was trained on plates from Brazil, China, Egypt, Europe, Peru, Uzbekistan and
    Vietnam and on synthetic plates, light on dark and dark on light.

    Examples
    --------
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper
    >>> plates = make_plates(2, random_state=0)
    >>> crops = PlateCropper(margin=0.1).fit_transform(plates.data)
    >>> segmenter = CharacterSegmenter()
    >>> [len(text) for text in plates.target]
    [7, 7]
    >>> [segments.shape for segments in segmenter.fit_transform(crops)]
    [(7, 32, 24, 1), (7, 32, 24, 1)]
    >>> segmenter.segment(crops)[0].boxes.shape
    (7, 4)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **ImageTransformer._parameter_constraints,
        "n_characters": [Interval(Integral, 1, None, closed="left"), tuple, list, None],
        "height": [Interval(Integral, 1, None, closed="left")],
        "width": [Interval(Integral, 1, None, closed="left")],
        "color": [StrOptions({"rgb", "grey"})],
        "contrast": [StrOptions(set(CONTRASTS)), None],
        "margin": [Interval(Real, 0, 1, closed="both")],
        "aspect": [StrOptions({"stretch", "pad"})],
    }

    def __init__(
        self,
        n_characters: int | Sequence[int] | None = None,
        height: int = 32,
        width: int = 24,
        color: str = "grey",
        contrast: str | None = "stretch",
        margin: float = 0.1,
        aspect: str = "stretch",
        n_jobs: int | None = None,
    ) -> None:
        self.n_characters = n_characters
        self.height = height
        self.width = width
        self.color = color
        self.contrast = contrast
        self.margin = margin
        self.aspect = aspect
        self.n_jobs = n_jobs

    def transform(self, X: Any) -> npt.NDArray[np.object_]:
        """Cut each plate into its characters; files are read one at a time.

        Parameters
        ----------
        X : array-like of samples
            Crops of plates; see `sklearn_lpr.images.check_images`.

        Returns
        -------
        ndarray of shape (n_samples,), dtype object
            One uint8 array of shape (n_characters, height, width, 1 or 3) per plate.
        """
        return super().transform(X)

    def segment(self, X: Any) -> list[Segmentation]:
        """Find the characters of each plate without cutting them out.

        Parameters
        ----------
        X : array-like of samples
            Crops of plates; see `sklearn_lpr.images.check_images`.

        Returns
        -------
        list of Segmentation
            One per sample, in order; it has no boxes if no character is found.
        """
        self._validate_params()
        samples = check_images(X)
        return map_samples(self._segment_sample, samples, self.n_jobs)

    def _validate_params(self) -> None:
        super()._validate_params()
        _count_range(self.n_characters)

    def _segment_sample(
        self, pixels: Pixels, corners: npt.NDArray[np.float64] | None
    ) -> Segmentation:
        found = self._find(pixels)
        position, end = found.boxes[:, :2], found.boxes[:, 2:]
        return Segmentation(np.column_stack([position, end - position]), found.probability)

    def _find(self, pixels: Pixels) -> Candidates:
        """Find the characters in the whole crop, then more precisely in their row."""
        if is_blank(pixels):
            return _NO_CANDIDATES
        low, high = _count_range(self.n_characters)
        grey = to_grey(pixels)
        # `high` applies in the second step only: the first, less precise one must discard nothing.
        found = _choose(find_character_candidates(grey, View(0, 0, *grey.shape[::-1])), low, None)
        if len(found.boxes):
            found = _choose(
                find_character_candidates(grey, TextRow.fit(found.boxes).view()), low, high
            )
        return found

    def _transform_sample(self, pixels: Pixels, corners: npt.NDArray[np.float64] | None) -> Pixels:
        boxes = self._find(pixels).boxes
        if not len(boxes):
            return self._pass_blank(pixels)
        row = TextRow.fit(boxes)
        margin = self.margin * (row.bottom - row.top)
        windows = boxes[:, [0, 2]] + np.array([-margin, margin])
        view = row.strip(windows[:, 0].min(), windows[:, 1].max(), margin)
        # A very low row would become an extremely wide strip.
        scale = min(self.height / view.height, MAX_WARPED_SIDE / view.width)
        strip = view.cut(self._with_channels(pixels), self.height, _pixel_count(scale * view.width))
        if self.contrast is not None:
            strip = enhance_contrast(strip, self.contrast)
        segments = [self._cut(strip, *window) for window in scale * (windows - view.left)]
        return np.stack(segments).reshape(len(segments), self.height, self.width, -1)

    def _pass_blank(self, pixels: Pixels) -> Pixels:
        return np.empty((0, self.height, self.width, 1 if self.color == "grey" else 3), np.uint8)

    def _cut(self, strip: Pixels, start: float, end: float) -> Pixels:
        """Cut one segment out of the strip, which shows the row at the height of the segments."""
        window = View(start, 0, end - start, self.height)
        if self.aspect == "stretch":
            return window.cut(strip, self.height, self.width)
        width = min(_pixel_count(window.width), self.width)
        before = (self.width - width) // 2
        sides = (0, 0, before, self.width - width - before)
        segment = window.cut(strip, self.height, width)
        return cv2.copyMakeBorder(segment, *sides, cv2.BORDER_REPLICATE)

    def _with_channels(self, pixels: Pixels) -> Pixels:
        if self.color == "grey":
            return to_grey(pixels)
        return to_rgb(pixels)


def _choose(candidates: Candidates, low: int, high: int | None) -> Candidates:
    boxes, probability = candidates
    odds = np.log(probability) - np.log1p(-probability)
    chosen = choose_row(boxes, odds, low, high)
    return Candidates(boxes[chosen], probability[chosen])


def _pixel_count(length: float) -> int:
    return max(1, round(length))


def _count_range(n_characters: Any) -> tuple[int, int | None]:
    """Return the minimum and the maximum number of characters."""
    if n_characters is None:
        return 0, None
    parts: list[Any] = (
        [n_characters, n_characters] if isinstance(n_characters, Integral) else list(n_characters)
    )
    if len(parts) != 2 or not (
        all(isinstance(part, Integral) for part in parts) and 1 <= parts[0] <= parts[1]
    ):
        raise ValueError(
            "The 'n_characters' parameter of CharacterSegmenter must be None, a number of "
            f"characters, or a pair of them (minimum, maximum). Got {n_characters!r} instead."
        )
    return int(parts[0]), int(parts[1])
