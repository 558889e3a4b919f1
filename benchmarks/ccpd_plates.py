"""Measure LPRNetCTC on held-out plates of CCPD, without augmentation, over several seeds.

Run from the project's root::

    python benchmarks/ccpd_plates.py --output benchmarks/results/ccpd_plates.md

The plates are split by plate number; the settings were chosen in the training part by
``examples/ccpd_search.py``. Most plates of the data set begin with the same province, so that the
accuracy without the first character is reported, too.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import time

import numpy as np
from _report import add_data_argument, argument_parser, publish
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.datasets import load_ccpd
from sklearn_lpr.metrics import character_error_rate, length_accuracy_score, plate_accuracy_score
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--max-iter", type=int, default=20)
    parser.add_argument(
        "--alignment-warmup", type=float, default=0.2, help="0 trains with the CTC loss only"
    )
    arguments = parser.parse_args()

    X, y = load_ccpd(arguments.data / "ccpd" / "plates", return_X_y=True)
    train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
    rows = []
    for seed in arguments.seeds:
        recognizer = Pipeline(
            [
                ("crop", PlateCropper(margin=0.05)),
                ("normalize", PlateNormalizer()),
                (
                    "lprnet",
                    LPRNetCTC(
                        n_filters=arguments.n_filters,
                        dropout=0.5,
                        batch_size=32,
                        learning_rate_init=2e-3,
                        max_iter=arguments.max_iter,
                        alignment_warmup=arguments.alignment_warmup,
                        random_state=seed,
                    ),
                ),
            ]
        )
        start = time.perf_counter()
        recognizer.fit(X[train], y[train])
        seconds = time.perf_counter() - start
        rows.append(
            {"seed": seed, **scores(y[test], recognizer.predict(X[test])), "fit time, s": seconds}
        )
        print(rows[-1], flush=True)
    mean = {name: float(np.mean([row[name] for row in rows])) for name in list(rows[0])[1:]}
    publish(
        "LPRNetCTC on held-out plates of CCPD",
        f"`ccpd/plates`, split by `PlateShuffleSplit(1, test_size=0.2, random_state=0)`: "
        f"{len(train)} training plates, {len(test)} test plates. Rectified by their corners, "
        "margin 0.05, 24 x 94 pixels; dropout=0.5, batch_size=32, learning_rate_init=2e-3, "
        f"n_filters={arguments.n_filters}, max_iter={arguments.max_iter}, "
        f"alignment_warmup={arguments.alignment_warmup}, no augmentation, greedy decoding. "
        "Plates whose first character is 皖: "
        f"{np.mean(np.char.startswith(y[test], '皖')):.1%} of those to read.",
        [*rows, {"seed": "mean", **mean}],
        arguments.output,
    )


def scores(y_true: np.ndarray, y_pred: np.ndarray) -> dict[str, float]:
    """Return plate accuracy, with and without the first character, and character errors."""
    rest_true, rest_pred = ([text[1:] for text in texts] for texts in (y_true, y_pred))
    return {
        "plate accuracy": plate_accuracy_score(y_true, y_pred),
        "plate accuracy without first character": plate_accuracy_score(rest_true, rest_pred),
        "character error rate": character_error_rate(y_true, y_pred),
        "length accuracy": length_accuracy_score(y_true, y_pred),
    }


if __name__ == "__main__":
    main()
