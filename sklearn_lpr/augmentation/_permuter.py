"""New texts from the characters of real plates."""

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

# Beyond a character's box, as a fraction of its height, up to the half gap to its neighbours.
_BESIDE = 0.12


@dataclass(frozen=True)
class _Character:
    """Where a character stands: plate, position, and its box (left, top, right, bottom)."""

    plate: int
    position: int
    box: Floats


class CharacterPermuter(PlateEstimator):
    """Exchange characters between plates of one layout.

    A patch of one plate takes the place of a character of another plate, and its light and
    contrast are brought to those of the patch it covers. Letters give way to letters, digits to
    digits, others (Chinese provinces) to others, so that the layout stays. What is rare comes
    more often than it does in the set: the remedy for sets in which nearly all plates come from
    one province [1]_.

    Parameters
    ----------
    segmenter : object, "even" or None, default=None
        How the characters of whole plates are found: anything with a method ``segment(X)`` that
        gives for each plate an object with ``boxes``, such as a `CharacterSegmenter`; plates for
        which it finds another number of characters than their text has stay as they are. "even"
        divides the plate from its left to its right edge into equal cells, for layouts that are
        so: no gap, no strip. Plates that were cut into segments need neither.
    p : float, default=0.5
        How probable it is, for each character, that it is exchanged.
    balance : float, default=0.5
        Between 0, where characters are drawn as often as they occur, and 1, where all are drawn
        equally often.
    margin : float, default=0.0
        The `margin` of the `PlateCropper` that made the crops; used by "even".

    Notes
    -----
    Plates share a layout if their texts are of one length, and both have light characters on a
    dark ground or both dark ones on a light ground. On plates that were cut into segments, whole
    segments are exchanged.

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
        """Find the characters of the training plates; see `PlateAugmenter.prepare`."""
        self._validate_params()
        whole = images.ndim == 4
        boxes = self._boxes(images, texts) if whole else _segments(images, texts)
        unknown = sum(found is None for found in boxes)
        if unknown:
            warnings.warn(
                f"{unknown} of {len(images)} plates keep their characters and lend none: not as "
                "many segments as characters were found in them.",
                UserWarning,
                stacklevel=2,
            )
        layouts: list[Hashable] = [
            (len(text), _is_light_on_dark(image) if whole else None)
            for image, text in zip(images, texts, strict=True)
        ]
        donors = _Donors(texts, boxes, layouts, self.balance)
        exchange: Callable[..., None] = _paste if whole else _replace_segment

        def draw(index: int, rng: np.random.Generator) -> tuple[Images, str]:
            places = boxes[index]
            if places is None:
                return images[index], str(texts[index])
            image, characters = images[index].copy(), list(texts[index])
            for position in np.flatnonzero(rng.random(len(characters)) < self.p):
                character, donor = donors.draw(layouts[index], characters[position], rng)
                exchange(image, places[position], images[donor.plate], donor.box)
                characters[position] = character
            return image, "".join(characters)

        return draw

    def _boxes(self, images: Images, texts: npt.NDArray[np.str_]) -> list[Floats | None]:
        if self.segmenter is None:
            raise ValueError(
                "CharacterPermuter(segmenter=None) exchanges the characters of segmented plates "
                "only; for whole plates pass segmenter=CharacterSegmenter(), or 'even' where "
                "characters have equal cells."
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
    """All characters by layout and kind, drawn with more or less regard to their numbers."""

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
            key: (list(places), list(places.values()), _odds(list(places.values()), balance))
            for key, places in found.items()
        }

    def draw(
        self, layout: Hashable, character: str, rng: np.random.Generator
    ) -> tuple[str, _Character]:
        """Draw a character of the same kind, and one of its places."""
        characters, places, odds = self._found[layout, _kind(character)]
        chosen = int(rng.choice(len(characters), p=odds))
        return characters[chosen], places[chosen][rng.integers(len(places[chosen]))]


def _odds(places: list[list[_Character]], balance: float) -> Floats:
    odds = np.array([len(found) for found in places], float) ** (1 - balance)
    return odds / odds.sum()


def _kind(character: str) -> str:
    if character.isdecimal():
        return "digit"
    return "letter" if character.isascii() else "other"


def _is_light_on_dark(image: Images) -> bool:
    """Characters cover less than half of the plate: the grey levels' tail is on their side."""
    grey = image.mean(axis=2)
    return bool(((grey - grey.mean()) ** 3).mean() > 0)


def _even_boxes(n_characters: int, shape: tuple[int, ...], margin: float) -> Floats:
    height, width = shape
    inset = margin / (1 + 2 * margin)
    edges = np.linspace(inset * width, (1 - inset) * width, n_characters + 1)
    top, bottom = np.full((2, n_characters), [[inset * height], [(1 - inset) * height]])
    return np.column_stack([edges[:-1], top, edges[1:], bottom])


def _widen(boxes: Floats) -> Floats:
    """Add what lies around each character, up to half of the gap to its neighbours."""
    heights = boxes[:, 3] - boxes[:, 1]
    gaps = np.maximum(boxes[1:, 0] - boxes[:-1, 2], 0) / 2
    beside = _BESIDE * heights
    left = np.minimum(beside, np.append(np.inf, gaps))
    right = np.minimum(beside, np.append(gaps, np.inf))
    return boxes + np.column_stack([-left, -beside, right, beside])


def _segments(images: Images, texts: npt.NDArray[np.str_]) -> list[Any]:
    """Give the places of each plate's segments in place of boxes."""
    present = ~find_blank(images)
    return [
        np.flatnonzero(places) if places.sum() == len(text) else None
        for places, text in zip(present, texts, strict=True)
    ]


def _replace_segment(segments: Images, place: int, donor: Images, donor_place: int) -> None:
    segments[place] = donor[donor_place]


def _paste(image: Images, box: Floats, donor: Images, donor_box: Floats) -> None:
    """Put the patch in the donor's box in place of that in the image's box."""
    height, width = image.shape[:2]
    left, top, right, bottom = np.clip(np.rint(box).astype(int), 0, [width, height] * 2)
    if right <= left or bottom <= top:
        return
    scale = (donor_box[3] - donor_box[1]) / (box[3] - box[1])
    # As wide as the place that it fills, and centred: a narrow 1 stays narrow.
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
    image[top:bottom, left:right] = _relit(patch, image[top:bottom, left:right])


def _relit(patch: Images, model: Images) -> Images:
    """Bring each channel of a patch to the mean and the deviation of another."""
    # OpenCV gives columns, one value a channel.
    mean, deviation = (moment.T for moment in cv2.meanStdDev(patch))
    model_mean, model_deviation = (moment.T for moment in cv2.meanStdDev(model))
    gain = np.clip(model_deviation / np.maximum(deviation, 1), 0.3, 3)
    return np.clip(np.rint((patch - mean) * gain + model_mean), 0, 255).astype(np.uint8)
