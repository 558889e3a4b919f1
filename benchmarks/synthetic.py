"""Compare LPRNetCTC trained on synthetic plates, on real ones, and on both.

Run from the project's root::

    python benchmarks/synthetic.py --output benchmarks/results/synthetic.md

The test plates are real, in two data sets split by plate number. The training set has synthetic
plates only, synthetic plates and a tenth of the real ones, or all real ones. The number of training
steps is the same.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import time
from typing import Any

import numpy as np
from _report import add_data_argument, argument_parser, publish
from ccpd_plates import scores
from chinese_plates import VIEW, Plates, normalized

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.datasets import load_ccpd, load_plates, make_plates
from sklearn_lpr.model_selection import PlateShuffleSplit

LAYOUTS = {"ccpd/plates": ("china",), "crops/eu_mixed": ("eu",)}
REAL_FRACTION = 0.25  # of the plates of an epoch, in the mixed training set


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--n-synthetic", type=int, default=3000)
    parser.add_argument(
        "--n-samples", type=int, default=36000, help="training samples: epochs times plates"
    )
    arguments = parser.parse_args()

    rows = []
    for name in LAYOUTS:
        X, y = load(arguments, name)
        train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
        real, test_plates = (normalized(X[train]), y[train]), (normalized(X[test]), y[test])
        X_synthetic, y_synthetic = make_plates(
            arguments.n_synthetic, layouts=LAYOUTS[name], random_state=0, return_X_y=True
        )
        synthetic = normalized(X_synthetic), y_synthetic
        for seed in arguments.seeds:
            for training_set, plates in training_sets(real, synthetic, seed).items():
                start = time.perf_counter()
                recognizer = fit(plates, seed, y, arguments)
                seconds = time.perf_counter() - start
                row = {
                    "set": name,
                    "training set": training_set,
                    "training plates": len(set(plates[1])),
                }
                row |= {"seed": seed, **scores(test_plates[1], recognizer.predict(test_plates[0]))}
                rows.append({**row, "test plates": len(test), "fit time, s": seconds})
                print(rows[-1], flush=True)
    publish(
        "LPRNetCTC trained on synthetic plates",
        f"Sets split by `PlateShuffleSplit(1, test_size=0.2, random_state=0)`; "
        f"`make_plates({arguments.n_synthetic}, layouts=...)` with the layouts "
        f"{', '.join(f'{layouts[0]} ({name})' for name, layouts in LAYOUTS.items())}. A tenth of "
        f"the real plates is repeated to make up {REAL_FRACTION:.0%} of an epoch. Axis-aligned "
        f"boxes, 24 x 94 pixels; n_filters={arguments.n_filters}, {arguments.n_samples} training "
        f"samples in mini-batches of 16, PlateAugmenter({VIEW}). `training "
        "plates` counts plate numbers.",
        rows,
        arguments.output,
    )


def load(arguments: argparse.Namespace, name: str) -> tuple[Any, Any]:
    loader = load_ccpd if name.startswith("ccpd") else load_plates
    return loader(arguments.data / name, return_X_y=True)


def training_sets(real: Plates, synthetic: Plates, seed: int) -> dict[str, Plates]:
    """Return the training sets by name."""
    few, _ = next(
        PlateShuffleSplit(1, train_size=0.1, test_size=0.5, random_state=seed).split(*real)
    )
    n_times = round(REAL_FRACTION / (1 - REAL_FRACTION) * len(synthetic[1]) / len(few))
    repeated = np.repeat(few, n_times)
    mixed = (
        np.concatenate([synthetic[0], real[0][repeated]]),
        np.concatenate([synthetic[1], real[1][repeated]]),
    )
    return {"synthetic": synthetic, "synthetic and a tenth of the real": mixed, "real": real}


def fit(plates: Plates, seed: int, y: Any, arguments: argparse.Namespace) -> LPRNetCTC:
    images, texts = plates
    recognizer = LPRNetCTC(
        arguments.n_filters,
        alphabet="".join(sorted(set("".join(y)) | set("".join(texts)))),
        augmentation=PlateAugmenter(**VIEW),
        max_iter=max(1, round(arguments.n_samples / len(texts))),
        random_state=seed,
    )
    return recognizer.fit(images, texts)


if __name__ == "__main__":
    main()
