"""Measure how well CharacterSegmenter finds the characters of a plate.

Run from the project's root::

    python benchmarks/segmentation.py --output benchmarks/results/segmentation.md
"""

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from _report import add_data_argument, argument_parser, publish
from scipy.optimize import linear_sum_assignment

from sklearn_lpr.datasets import load_ccpd, load_plates
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, Segmentation

CROPS = {
    "cn_lyl8213": "China, other cameras",
    "vn": "Vietnam",
    "uz": "Uzbekistan",
    "pe": "Peru",
    "br_noisy": "Brazil",
    "eu_mixed": "Europe, mixed",
}
# Has some plates in common with vn.
SAME_PLATES = "vn_pbl4"
UNSEEN = {"tn": "Tunisia", "ar": "Argentina", "us_states": "United States"}
Boxes = npt.NDArray[np.float64]

TEXT = """
`CharacterSegmenter()` with its defaults: the number of characters is not given. A count is correct
if it is the length of the text. Recall and precision are those of boxes whose IoU with an annotated
box is at least 0.5; "all correct" is the fraction of plates without false positives and false
negatives. The last column is the median time per plate in milliseconds, on one thread, on a busy
machine.

The network was trained by `tools/train_segmentation.py` on four fifths of the plates of a data set,
split by plate number; "held-out part" is the other fifth, without the plates that another set
shows. Plates of CCPD were rectified by their annotated corners with `PlateCropper(margin=0.1)`; all
others are the crops of the data sets. Those of Uzbekistan show much of the car around a plate that
is often tilted. Seals and stickers on plates of Europe and the United States are counted as
characters, and so are the letters of an Arabic word, which is one letter in the texts of Tunisia.
"""


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    rows = [*rows_of_ccpd(arguments.data), *rows_of_crops(arguments.data)]
    publish("CharacterSegmenter: character counts and boxes", TEXT, rows, arguments.output)


def rows_of_ccpd(data: Path) -> list[dict[str, Any]]:
    plates = load_ccpd(data / "ccpd" / "plates")
    crops = PlateCropper(margin=0.1).transform(plates.data)
    return [
        measure(f"CCPD, {name}", crops[part], plates.target[part])
        for name, part in zip(("training part", "held-out part"), split(plates), strict=True)
    ]


def rows_of_crops(data: Path) -> list[dict[str, Any]]:
    rows = []
    plates = load_plates(data / "crops" / "eg_char_boxes")
    for name, part in zip(("training part", "held-out part"), split(plates), strict=True):
        boxes = plates.frame["char_boxes"].iloc[part]
        row = measure(f"Egypt, {name}", images(plates, part), plates.target[part], boxes)
        rows.append(row)
    seen = load_plates(data / "crops" / SAME_PLATES).target
    for folder, name in CROPS.items():
        plates = load_plates(data / "crops" / folder)
        part = split(plates)[1]
        part = part[~np.isin(plates.target[part], seen)]
        rows.append(measure(f"{name}, held-out part", images(plates, part), plates.target[part]))
    for folder, name in UNSEEN.items():
        plates = load_plates(data / "crops" / folder)
        every = np.arange(len(plates.data))
        rows.append(measure(f"{name}, not trained on", images(plates, every), plates.target))
    return rows


def split(plates: Any) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the training part and the held-out fifth of the plates."""
    splitter = PlateShuffleSplit(1, test_size=0.2, random_state=0)
    return next(splitter.split(plates.data, plates.target))


def images(plates: Any, part: npt.NDArray[np.intp]) -> list[npt.NDArray[np.uint8]]:
    return [plates.data[index].pixels() for index in part]


def measure(
    name: str,
    crops: Sequence[npt.NDArray[np.uint8]],
    texts: Sequence[str],
    char_boxes: Sequence[npt.NDArray[Any]] | None = None,
) -> dict[str, Any]:
    """Return a row: accuracy of counts and, where boxes are annotated, of boxes."""
    found, seconds = zip(*map(timed_segment, crops), strict=True)
    n_found = np.array([len(plate.boxes) for plate in found])
    surplus = n_found - [len(text) for text in texts]
    row: dict[str, Any] = {"plates": name, "n": len(crops)}
    row |= {"count accuracy": float(np.mean(surplus == 0)), "too few": float(np.mean(surplus < 0))}
    row |= {
        "too many": float(np.mean(surplus > 0)),
        "recall": "",
        "precision": "",
        "all correct": "",
    }
    if char_boxes is not None:
        n_correct = np.array(list(map(count_matches, found, char_boxes, crops)))
        n_annotated = np.array(list(map(len, char_boxes)))
        row["recall"] = float(n_correct.sum() / n_annotated.sum())
        row["precision"] = float(n_correct.sum() / n_found.sum())
        row["all correct"] = float(np.mean((n_correct == n_annotated) & (n_correct == n_found)))
    return {**row, "median ms": f"{1000 * statistics.median(seconds):.1f}"}


def timed_segment(crop: npt.NDArray[np.uint8]) -> tuple[Segmentation, float]:
    start = time.perf_counter()
    (found,) = CharacterSegmenter().segment([crop])
    return found, time.perf_counter() - start


def count_matches(
    found: Segmentation, char_boxes: npt.NDArray[Any], crop: npt.NDArray[np.uint8]
) -> int:
    """Count the boxes found, each matched with one annotated box.

    Annotations are class, centre and size, as fractions of the crop.
    """
    expected = char_boxes[:, 1:] * np.array([*crop.shape[1::-1]] * 2)
    expected_start = expected[:, :2] - expected[:, 2:] / 2
    found_start, found_size = found.boxes[:, np.newaxis, :2], found.boxes[:, np.newaxis, 2:]
    start = np.maximum(found_start, expected_start)
    end = np.minimum(found_start + found_size, expected_start + expected[:, 2:])
    common = np.prod(np.maximum(end - start, 0), axis=2)
    areas = np.prod(found_size, axis=2) + np.prod(expected[:, 2:], axis=1)
    matching = common / (areas - common) >= 0.5
    return int(matching[linear_sum_assignment(matching, maximize=True)].sum())


if __name__ == "__main__":
    main()
