"""Real plates with character boxes: annotated, placed by the standard, or pseudo-labelled."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from sklearn_lpr.datasets import load_ccpd, load_plates
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper

__all__ = [
    "Floats",
    "Pixels",
    "Plate",
    "chinese_plates",
    "egyptian_plates",
    "pseudo_labelled_plates",
]

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating[Any]]

# The maximum number of crops that is used of each data set in a round.
CROPS = {"vn": 1300, "vn_pbl4": 600, "uz": 1500, "pe": 900, "eu_mixed": 500, "cn_lyl8213": 800}
CROPS |= {"br_noisy": 900}

# GA 36-2007, in millimetres: a plate of 440 x 140 with characters of 45 x 90.
CHINESE_PLATE = (440, 140)
CHINESE_LEFT = np.array([15.5, 72.5, 151.5, 208.5, 265.5, 322.5, 379.5])
CHINESE_CHARACTER = (45, 90)


class Plate(NamedTuple):
    """A grey image and the boxes (left, top, right, bottom) of its characters, in pixels."""

    pixels: Pixels
    boxes: Floats


def training_part(plates: Any) -> npt.NDArray[np.intp]:
    """Return the indices of the plates on which benchmarks/segmentation.py does not test."""
    splitter = PlateShuffleSplit(1, test_size=0.2, random_state=0)
    return next(splitter.split(plates.data, plates.target))[0]


def to_grey(pixels: Pixels) -> Pixels:
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels


def egyptian_plates(data: Path) -> Iterator[Plate]:
    plates = load_plates(data / "crops" / "eg_char_boxes")
    for index in training_part(plates):
        grey = to_grey(plates.data[index].pixels())
        _, *centre, width, height = plates.frame["char_boxes"][index].T
        half = np.array([width, height]) / 2
        boxes = np.concatenate([np.array(centre) - half, np.array(centre) + half])
        yield Plate(grey, boxes.T * np.array([*grey.shape[::-1]] * 2))


def chinese_crops(data: Path) -> Iterator[tuple[Pixels, str]]:
    plates = load_ccpd(data / "ccpd" / "plates")
    chosen = training_part(plates)
    crops = PlateCropper(margin=0.15).transform(plates.data[chosen])
    return zip(map(to_grey, crops), plates.target[chosen], strict=True)


def chinese_plates(data: Path) -> Iterator[Plate]:
    """Place the boxes of characters as the standard does."""
    size, top = np.array(CHINESE_PLATE), (CHINESE_PLATE[1] - CHINESE_CHARACTER[1]) / 2
    start = np.column_stack([CHINESE_LEFT, np.full(7, top)])
    fractions = np.hstack([start / size, (start + CHINESE_CHARACTER) / size])
    for grey, text in chinese_crops(data):
        if len(text) == 7:
            boxes = (fractions + 0.15) / 1.3 * np.array([*grey.shape[::-1]] * 2)
            yield Plate(grey, boxes)


def pseudo_labelled_plates(data: Path, rng: np.random.Generator) -> Iterator[Plate]:
    """Box the characters with the segmenter, given their number."""
    yield from box_characters(chinese_crops(data), "CCPD")
    for folder, at_most in CROPS.items():
        plates = load_plates(data / "crops" / folder)
        chosen = rng.permutation(training_part(plates))[:at_most]
        crops = ((to_grey(plates.data[index].pixels()), plates.target[index]) for index in chosen)
        yield from box_characters(crops, folder)


def box_characters(crops: Iterable[tuple[Pixels, str]], name: str) -> Iterator[Plate]:
    """Yield the plates in which all characters of the text are found with sufficient scores."""
    n_kept = n_all = 0
    for grey, text in crops:
        (found,) = CharacterSegmenter(n_characters=len(text)).segment([grey])
        n_all += 1
        if len(found.boxes) == len(text) and found.scores.min() > 0.3:
            n_kept += 1
            yield Plate(
                grey, np.hstack([found.boxes[:, :2], found.boxes[:, :2] + found.boxes[:, 2:]])
            )
    print(f"  {name}: {n_kept} of {n_all}", flush=True)
