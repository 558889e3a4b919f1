"""Measure how well CharacterSegmenter finds the characters of a plate.

Run from the project's root::

    python benchmarks/segmentation.py --output benchmarks/results/segmentation.md

The network inside was fitted to four fifths of the plates of a set, chosen by text; the last fifth
is measured on. A count is exact where as many characters are found as the text has. A box is found
where its intersection over union with an annotated one is at least 0.5.
"""

import argparse
import datetime
import platform
import shlex
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import sklearn
from scipy.optimize import linear_sum_assignment

import sklearn_lpr
from sklearn_lpr.datasets import load_ccpd, load_plates
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, Segmentation

MARGIN = 0.1
CROPS = {
    "eg_char_boxes": "Egypt",
    "cn_lyl8213": "China, other cameras",
    "vn": "Vietnam",
    "uz": "Uzbekistan",
    "pe": "Peru",
    "br_noisy": "Brazil",
    "eu_mixed": "Europe, mixed",
}
UNSEEN = {
    "tn": "Tunisia (its text has one letter for a whole word)",
    "ar": "Argentina",
    "us_states": "United States",
}
Boxes = npt.NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), metavar="PATH")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the table here as well")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    text = "\n".join([*heading(), "", *count_table(arguments.data), "", *box_table(arguments.data)])
    print(text)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text + "\n", encoding="utf-8")


def heading() -> list[str]:
    return [
        "# CharacterSegmenter: counts and boxes",
        "",
        f"`{shlex.join(['python', *sys.argv])}`",
        "",
        f"{datetime.date.today().isoformat()}, sklearn-lpr {sklearn_lpr.__version__}, Python "
        f"{platform.python_version()}, OpenCV {cv2.__version__}, NumPy {np.__version__}, "
        f"scikit-learn {sklearn.__version__}; {platform.machine()}, one thread. "
        "`CharacterSegmenter()` with its defaults: the count is not told.",
    ]


def count_table(data: Path) -> list[str]:
    """Compare how many characters are found with how many the text has."""
    lines = [
        "| set | plates | exact count | fewer | more | median ms |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    plates = load_ccpd(data / "ccpd" / "plates")
    crops = PlateCropper(margin=MARGIN).transform(plates.data)
    seen, held_out = halves(plates)
    lines.append(count_row("CCPD, rectified, fitted to", crops[seen], plates.target[seen]))
    lines.append(count_row("CCPD, rectified, held out", crops[held_out], plates.target[held_out]))
    for folder, name in CROPS.items():
        plates = load_plates(data / "crops" / folder)
        _, held_out = halves(plates)
        row = count_row(f"{name}, held out", plates.data[held_out], plates.target[held_out])
        lines.append(row)
    for folder, name in UNSEEN.items():
        plates = load_plates(data / "crops" / folder)
        lines.append(count_row(f"{name}, never fitted to", plates.data, plates.target))
    return lines


def box_table(data: Path) -> list[str]:
    """Compare boxes where they are annotated."""
    lines = [
        "| set | characters | boxes found | recall | precision | plates with all right |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    plates = load_plates(data / "crops" / "eg_char_boxes")
    for part, name in zip(halves(plates), ("fitted to", "held out"), strict=True):
        samples = plates.data[part]
        annotated = [
            annotated_boxes(boxes, sample.pixels().shape)
            for boxes, sample in zip(plates.frame["char_boxes"].iloc[part], samples, strict=True)
        ]
        found = [plate.boxes for plate in CharacterSegmenter().segment(samples)]
        n_right = np.array(list(map(count_matches, found, annotated)))
        n_found, n_annotated = (np.array(list(map(len, boxes))) for boxes in (found, annotated))
        complete = (n_right == n_annotated) & (n_right == n_found)
        lines.append(
            f"| Egypt, {name} | {n_annotated.sum()} | {n_found.sum()} | "
            f"{n_right.sum() / n_annotated.sum():.3f} | {n_right.sum() / n_found.sum():.3f} | "
            f"{complete.sum()} of {len(samples)} ({complete.mean():.3f}) |"
        )
    return lines


def halves(plates: Any) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Give what the network was fitted to, and the fifth of the plates that was held out."""
    splitter = PlateShuffleSplit(1, test_size=0.2, random_state=0)
    return next(splitter.split(plates.data, plates.target))


def count_row(name: str, samples: Sequence[Any], texts: Sequence[str]) -> str:
    found, seconds = zip(*map(timed_segment, samples), strict=True)
    surplus = np.array([len(plate.boxes) for plate in found]) - [len(text) for text in texts]
    return (
        f"| {name} | {len(surplus)} | {np.mean(surplus == 0):.3f} | {np.mean(surplus < 0):.3f} | "
        f"{np.mean(surplus > 0):.3f} | {1000 * statistics.median(seconds):.1f} |"
    )


def timed_segment(sample: Any) -> tuple[Segmentation, float]:
    pixels = sample.pixels() if hasattr(sample, "pixels") else sample
    start = time.perf_counter()
    (found,) = CharacterSegmenter().segment([pixels])
    return found, time.perf_counter() - start


def annotated_boxes(char_boxes: npt.NDArray[Any], shape: tuple[int, ...]) -> Boxes:
    """Turn class, centre and size, as fractions of the image, into x, y, width, height."""
    boxes = char_boxes[:, 1:] * np.array([shape[1], shape[0]] * 2)
    boxes[:, :2] -= boxes[:, 2:] / 2
    return boxes


def count_matches(found: Boxes, annotated: Boxes) -> int:
    """Count the boxes found, each matched with one annotated box."""
    start = np.maximum(found[:, np.newaxis, :2], annotated[:, :2])
    end = np.minimum(
        (found[:, :2] + found[:, 2:])[:, np.newaxis], annotated[:, :2] + annotated[:, 2:]
    )
    common = np.prod(np.maximum(end - start, 0), axis=2)
    areas = np.prod(found[:, 2:], axis=1)[:, np.newaxis] + np.prod(annotated[:, 2:], axis=1)
    matching = common / (areas - common) >= 0.5
    return int(matching[linear_sum_assignment(matching, maximize=True)].sum())


if __name__ == "__main__":
    main()
