"""Test the recognizer that comes with the package on held-out plates of its training sets.

Run from the project's root::

    python benchmarks/held_out_plates.py --output benchmarks/results/held_out_plates.md

These plate numbers are in none of the training sets, but the cameras and countries are. Their
confidences calibrate the recognizer. The table has the results by set, which is a country mostly,
by the number of rows, and by the light.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import sys
import warnings
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from _report import add_data_argument, argument_parser, publish

from sklearn_lpr import load_recognizer, read_plates
from sklearn_lpr.inspection import PlateEvaluation, evaluate_plates

# The plates that are held out belong to the script that trains.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from world_plates import is_held_out, load_sources

# The mean grey value below which a photo counts as dark.
DARK = 70

TEXT = """
`load_recognizer()` on {n} plates as users pass them: with annotated corners where a set has them,
otherwise crops, in which the detector searches the plate. Some labels are wrong: about 20 of `vn`,
and `eu_mixed` writes some letters O as 0. A photo is dark if its mean grey value is below {dark}.
95 % intervals of the bootstrap over plates.
"""


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    X: list[Any] = []
    texts: list[str] = []
    groups: dict[str, list[str]] = {"set": [], "rows": [], "light": []}
    for name, source in load_sources(arguments.data).items():
        for index in np.flatnonzero(is_held_out(source.texts)):
            plate = source.plates[index]
            X.append(plate)
            texts.append(source.texts[index])
            groups["set"].append(name)
            groups["rows"].append("two" if source.rows[index] == 2 else "one")
            groups["light"].append("dark" if plate.pixels().mean() < DARK else "bright")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # plates that are not found count as wrong
        predictions = read_plates(load_recognizer(), X)
    report = evaluate_plates(texts, predictions, groups=groups, random_state=0)
    publish(
        "The recognizer that comes with the package, on held-out plates",
        TEXT.format(n=len(X), dark=DARK),
        table(report),
        arguments.output,
    )


def table(report: PlateEvaluation) -> list[dict[str, Any]]:
    """Return a row for each group."""
    return [
        {
            "by": kind,
            "group": name,
            "crops": int(scores["n_samples"]),
            "plates": int(scores["n_plates"]),
            "exact match": scores["plate_accuracy"],
            "low": scores["plate_accuracy_low"],
            "high": scores["plate_accuracy_high"],
            "character error rate": scores["character_error_rate"],
        }
        for kind, frame in report.by_group.items()
        for name, scores in frame.iterrows()
    ]


if __name__ == "__main__":
    main()
