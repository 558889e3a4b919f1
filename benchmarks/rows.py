"""Measure how accurately RowJoiner distinguishes two-row from one-row plates.

Run from the project's root::

    python benchmarks/rows.py --data ../shared/data --output benchmarks/results/rows.md
"""

import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from _report import add_data_argument, argument_parser, publish

from sklearn_lpr.datasets import load_plates, make_plates
from sklearn_lpr.preprocessing import PlateCropper, RowJoiner
from sklearn_lpr.preprocessing._plate_rows import MAX_ASPECT

# The plates that are held out belong to the script that trains.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from train_rows import real_crops

TWO_ROWS = ("@@@\n####", "@@\n@####", "##-@#\n###.##", "##@\n##@@", "@@@@\n###", "[京沪苏]@\n#####")
ONE_ROW = ("@@@####", "@@@#@##", "@@-###@@", "@@##@@", "@@###", "@###")
CROPPERS = (PlateCropper(), PlateCropper(margin=0.1), PlateCropper(rectify=False))
# Sets whose plates, all of one row, did not train the network of `RowJoiner`.
TEST_CROPS = ("ar", "us_states")

TEXT = """
The accuracy of `RowJoiner().count_rows`. "By aspect ratio" counts crops more than 3.3 times as wide
as high, which are taken as one row without further analysis. "Box" is a crop with `rectify=False`.
"Held out" are the plates of a training set that did not train the network, by plate number, as they
are and cropped by the corners that the detector finds; the other sets did not train it at all. The
synthetic plates have another seed than those that trained it.
"""


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    rows = [
        {"set": name, **measure(crops, expected)}
        for name, crops, expected in load_sets(arguments.data)
    ]
    publish("RowJoiner: one-row and two-row plates", TEXT, rows, arguments.output)


def load_sets(data: Path) -> Iterator[tuple[str, Any, int]]:
    """Yield each set's name, its crops and their number of rows."""
    for number, syntaxes, seed in (("two", TWO_ROWS, 2), ("one", ONE_ROW, 3)):
        plates = make_plates(1000, syntaxes=syntaxes, random_state=seed).data
        for cropper in CROPPERS:
            crop = f"margin {cropper.margin:g}" if cropper.rectify else "box"
            yield f"synthetic, {number}, {crop}", cropper.transform(plates), 1 + (number == "two")
    for each in real_crops(data):
        for number in (1, 2):
            chosen = np.flatnonzero(each.held_out & (each.rows == number))
            if len(chosen):
                name = f"{each.name}, held out, {number} row{'s' * (number > 1)}"
                yield name, [each.images[index] for index in chosen], number
    for name in TEST_CROPS:
        samples = load_plates(data / "crops" / name).data
        yield f"{name}, 1 row", PlateCropper(missing="whole").transform(samples), 1


def measure(crops: npt.NDArray[np.object_], expected: int) -> dict[str, Any]:
    """Return a row of the table."""
    joiner = RowJoiner()
    counts, seconds = [], []
    for crop in crops:
        start = time.perf_counter()
        counts.extend(joiner.count_rows([crop]))
        seconds.append(time.perf_counter() - start)
    n_correct = sum(count == expected for count in counts)
    return {
        "rows": expected,
        "plates": len(crops),
        "by aspect ratio": sum(crop.shape[1] > MAX_ASPECT * crop.shape[0] for crop in crops),
        "errors": len(crops) - n_correct,
        "accuracy": f"{n_correct / len(crops):.4f}",
        "median ms": f"{1000 * statistics.median(seconds):.2f}",
    }


if __name__ == "__main__":
    main()
