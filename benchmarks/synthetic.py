"""Measure how near made plates come to real ones: what LPRNetCTC reads that learnt from either.

Run from the project's root::

    python benchmarks/synthetic.py --output benchmarks/results/synthetic.md

On two sets of real plates, split by plate, it is trained on made plates alone, on made plates and a
tenth of the real ones, and on the real ones alone, as many steps each time.
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
REAL_SHARE = 0.25  # of the plates of a pass, where made and real ones are mixed


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--n-made", type=int, default=3000)
    parser.add_argument("--n-seen", type=int, default=36000, help="plates seen in a training")
    arguments = parser.parse_args()

    rows = []
    for name in LAYOUTS:
        X, y = load(arguments, name)
        train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
        real, to_read = (normalized(X[train]), y[train]), (normalized(X[test]), y[test])
        made_X, made_y = make_plates(
            arguments.n_made, layouts=LAYOUTS[name], random_state=0, return_X_y=True
        )
        made = normalized(made_X), made_y
        for seed in arguments.seeds:
            for learnt, plates in trainings(real, made, seed).items():
                start = time.perf_counter()
                reader = fit(plates, seed, y, arguments)
                seconds = time.perf_counter() - start
                row = {"set": name, "learnt from": learnt, "plates": len(set(plates[1]))}
                row |= {"seed": seed, **scores(to_read[1], reader.predict(to_read[0]))}
                rows.append({**row, "to read": len(test), "fit, s": seconds})
                print(rows[-1], flush=True)
    publish(
        "LPRNetCTC trained on made plates",
        f"Sets split by `PlateShuffleSplit(1, test_size=0.2, random_state=0)`; "
        f"`make_plates({arguments.n_made}, layouts=...)` with the layouts "
        f"{', '.join(f'{layouts[0]} ({name})' for name, layouts in LAYOUTS.items())}. A tenth of "
        f"the real plates is repeated to be {REAL_SHARE:.0%} of a pass. Upright boxes, 24 x 94 "
        f"pixels; n_filters={arguments.n_filters}, {arguments.n_seen} plates seen in batches of "
        f"16, PlateAugmenter({VIEW}). `plates` counts texts.",
        rows,
        arguments.output,
    )


def load(arguments: argparse.Namespace, name: str) -> tuple[Any, Any]:
    loader = load_ccpd if name.startswith("ccpd") else load_plates
    return loader(arguments.data / name, return_X_y=True)


def trainings(real: Plates, made: Plates, seed: int) -> dict[str, Plates]:
    """Give the plates to train on by what they are."""
    few, _ = next(
        PlateShuffleSplit(1, train_size=0.1, test_size=0.5, random_state=seed).split(*real)
    )
    n_times = round(REAL_SHARE / (1 - REAL_SHARE) * len(made[1]) / len(few))
    repeated = np.repeat(few, n_times)
    mixed = (
        np.concatenate([made[0], real[0][repeated]]),
        np.concatenate([made[1], real[1][repeated]]),
    )
    return {"made": made, "made and a tenth of the real": mixed, "real": real}


def fit(plates: Plates, seed: int, y: Any, arguments: argparse.Namespace) -> LPRNetCTC:
    images, texts = plates
    reader = LPRNetCTC(
        arguments.n_filters,
        alphabet="".join(sorted(set("".join(y)) | set("".join(texts)))),
        augmentation=PlateAugmenter(**VIEW),
        max_iter=max(1, round(arguments.n_seen / len(texts))),
        random_state=seed,
    )
    return reader.fit(images, texts)


if __name__ == "__main__":
    main()
