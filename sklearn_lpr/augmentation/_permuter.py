"""Character swapping: new texts from the characters of real plates."""

import warnings
from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._compat import cv2
from .._estimator import PlateEstimator
from .._sklearn_compat import HasMethods, Interval, StrOptions
from ..images import find_blank

__all__ = ["CharacterPermuter"]

Images = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# The margin around a character's box, as a fraction of its height. It is at most half the gap to
# the neighbours.
_BESIDE = 0.12


@dataclass(frozen=True)
class _Character:
    """Location of a character: plate, position, and box (left, top, right, bottom)."""

    plate: int
    position: int
    box: Floats


class CharacterPermuter(PlateEstimator):
    """Swap characters between plates of the same layout (character swapping).

    An image patch of a character replaces a character of another plate; its brightness and
    contrast are adjusted to those of the patch that it replaces. Letters replace letters, digits
    replace digits, and other characters (Chinese provinces) replace other characters. Separators
    are replaced by the same separator only, so the layout does not change. Rare characters are
    oversampled, which helps with data sets in which nearly all plates come from one province [1]_.

    Parameters
    ----------
    segmenter : object, "even" or None, default=None
        How to find the characters of whole plates: any object with a method ``segment(X)`` that
        returns for each plate an object with ``boxes``, such as a `CharacterSegmenter`. Plates
        for which it finds a number of characters other than the length of the text are not
        changed. "even" divides the plate from its left to its right edge into equal cells, for
        layouts without gaps and bands. Plates that are already segmented need no segmenter.
    p : float, default=0.5
        The probability that a character is replaced.
    balance : float, default=0.5
        Between 0 and 1. With 0, characters are drawn in proportion to their frequency; with 1,
        all characters are drawn equally often.
    margin : float, default=0.0
        The `margin` of the preceding `PlateCropper`. Used if `segmenter` is "even".

    Notes
    -----
    Plates have the same layout if their texts have the same length and both show light characters
    on a dark background, or both dark characters on a light background. On segmented plates,
    whole segments are swapped.

    References
    ----------
    .. [1] R. Laroca et al., "Do We Train on Test Data? The Impact of Near-Duplicates on License
       Plate Recognition", 2023; R. Laroca et al., "On the Cross-dataset Generalization in License
       Plate Recognition", VISAPP 2022, section 4.

    Examples
    --------
    >>> from sklearn_lpr.augmentation import CharacterPermuter, PlateAugmenter
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer
    >>> X, y = make_plates(4, random_state=0, return_X_y=True)
    >>> crops = PlateNormalizer(32, 128).transform(PlateCropper(margin=0.1).transform(X))
    >>> permutation = CharacterPermuter(CharacterSegmenter(), p=1.0)
    >>> _, texts = PlateAugmenter(permutation=permutation).augment(crops, y, random_state=0)
    >>> [str(text) for text in texts] != y.tolist(), [len(text) for text in texts]
    (True, [7, 7, 7, 7])
    """

    _renamed_parameters: ClassVar[dict[str, str]] = {"share": "p"}

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "segmenter": [HasMethods("segment"), StrOptions({"even"}), None],
        "p": [Interval(Real, 0, 1, closed="both")],
        "balance": [Interval(Real, 0, 1, closed="both")],
        "margin": [Interval(Real, 0, 2, closed="both")],
    }

    def __init__(
        self,
        segmenter: Any = None,
        *,
        p: float = 0.5,
        balance: float = 0.5,
        margin: float = 0.0,
    ) -> None:
        self.segmenter = segmenter
        self.p = p
        self.balance = balance
        self.margin = margin

    def prepare(
        self, images: Images, texts: npt.NDArray[np.str_]
    ) -> Callable[[int, np.random.Generator], tuple[Images, str]]:
        """Find the characters of the training plates and return the function that swaps them.

        Parameters
        ----------
        images : ndarray of shape (n_samples[, n_segments], height, width, 1 or 3), dtype uint8
            The training plates, whole or segmented.
        texts : ndarray of shape (n_samples,), dtype str
            Their texts.

        Returns
        -------
        callable
            Takes a plate's index and a `numpy.random.Generator`, and returns a new image and its
            text. It can be called from several threads.

        Raises
        ------
        ValueError
            If a parameter is invalid, or whole plates are passed without a segmenter.
        """
        self._validate_params()
        whole = images.ndim == 4
        boxes = self._boxes(images, texts) if whole else _segments(images, texts)
        unknown = sum(found is None for found in boxes)
        if unknown:
            warnings.warn(
                f"{unknown} of {len(images)} plates are excluded from character swapping: the "
                "number of segments found differs from the length of the text.",
                UserWarning,
                stacklevel=2,
            )
        layouts: list[Hashable] = [
            (len(text), _is_light_on_dark(image) if whole else None)
            for image, text in zip(images, texts, strict=True)
        ]
        donors = _Donors(texts, boxes, layouts, self.balance)
        swap: Callable[..., None] = _paste if whole else _replace_segment

        def permute(index: int, rng: np.random.Generator) -> tuple[Images, str]:
            places = boxes[index]
            if places is None:
                return images[index], str(texts[index])
            image, characters = images[index].copy(), list(texts[index])
            for position in np.flatnonzero(rng.random(len(characters)) < self.p):
                character, donor = donors.draw(layouts[index], characters[position], rng)
                swap(image, places[position], images[donor.plate], donor.box)
                characters[position] = character
            return image, "".join(characters)

        return permute

    def _boxes(self, images: Images, texts: npt.NDArray[np.str_]) -> list[Floats | None]:
        if self.segmenter is None:
            raise ValueError(
                "CharacterPermuter(segmenter=None) swaps characters of segmented plates only; for "
                "whole plates pass segmenter=CharacterSegmenter(), or 'even' if all characters "
                "have cells of equal width."
            )
        if isinstance(self.segmenter, str):
            return [_even_boxes(len(text), images.shape[1:3], self.margin) for text in texts]
        found = []
        for segmentation in self.segmenter.segment(images):
            x, y, width, height = np.asarray(segmentation.boxes, float).reshape(-1, 4).T
            found.append(np.column_stack([x, y, x + width, y + height]))
        return [
            _widen(boxes) if len(boxes) == len(text) else None
            for boxes, text in zip(found, texts, strict=True)
        ]


class _Donors:
    """Characters of the training plates by layout and kind, for random draws."""

    def __init__(
        self,
        texts: npt.NDArray[np.str_],
        boxes: list[Any],
        layouts: list[Hashable],
        balance: float,
    ) -> None:
        found: dict[Hashable, dict[str, list[_Character]]] = defaultdict(lambda: defaultdict(list))
        for plate, text in enumerate(texts):
            for position, character in enumerate(text if boxes[plate] is not None else ""):
                place = _Character(plate, position, boxes[plate][position])
                found[layouts[plate], _kind(character)][character].append(place)
        self._found = {
            key: (
                list(places),
                list(places.values()),
                _probabilities(list(places.values()), balance),
            )
            for key, places in found.items()
        }

    def draw(
        self, layout: Hashable, character: str, rng: np.random.Generator
    ) -> tuple[str, _Character]:
        """Draw a character of the same kind and one of its locations."""
        characters, places, probabilities = self._found[layout, _kind(character)]
        chosen = int(rng.choice(len(characters), p=probabilities))
        return characters[chosen], places[chosen][rng.integers(len(places[chosen]))]


def _probabilities(places: list[list[_Character]], balance: float) -> Floats:
    weights = np.array([len(found) for found in places], float) ** (1 - balance)
    return weights / weights.sum()


def _kind(character: str) -> str:
    if character.isdecimal():
        return "digit"
    if not character.isalnum():
        return character  # a separator: another one, or a letter, would change the layout
    return "letter" if character.isascii() else "other"


def _is_light_on_dark(image: Images) -> bool:
    """Return whether characters are lighter than the background.

    Characters cover less than half of the plate, so the grey levels are skewed towards them.
    """
    grey = image.mean(axis=2)
    return bool(((grey - grey.mean()) ** 3).mean() > 0)


def _even_boxes(n_characters: int, shape: tuple[int, ...], margin: float) -> Floats:
    height, width = shape
    inset = margin / (1 + 2 * margin)
    edges = np.linspace(inset * width, (1 - inset) * width, n_characters + 1)
    top, bottom = np.full((2, n_characters), [[inset * height], [(1 - inset) * height]])
    return np.column_stack([edges[:-1], top, edges[1:], bottom])


def _widen(boxes: Floats) -> Floats:
    """Add a margin to each box, at most half of the gap to the neighbours."""
    heights = boxes[:, 3] - boxes[:, 1]
    gaps = np.maximum(boxes[1:, 0] - boxes[:-1, 2], 0) / 2
    beside = _BESIDE * heights
    left = np.minimum(beside, np.append(np.inf, gaps))
    right = np.minimum(beside, np.append(gaps, np.inf))
    return boxes + np.column_stack([-left, -beside, right, beside])


def _segments(images: Images, texts: npt.NDArray[np.str_]) -> list[Any]:
    """Return the indices of each plate's segments, in place of boxes."""
    present = ~find_blank(images)
    return [
        np.flatnonzero(places) if places.sum() == len(text) else None
        for places, text in zip(present, texts, strict=True)
    ]


def _replace_segment(segments: Images, place: int, donor: Images, donor_place: int) -> None:
    segments[place] = donor[donor_place]


def _paste(image: Images, box: Floats, donor: Images, donor_box: Floats) -> None:
    """Replace the image's box with the patch in the donor's box."""
    height, width = image.shape[:2]
    left, top, right, bottom = np.clip(np.rint(box).astype(int), 0, [width, height] * 2)
    if right <= left or bottom <= top:
        return
    scale = (donor_box[3] - donor_box[1]) / (box[3] - box[1])
    # The patch has the width of the box it replaces and is centred, so a narrow 1 stays narrow.
    middle = (donor_box[0] + donor_box[2]) / 2 + scale * (
        (left + right) / 2 - (box[0] + box[2]) / 2
    )
    start = np.array([middle - scale * (right - left) / 2, donor_box[1] + scale * (top - box[1])])
    matrix = np.array(
        [[scale, 0, start[0] + (scale - 1) / 2], [0, scale, start[1] + (scale - 1) / 2]]
    )
    patch = cv2.warpAffine(
        donor,
        matrix,
        (int(right - left), int(bottom - top)),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    ).reshape(bottom - top, right - left, -1)
    image[top:bottom, left:right] = _match_contrast(patch, image[top:bottom, left:right])


def _match_contrast(patch: Images, model: Images) -> Images:
    """Scale each channel of a patch to the mean and standard deviation of another patch."""
    # OpenCV returns columns, with one value per channel.
    mean, deviation = (moment.T for moment in cv2.meanStdDev(patch))
    model_mean, model_deviation = (moment.T for moment in cv2.meanStdDev(model))
    gain = np.clip(model_deviation / np.maximum(deviation, 1), 0.3, 3)
    return np.clip(np.rint((patch - mean) * gain + model_mean), 0, 255).astype(np.uint8)
