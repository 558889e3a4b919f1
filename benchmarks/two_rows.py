"""Measure both recognizers on two-row plates, with and without RowJoiner.

Run from the project's root::

    python benchmarks/two_rows.py --output benchmarks/results/two_rows.md
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import time
import warnings
from typing import Any

import numpy as np
from _report import argument_parser, publish
from ccpd_plates import scores
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC, SegmentCNN
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer, RowJoiner

SYNTAXES = ("@@@\n####", "@@\n@####", "##@#\n#####")


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--n-plates", type=int, default=2500)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--max-iter", type=int, default=12)
    arguments = parser.parse_args()

    X, y = make_plates(arguments.n_plates, syntaxes=SYNTAXES, random_state=0, return_X_y=True)
    train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
    crops = PlateCropper(margin=0.05).transform(X)
    joined = RowJoiner().transform(crops)
    rows = []
    for method in ("LPRNetCTC", "SegmentCNN"):
        for joiner, images in (("no", crops), ("yes", joined)):
            for seed in arguments.seeds:
                recognizer = _recognizer(method, seed, arguments.max_iter)
                start = time.perf_counter()
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("ignore")
                    warnings.simplefilter("always", UserWarning)
                    try:
                        y_pred = recognizer.fit(images[train], y[train]).predict(images[test])
                    except ValueError as error:  # no plate has as many segments as characters
                        print(f"{method}, joiner {joiner}: {error}")
                        y_pred = np.full(len(test), "")
                seconds = time.perf_counter() - start
                for warning in caught:
                    print(f"{method}, joiner {joiner}: {warning.message}")
                rows.append(
                    {
                        "method": method,
                        "RowJoiner": joiner,
                        "seed": seed,
                        **scores(y[test], y_pred),
                        "fit time, s": seconds,
                    }
                )
                print(rows[-1], flush=True)
    publish(
        "Two-row plates, with and without RowJoiner",
        f"`make_plates({arguments.n_plates}, syntaxes={SYNTAXES!r}, random_state=0)`, split by "
        f"plate number: {len(train)} training plates, {len(test)} test plates. Rectified by their "
        f"corners, margin 0.05; LPRNetCTC at 24 x 94 pixels; n_filters=16, "
        f"max_iter={arguments.max_iter}, no augmentation, greedy decoding. Without RowJoiner no "
        "plate has as many segments as characters, so that SegmentCNN "
        "cannot be trained; all its predictions count as empty.",
        rows,
        arguments.output,
    )


def _recognizer(method: str, seed: int, max_iter: int) -> Pipeline:
    settings: dict[str, Any] = {
        "n_filters": 16,
        "batch_size": 16,
        "dropout": 0.1,
        "max_iter": max_iter,
        "random_state": seed,
    }
    if method == "LPRNetCTC":
        steps = [PlateNormalizer(), LPRNetCTC(learning_rate_init=5e-3, **settings)]
    else:
        steps = [CharacterSegmenter(), SegmentCNN(**settings)]
    return Pipeline(list(zip(("preprocess", "recognize"), steps, strict=True)))


if __name__ == "__main__":
    main()
