"""Measure the recall of ContourPlateDetector.

Run from the project's root::

    python benchmarks/detector.py --output benchmarks/results/detector.md

A plate is a true positive if the IoU of the detected and the annotated polygon is at least 0.5.
Plates of CCPD are annotated with four corners, those of OpenALPR with axis-aligned boxes.
"""

import statistics
import time
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from _report import add_data_argument, argument_parser, publish

from sklearn_lpr import PlateImage
from sklearn_lpr.datasets import load_ccpd, load_openalpr
from sklearn_lpr.detection import ContourPlateDetector


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    ccpd = load_ccpd(arguments.data / "ccpd" / "scenes").data
    openalpr = arguments.data / "openalpr"
    sets = {
        "CCPD scenes, tuned on": ccpd[0::2],
        "CCPD scenes, held out": ccpd[1::2],
        "CCPD scenes": ccpd,
        "OpenALPR eu": load_openalpr(openalpr, subset="eu").data,
        "OpenALPR us": load_openalpr(openalpr, subset="us").data,
    }
    publish(
        "ContourPlateDetector: recall at IoU 0.5",
        "Default parameters, one thread; the time is without file decoding.",
        [{"set": name, **measure(samples)} for name, samples in sets.items()],
        arguments.output,
    )


def measure(samples: Sequence[PlateImage]) -> dict[str, Any]:
    """Return a row: counts, recall and the median time."""
    detector = ContourPlateDetector()
    overlaps, seconds, n_missed = [], [], 0
    for sample in samples:
        pixels = sample.pixels()
        start = time.perf_counter()
        (corners,) = detector.detect([pixels])
        seconds.append(time.perf_counter() - start)
        n_missed += corners is None
        overlaps.append(0.0 if corners is None else overlap(corners, sample.corners))
    found = sum(value >= 0.5 for value in overlaps)
    return {
        "photos": len(overlaps),
        "true positives": found,
        "recall": found / len(overlaps),
        "recall at IoU 0.7": float(np.mean(np.array(overlaps) >= 0.7)),
        "false positives": len(overlaps) - found - n_missed,
        "no detection": n_missed,
        "median ms": round(1000 * statistics.median(seconds)),
    }


def overlap(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float:
    """Return the IoU of two convex polygons."""
    a, b = first.astype(np.float32), second.astype(np.float32)
    common = cv2.intersectConvexConvex(a, b)[0]
    return float(common / (cv2.contourArea(a) + cv2.contourArea(b) - common))


if __name__ == "__main__":
    main()
