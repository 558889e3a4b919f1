"""Measure LPRNetCTC on RodoSol-ALPR, which requires a signed academic licence.

Run from the project's root::

    python benchmarks/rodosol.py PATH --output benchmarks/results/rodosol.md

PATH is the folder with ``images/`` and ``split.txt``. The traditional split is used: "training" and
"validation" to train on (nothing is tuned), and "testing" to test on. Motorcycles have two-row
plates, which RowJoiner turns into one row.

Source: R. Laroca et al., "On the Cross-dataset Generalization in License Plate Recognition",
VISAPP 2022.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from pathlib import Path

from _report import argument_parser, publish
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.datasets import load_rodosol
from sklearn_lpr.metrics import plate_accuracy_score, positional_character_accuracy_score
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer, RowJoiner

FOLDERS = ("cars-br", "cars-me", "motorcycles-br", "motorcycles-me")


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("path", type=Path, help="the folder with images/ and split.txt")
    parser.add_argument("--n-filters", type=int, default=64)
    parser.add_argument("--max-iter", type=int, default=30)
    arguments = parser.parse_args()

    rodosol = load_rodosol(arguments.path)
    testing = (rodosol.frame["split"] == "testing").to_numpy()
    X, y = rodosol.data[~testing], rodosol.target[~testing]
    X_test, y_test = rodosol.data[testing], rodosol.target[testing]
    folders = rodosol.frame.loc[testing, "subset"].to_numpy()
    recognizer = Pipeline(
        [
            ("crop", PlateCropper(margin=0.05)),
            ("join", RowJoiner()),
            ("normalize", PlateNormalizer()),
            (
                "lprnet",
                LPRNetCTC(
                    n_filters=arguments.n_filters, max_iter=arguments.max_iter, random_state=0
                ),
            ),
        ]
    )
    y_pred = recognizer.fit(X, y).predict(X_test)
    rows = [
        {
            "folder": folder,
            "plates": int(chosen.sum()),
            "plate accuracy": plate_accuracy_score(y_test[chosen], y_pred[chosen]),
            "positional character accuracy": positional_character_accuracy_score(
                y_test[chosen], y_pred[chosen]
            ),
        }
        for folder in (*FOLDERS, "all")
        if (chosen := (folders == folder) | (folder == "all")).any()
    ]
    publish(
        "LPRNetCTC on RodoSol-ALPR",
        f"Traditional split: {len(X)} training plates (training and validation), {len(X_test)} "
        f"test plates. Two-row plates joined by RowJoiner. n_filters={arguments.n_filters}, "
        f"max_iter={arguments.max_iter}.",
        rows,
        arguments.output,
    )


if __name__ == "__main__":
    main()
