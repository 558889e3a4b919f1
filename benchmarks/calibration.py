r"""Calibrate LPRNetCTC on held-out Chinese plates, and measure its confidence on test plates.

Run from the project's root::

    python benchmarks/calibration.py --output benchmarks/results/calibration.md

A recognizer is trained on all training plates, as in ``chinese_plates.py``. Its predictions on
these plates are better than on unseen ones, so that they cannot calibrate it. A second recognizer
is trained in the same way without a fifth of the real plates, and its predictions on that fifth
calibrate the first. This is ``CalibratedRecognizerCV(cv=PlateShuffleSplit(1, test_size=0.2,
random_state=0))`` with separate training runs, so that each recognizer can be loaded from a file:
``--recognizer`` names pipelines written by ``chinese_plates.py --save-models``, and
``--calibration-recognizer`` one written by it with ``--validate``, which holds out the same fifth.
Here, ``--validate`` tests on held-out plates of the training sets and calibrates on a fifth of the
others; recognizers from files were trained on these test plates, and are rejected. All settings are
those of ``chinese_plates.py``.

``--ensemble`` measures ``CalibratedRecognizerCV(ensemble=True, cv=PlateKFold(5))`` instead: five
recognizers, each trained without a fifth of the real plates and calibrated on it, whose predictions
are averaged. The folder stores them; ``--fold`` trains one of them only, so that two can be trained
in parallel. The ensemble is compared with one uncalibrated recognizer of all plates, which is
trained here or loaded from a file::

    python benchmarks/calibration.py --n-filters 48 --n-synthetic 1500 --ensemble folds \
        --recognizer models/chinese-1500-0.joblib \
        --output benchmarks/results/calibration_ensemble.md
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import math
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
from _report import add_data_argument, argument_parser, publish
from chinese_plates import DECODERS, Plates, concatenate, fit, how, load, sets, test_set
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from sklearn_lpr import read_plates
from sklearn_lpr.calibration import (
    CalibratedRecognizer,
    CalibratedRecognizerCV,
    RejectingRecognizerCV,
)
from sklearn_lpr.calibration._maps import LogisticMap, PowerMap
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.inspection._bootstrap import Bootstrap
from sklearn_lpr.metrics import (
    accuracy_at_coverage,
    area_under_risk_coverage,
    plate_accuracy_score,
    plate_brier_score,
    plate_calibration_error,
)
from sklearn_lpr.model_selection import PlateKFold, PlateShuffleSplit

METHODS = ("temperature", "sigmoid", "isotonic")
COVERAGES = (0.99, 0.95, 0.9, 0.8)
N_FOLDS = 5
BOOTSTRAP = Bootstrap(n_resamples=10_000, confidence_level=0.95, seed=0)
COLUMNS = (
    "ECE has 15 bins of equal mass. The last columns are the plate accuracy of the most confident "
    "predictions, at several coverages. The change of the Brier score has the 95 % confidence "
    f"interval of the paired bootstrap over plates ({BOOTSTRAP.n_resamples} resamples)."
)


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument(
        "--recognizer",
        type=Path,
        nargs="+",
        default=[None],
        metavar="FILE",
        help="fitted on all plates",
    )
    parser.add_argument(
        "--calibration-recognizer", type=Path, metavar="FILE", help="fitted on four fifths"
    )
    parser.add_argument(
        "--ensemble", type=Path, metavar="FOLDER", help="the recognizers of five folds"
    )
    parser.add_argument("--fold", type=int, choices=range(N_FOLDS), help="train this fold only")
    parser.add_argument("--memory", metavar="FOLDER")
    parser.add_argument("--decoder", choices=sorted(DECODERS), default="greedy")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--max-iter", type=int, default=40)
    parser.add_argument(
        "--fine-tuning-iter", type=int, default=20, help="epochs of fine-tuning on real plates"
    )
    parser.add_argument("--n-synthetic", type=int, default=1000)
    parser.add_argument("--swap-probability", type=float, default=0.25, help="of each character")
    parser.set_defaults(cross_dataset=False)
    arguments = parser.parse_args()
    if arguments.validate and (any(arguments.recognizer) or arguments.calibration_recognizer):
        parser.error(
            "--validate cannot load recognizers: those in files were trained on the test plates"
        )
    if arguments.fold is not None and arguments.ensemble is None:
        parser.error("--fold requires --ensemble, the folder of its recognizer")

    real, synthetic, (X_test, y_test) = load(arguments, arguments.n_synthetic)
    if arguments.fold is not None:
        train_fold(arguments.fold, real, synthetic, arguments)
        return
    if arguments.ensemble is not None:
        compare_ensemble(real, synthetic, X_test, y_test, arguments)
        return
    train, held_out = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(*real))
    part = real[0][train], real[1][train]
    X_held_out, y_held_out = real[0][held_out], real[1][held_out]
    calibration_recognizer = FrozenEstimator(
        trained(arguments.calibration_recognizer, part, synthetic, arguments)
    )

    maps = {
        method: CalibratedRecognizerCV(calibration_recognizer, method=method)
        .fit(X_held_out, y_held_out)
        .calibrated_recognizers_[0]
        for method in METHODS
    }
    threshold, held_out_coverage = tuned_threshold(calibration_recognizer, X_held_out, y_held_out)
    rows, rejections = [], []
    for file in arguments.recognizer:
        recognizer = trained(file, real, synthetic, arguments)
        plain = read_plates(recognizer, X_test)
        name = "trained here" if file is None else file.stem
        rows.append({"recognizer": name, **row("none", y_test, plain, plain)})
        for method, fitted in maps.items():
            predictions = replace(fitted, estimator=recognizer).read(X_test)
            rows.append({"recognizer": name, **row(method, y_test, predictions, plain)})
        rejections.append(f"{name}: {accepted(threshold, plain, y_test)}")
    publish(
        "Confidence calibration of LPRNetCTC on Chinese plates",
        f"{len(y_test)} test plates ({test_set(arguments)}). The recognizers were trained on "
        f"{len(real[1])} real plates ({', '.join(sets(arguments))}) and {arguments.n_synthetic} "
        f"synthetic ones; decoder: {arguments.decoder}, seed {arguments.seed}. {how(arguments)} "
        "Confidences were calibrated with another recognizer, trained in the same way on "
        f"{len(part[1])} of the real plates. Its accuracy on the {len(y_held_out)} others, which "
        "show no plate that it was trained on, is "
        f"{calibration_recognizer.score(X_held_out, y_held_out):.3f}. {COLUMNS}\n\n"
        "On the held-out plates, the lowest confidence threshold with an accuracy of 99 %, before "
        f"calibration, is {threshold:.4f}, with a coverage of {held_out_coverage:.1%}. With this "
        "threshold, on the test plates:\n\n" + "\n".join(f"- {one}" for one in rejections),
        rows,
        arguments.output,
    )


def compare_ensemble(
    real: Plates, synthetic: Plates | None, X_test: Any, y_test: Any, arguments: argparse.Namespace
) -> None:
    """Compare the ensemble of five folds with one recognizer of all plates."""
    members: dict[str, list[CalibratedRecognizer]] = {each: [] for each in ("none", *METHODS)}
    for index in range(N_FOLDS):
        recognizer, held_out = train_fold(index, real, synthetic, arguments)
        members["none"].append(CalibratedRecognizer(recognizer, PowerMap(), LogisticMap()))
        for method in METHODS:
            fitted = CalibratedRecognizerCV(FrozenEstimator(recognizer), method=method).fit(
                *held_out
            )
            members[method] += fitted.calibrated_recognizers_
    (file,) = arguments.recognizer
    plain = read_plates(trained(file, real, synthetic, arguments), X_test)
    rows = [{"recognizer": "one, all plates", **row("none", y_test, plain, plain)}]
    for method, each in members.items():
        ensemble = CalibratedRecognizerCV(None, ensemble=True)
        ensemble.calibrated_recognizers_ = each
        name = "ensemble of five, four folds each"
        rows.append({"recognizer": name, **row(method, y_test, ensemble.read(X_test), plain)})
    publish(
        "Confidence calibration of an ensemble of five LPRNetCTC on Chinese plates",
        f"{len(y_test)} test plates ({test_set(arguments)}). One uncalibrated recognizer of "
        f"{len(real[1])} real plates ({', '.join(sets(arguments))}), and an ensemble of five: each "
        "is trained on four of the five parts of PlateKFold(5) and calibrated on the other. "
        f"{arguments.n_synthetic} synthetic plates besides the real ones; decoder: "
        f"{arguments.decoder}, seed {arguments.seed}. {how(arguments)} {COLUMNS} The change is "
        "relative to the one recognizer.",
        rows,
        arguments.output,
    )


def train_fold(
    index: int, real: Plates, synthetic: Plates | None, arguments: argparse.Namespace
) -> tuple[Any, Plates]:
    """Return the recognizer of a fold, stored in the folder, and its held-out plates."""
    train, held_out = list(PlateKFold(N_FOLDS).split(*real))[index]
    file = arguments.ensemble / f"fold-{index}.joblib"
    part = real[0][train], real[1][train]
    recognizer = trained(file if file.exists() else None, part, synthetic, arguments)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        joblib.dump(Pipeline([("lprnet", recognizer)]), file)
    return recognizer, (real[0][held_out], real[1][held_out])


def trained(
    file: Path | None, real: Plates, synthetic: Plates | None, arguments: argparse.Namespace
) -> Any:
    """Return the recognizer of a stored pipeline, or train one."""
    if file is not None:
        recognizer = joblib.load(file)[-1]
    else:
        train = real if synthetic is None else concatenate(real, synthetic)
        recognizer = fit(train, real, arguments.seed, arguments.swap_probability, arguments)
    return recognizer.set_params(decoder=DECODERS[arguments.decoder])


def row(
    method: str,
    y_true: npt.NDArray[np.str_],
    predictions: Sequence[PlateReading],
    plain: Sequence[PlateReading],
) -> dict[str, str]:
    y_pred = [prediction.text for prediction in predictions]
    confidence = np.array([prediction.confidence for prediction in predictions])
    predictions = y_true, y_pred, confidence
    exact = y_true == np.array(y_pred)
    before = np.array([prediction.confidence for prediction in plain])
    exact_before = y_true == np.array([prediction.text for prediction in plain])
    change = (confidence - exact) ** 2 - (before - exact_before) ** 2
    low, high = BOOTSTRAP.intervals(
        change[:, np.newaxis], np.ones((len(y_true), 1)), np.unique(y_true, return_inverse=True)[1]
    )
    return {
        "calibration": method,
        "ECE": f"{plate_calibration_error(*predictions):.4f}",
        "AURC": f"{area_under_risk_coverage(*predictions):.5f}",
        "Brier score": f"{plate_brier_score(*predictions):.5f}",
        "change of Brier score": f"{change.mean():+.5f} ({low[0]:+.5f} to {high[0]:+.5f})",
        "plate accuracy": f"{plate_accuracy_score(y_true, y_pred):.3f}",
        **{
            f"accuracy at {c:.0%} coverage": f"{accuracy_at_coverage(*predictions, coverage=c):.4f}"
            for c in COVERAGES
        },
    }


def tuned_threshold(recognizer: Any, X: Any, y: npt.NDArray[np.str_]) -> tuple[float, float]:
    """Return the threshold of 99 % accuracy, and the coverage there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the report shows where it is not reached
        tuned = RejectingRecognizerCV(recognizer, target_accuracy=0.99).fit(X, y)
    return tuned.best_threshold_, tuned.coverage_


def accepted(
    threshold: float, predictions: Sequence[PlateReading], y_true: npt.NDArray[np.str_]
) -> str:
    """Describe the coverage and the accuracy at a threshold."""
    exact = [
        prediction.text == text
        for prediction, text in zip(predictions, y_true.tolist(), strict=True)
        if prediction.confidence >= threshold
    ]
    accuracy = np.mean(exact) if exact else math.nan
    return f"coverage {len(exact) / len(y_true):.1%}, accuracy {accuracy:.2%}"


if __name__ == "__main__":
    main()
