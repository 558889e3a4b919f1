"""Measure whether the memory of a process grows with the number of fits.

Run from the project's root::

    python benchmarks/repeated_fits.py --output benchmarks/results/repeated_fits.md

One process fits and predicts repeatedly, as in a long search. Its resident memory is measured after
the warm-up and at the end. Linux only.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import gc
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from _report import argument_parser, publish
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from sklearn_lpr import LPRNetCTC, SegmentCNN
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--n-warm-up", type=int, default=20)
    parser.add_argument("--n-fits", type=int, default=200)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)

    X, y = make_plates(64, random_state=0, return_X_y=True)
    crops = PlateCropper(margin=0.05).transform(X)
    small: dict[str, Any] = {"n_filters": 4, "max_iter": 1, "random_state": 0}
    segments = CharacterSegmenter(n_characters=7).transform(crops)
    rows = []
    for recognizer, plates in (
        (LPRNetCTC(**small), PlateNormalizer().transform(crops)),
        (SegmentCNN(**small), segments),
    ):
        start = time.perf_counter()
        for index in range(arguments.n_warm_up + arguments.n_fits):
            if index == arguments.n_warm_up:
                before = resident()
            clone(recognizer).fit(plates, y).predict(plates)
        after = resident()
        rows.append(
            {
                "recognizer": type(recognizer).__name__,
                "fits": arguments.n_fits,
                "MiB after warm-up": before / 2**20,
                "MiB at the end": after / 2**20,
                "growth": f"{after / before - 1:.2%}",
                "seconds per fit": (time.perf_counter() - start) / (index + 1),
            }
        )
        print(rows[-1], flush=True)
    publish(
        "Memory over repeated fits",
        f"64 synthetic plates ({np.unique(y).size} texts), n_filters=4, max_iter=1; "
        f"{arguments.n_warm_up} fits to warm up.",
        rows,
        arguments.output,
    )


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
