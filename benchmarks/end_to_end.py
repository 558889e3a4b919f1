"""Measure end-to-end accuracy on whole photos, with detected and with annotated plates.

Run from the project's root::

    python benchmarks/end_to_end.py --output benchmarks/results/end_to_end.md

Two recognizers are trained. The Chinese one is trained on ``ccpd/plates``, without the plates that
occur in the scenes, and tested on ``ccpd/scenes``. The Latin one is trained on crops of Vietnam,
Uzbekistan, Tunisia, Peru and a mix of European countries, and tested on OpenALPR's photos, on which
nothing is tuned.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from _report import add_data_argument, argument_parser, publish
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.datasets import load_ccpd, load_openalpr, load_plates
from sklearn_lpr.metrics import character_error_rate, plate_accuracy_score
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

LATIN = ("vn", "vn_pbl4", "uz", "tn", "pe", "eu_mixed")


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--n-filters", type=int, default=16)
    parser.add_argument("--max-iter", type=int, default=8)
    arguments = parser.parse_args()
    settings = {"n_filters": arguments.n_filters, "max_iter": arguments.max_iter}

    scenes, texts = load_ccpd(arguments.data / "ccpd" / "scenes", return_X_y=True)
    X, y = load_ccpd(arguments.data / "ccpd" / "plates", return_X_y=True)
    unseen = ~np.isin(y, texts)
    chinese = make_recognizer(**settings).fit(X[unseen], y[unseen])
    rows = evaluate_both(chinese, "CCPD scenes", scenes, texts)

    crops = [load_plates(arguments.data / "crops" / name) for name in LATIN]
    X = np.concatenate([bunch.data for bunch in crops])
    y = np.concatenate([bunch.target for bunch in crops])
    latin = make_recognizer(**settings).fit(X, y)
    for country in ("eu", "us"):
        folder = arguments.data / "openalpr" / "endtoend" / country
        rows += evaluate_both(latin, f"OpenALPR {country}", *load_texts(folder))
    publish(
        "End-to-end accuracy with detected and with annotated plates",
        f"ContourPlateDetector with its defaults; n_filters={arguments.n_filters}, "
        f"max_iter={arguments.max_iter}, seed 0, no augmentation, greedy decoding. Chinese "
        f"recognizer: {unseen.sum()} plates; Latin recognizer: {len(y)} crops "
        f"({', '.join(LATIN)}). In OpenALPR, the letter O counts as the digit 0.",
        rows,
        arguments.output,
    )


def make_recognizer(**params: Any) -> Pipeline:
    return Pipeline(
        [
            # One pipeline for crops, which have no corners, and for scenes.
            ("crop", PlateCropper(margin=0.05, missing="whole")),
            ("normalize", PlateNormalizer()),
            # The settings chosen by examples/ccpd_search.py, which train fast.
            (
                "lprnet",
                LPRNetCTC(
                    dropout=0.1,
                    batch_size=16,
                    learning_rate_init=5e-3,
                    random_state=0,
                    **params,
                ),
            ),
        ]
    )


def load_texts(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return OpenALPR's samples and their texts."""
    return load_openalpr(folder, return_X_y=True)


def evaluate_both(recognizer: Pipeline, name: str, X: Any, y: np.ndarray) -> list[dict[str, Any]]:
    """Test on plates where they are annotated, and where the detector finds them."""
    rows = []
    for locate, missing in (("annotation", "raise"), ("detect", "blank")):
        recognizer.set_params(crop__locate=locate, crop__missing=missing)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the table counts the plates that are not found
            y_pred = recognizer.predict(X)
        if name.startswith("OpenALPR"):
            y, y_pred = (np.char.replace(texts, "O", "0") for texts in (y, y_pred))
        rows.append(
            {
                "set": name,
                "plates located by": locate,
                "photos": len(y),
                "plate accuracy": plate_accuracy_score(y, y_pred),
                "character error rate": character_error_rate(y, y_pred),
                "empty predictions": int((y_pred == "").sum()),
            }
        )
    return rows


if __name__ == "__main__":
    main()
