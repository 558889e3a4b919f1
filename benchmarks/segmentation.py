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
# Shows some of the plates of vn.
SAME_PLATES = "vn_pbl4"
NEVER_FITTED_TO = {"tn": "Tunisia", "ar": "Argentina", "us_states": "United States"}
Boxes = npt.NDArray[np.float64]

TEXT = """
`CharacterSegmenter()` with its defaults: the number of characters is not told. A count is exact
where as many are found as the text has. Recall and precision are those of boxes whose intersection
over union with an annotated one is at least 0.5; "all right" are plates with neither a box too many
nor one missing. The last column is the median time for one plate in milliseconds, on one thread,
beside other work.

The network was fitted by `benchmarks/fit_segmentation.py` to four fifths of the plates of a set,
chosen by text; "held out" is the last fifth, less the plates that another set shows. CCPD's plates
were made upright by their annotated corners with `PlateCropper(margin=0.1)`; all others are crops
as they come. Those of Uzbekistan show much of the car around a plate that is often tilted. Seals
and stickers count as characters too many on plates of Europe and the United States, as does a word
in Arabic, which the texts of Tunisia have as one letter.
"""


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    rows = [*rows_of_ccpd(arguments.data), *rows_of_crops(arguments.data)]
    publish("CharacterSegmenter: counts and boxes", TEXT, rows, arguments.output)


def rows_of_ccpd(data: Path) -> list[dict[str, Any]]:
    plates = load_ccpd(data / "ccpd" / "plates")
    crops = PlateCropper(margin=0.1).transform(plates.data)
    return [
        measure(f"CCPD, {name}", crops[part], plates.target[part])
        for name, part in zip(("fitted to", "held out"), split(plates), strict=True)
    ]


def rows_of_crops(data: Path) -> list[dict[str, Any]]:
    rows = []
    plates = load_plates(data / "crops" / "eg_char_boxes")
    for name, part in zip(("fitted to", "held out"), split(plates), strict=True):
        boxes = plates.frame["char_boxes"].iloc[part]
        row = measure(f"Egypt, {name}", read(plates, part), plates.target[part], boxes)
        rows.append(row)
    seen = load_plates(data / "crops" / SAME_PLATES).target
    for folder, name in CROPS.items():
        plates = load_plates(data / "crops" / folder)
        part = split(plates)[1]
        part = part[~np.isin(plates.target[part], seen)]
        rows.append(measure(f"{name}, held out", read(plates, part), plates.target[part]))
    for folder, name in NEVER_FITTED_TO.items():
        plates = load_plates(data / "crops" / folder)
        every = np.arange(len(plates.data))
        rows.append(measure(f"{name}, never fitted to", read(plates, every), plates.target))
    return rows


def split(plates: Any) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Give what the network was fitted to, and the fifth of the plates that was held out."""
    splitter = PlateShuffleSplit(1, test_size=0.2, random_state=0)
    return next(splitter.split(plates.data, plates.target))


def read(plates: Any, part: npt.NDArray[np.intp]) -> list[npt.NDArray[np.uint8]]:
    return [plates.data[index].pixels() for index in part]


def measure(
    name: str,
    crops: Sequence[npt.NDArray[np.uint8]],
    texts: Sequence[str],
    char_boxes: Sequence[npt.NDArray[Any]] | None = None,
) -> dict[str, Any]:
    """Give one row: how the counts compare with the texts and, where annotated, the boxes."""
    found, seconds = zip(*map(timed_segment, crops), strict=True)
    n_found = np.array([len(plate.boxes) for plate in found])
    surplus = n_found - [len(text) for text in texts]
    row: dict[str, Any] = {"plates": name, "n": len(crops)}
    row |= {"exact count": float(np.mean(surplus == 0)), "fewer": float(np.mean(surplus < 0))}
    row |= {"more": float(np.mean(surplus > 0)), "recall": "", "precision": "", "all right": ""}
    if char_boxes is not None:
        n_right = np.array(list(map(count_matches, found, char_boxes, crops)))
        n_annotated = np.array(list(map(len, char_boxes)))
        row["recall"] = float(n_right.sum() / n_annotated.sum())
        row["precision"] = float(n_right.sum() / n_found.sum())
        row["all right"] = float(np.mean((n_right == n_annotated) & (n_right == n_found)))
    return {**row, "ms": f"{1000 * statistics.median(seconds):.1f}"}


def timed_segment(crop: npt.NDArray[np.uint8]) -> tuple[Segmentation, float]:
    start = time.perf_counter()
    (found,) = CharacterSegmenter().segment([crop])
    return found, time.perf_counter() - start


def count_matches(
    found: Segmentation, char_boxes: npt.NDArray[Any], crop: npt.NDArray[np.uint8]
) -> int:
    """Count the boxes found, each matched with one annotated box.

    Annotated are class, centre and size, as fractions of the crop.
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
