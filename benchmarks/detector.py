"""Measure how often ContourPlateDetector finds the plate.

Run from the project's root::

    python benchmarks/detector.py --data ../shared/data --output benchmarks/results/detector.md

A plate is found where the intersection over union of the polygon found and the annotated one is
at least 0.5. CCPD's plates are annotated with four corners, OpenALPR's with upright boxes.
"""

import argparse
import datetime
import platform
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import sklearn

import sklearn_lpr
from sklearn_lpr import PlateImage
from sklearn_lpr.datasets import load_ccpd
from sklearn_lpr.images import box_corners
from sklearn_lpr.preprocessing import ContourPlateDetector


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), metavar="PATH")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the table here as well")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    ccpd = load_ccpd(arguments.data / "ccpd" / "scenes").data
    openalpr = arguments.data / "openalpr" / "endtoend"
    sets = {
        "CCPD scenes, tuned on": ccpd[0::2],
        "CCPD scenes, held out": ccpd[1::2],
        "CCPD scenes": ccpd,
        "OpenALPR eu": load_openalpr(openalpr / "eu"),
        "OpenALPR us": load_openalpr(openalpr / "us"),
    }
    text = report(sets)
    print(text)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text + "\n", encoding="utf-8")


def load_openalpr(folder: Path) -> list[PlateImage]:
    """Read OpenALPR's annotations: image, x, y, width, height and text, separated by tabs."""
    samples = []
    for path in sorted(folder.glob("*.txt")):
        image, *box, _ = path.read_text(encoding="utf-8").strip().split("\t")
        samples.append(PlateImage(folder / image, box_corners(*map(float, box))))
    return samples


def report(sets: dict[str, Sequence[PlateImage]]) -> str:
    """Measure every set and give a Markdown table."""
    lines = [
        "# ContourPlateDetector: recall at IoU 0.5",
        "",
        f"{datetime.date.today().isoformat()}, sklearn-lpr {sklearn_lpr.__version__}, Python "
        f"{platform.python_version()}, OpenCV {cv2.__version__}, NumPy {np.__version__}, "
        f"scikit-learn {sklearn.__version__}; {platform.machine()}, one thread.",
        "",
        "| set | photos | found | recall | at IoU 0.7 | wrong place | nothing | median ms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [f"| {name} | {measure(samples)} |" for name, samples in sets.items()]
    return "\n".join(lines)


def measure(samples: Sequence[PlateImage]) -> str:
    """Give one row: counts, recall and the median time without reading the file."""
    detector = ContourPlateDetector()
    overlaps, seconds, nothing = [], [], 0
    for sample in samples:
        pixels = sample.pixels()
        start = time.perf_counter()
        (corners,) = detector.detect([pixels])
        seconds.append(time.perf_counter() - start)
        nothing += corners is None
        overlaps.append(0.0 if corners is None else overlap(corners, sample.corners))
    n, found = len(overlaps), sum(value >= 0.5 for value in overlaps)
    strict = sum(value >= 0.7 for value in overlaps)
    return (
        f"{n} | {found} | {found / n:.3f} | {strict / n:.3f} | {n - found - nothing} | {nothing} | "
        f"{1000 * statistics.median(seconds):.0f}"
    )


def overlap(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float:
    """Give the intersection over union of two convex polygons."""
    a, b = first.astype(np.float32), second.astype(np.float32)
    common = cv2.intersectConvexConvex(a, b)[0]
    return float(common / (cv2.contourArea(a) + cv2.contourArea(b) - common))


if __name__ == "__main__":
    main()
