r"""Calibrate LPRNetCTC on held-out Chinese plates, and score its confidence on others.

Run from the project's root::

    python benchmarks/calibration.py --output benchmarks/results/calibration.md

The reader is trained as by ``chinese_plates.py`` on all training plates. It has seen them, so that
its own readings of them say nothing about its confidence: a second one is trained in the same way
without a fifth of the real plates, and what it reads in that fifth calibrates the first. That is
``CalibratedRecognizerCV(cv=PlateShuffleSplit(1, test_size=0.2, random_state=0))`` with the
trainings kept apart, so that each can be taken from a file: ``--reader`` is a pipeline that
``chinese_plates.py --keep`` has written, ``--held-out-reader`` one that it has written with
``--validate``, which holds out the same fifth. ``--validate`` here scores plates held out of the
training sets, and calibrates by a fifth of the others; readers from files have then seen what they
must not, and are refused. All settings are those of ``chinese_plates.py``.
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
from chinese_plates import DECODERS, Plates, fit, how, joined, load, sets, test_set
from sklearn.frozen import FrozenEstimator

from sklearn_lpr import read_plates
from sklearn_lpr.calibration import CalibratedRecognizerCV, RejectingRecognizerCV
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.metrics import (
    accuracy_at_coverage,
    area_under_risk_coverage,
    plate_accuracy_score,
    plate_brier_score,
    plate_calibration_error,
)
from sklearn_lpr.model_selection import PlateShuffleSplit

METHODS = ("temperature", "sigmoid", "isotonic")
COVERAGES = (0.99, 0.95, 0.9, 0.8)


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--reader", type=Path, metavar="FILE", help="trained on all plates")
    parser.add_argument("--held-out-reader", type=Path, metavar="FILE", help="on four fifths")
    parser.add_argument("--memory", metavar="FOLDER")
    parser.add_argument("--decoder", choices=sorted(DECODERS), default="greedy")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--max-iter", type=int, default=40)
    parser.add_argument("--last-iter", type=int, default=20, help="on real plates, in the end")
    parser.add_argument("--n-made", type=int, default=1000)
    parser.add_argument("--share", type=float, default=0.25, help="of characters exchanged")
    parser.set_defaults(across=False)
    arguments = parser.parse_args()
    if arguments.validate and (arguments.reader or arguments.held_out_reader):
        parser.error("--validate trains its readers: those in files have seen the plates to read")

    real, made, (X_test, y_test) = load(arguments, arguments.n_made)
    known, held_out = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(*real))
    part = real[0][known], real[1][known]
    X_held_out, y_held_out = real[0][held_out], real[1][held_out]
    reader = trained(arguments.reader, real, made, arguments)
    held_out_reader = FrozenEstimator(trained(arguments.held_out_reader, part, made, arguments))

    rows = [row("none", y_test, read_plates(reader, X_test))]
    for method in METHODS:
        calibrated = CalibratedRecognizerCV(held_out_reader, method=method)
        (fitted,) = calibrated.fit(X_held_out, y_held_out).calibrated_recognizers_
        rows.append(row(method, y_test, replace(fitted, estimator=reader).read(X_test)))
    publish(
        "The confidence of LPRNetCTC on Chinese plates",
        f"{len(y_test)} plates to read ({test_set(arguments)}), by one reader trained on "
        f"{len(real[1])} real plates ({', '.join(sets(arguments))}) and {arguments.n_made} made "
        f"ones, decoder: {arguments.decoder}, seed {arguments.seed}. {how(arguments)} Confidences "
        f"were calibrated by a second reader, trained in the same way on {len(part[1])} of the "
        f"real plates: it reads {held_out_reader.score(X_held_out, y_held_out):.3f} of the "
        f"{len(y_held_out)} others exactly, none of which shows a plate that it was trained on. "
        "ECE has 15 bins of equal mass. The columns with a percentage are the exact match among so "
        f"many of the most confident readings.\n\n"
        f"{rejection(held_out_reader, X_held_out, y_held_out, reader, X_test, y_test)}",
        rows,
        arguments.output,
    )


def trained(
    file: Path | None, real: Plates, made: Plates | None, arguments: argparse.Namespace
) -> Any:
    """Give the recognizer of a kept pipeline, or train one."""
    if file is not None:
        reader = joblib.load(file)[-1]
    else:
        train = real if made is None else joined(real, made)
        reader = fit(train, real, arguments.seed, arguments.share, arguments)
    return reader.set_params(decoder=DECODERS[arguments.decoder])


def row(
    method: str, y_true: npt.NDArray[np.str_], readings: Sequence[PlateReading]
) -> dict[str, str]:
    y_pred = [reading.text for reading in readings]
    told = y_true, y_pred, [reading.confidence for reading in readings]
    return {
        "calibration": method,
        "ECE": f"{plate_calibration_error(*told):.4f}",
        "AURC": f"{area_under_risk_coverage(*told):.5f}",
        "Brier": f"{plate_brier_score(*told):.5f}",
        "exact": f"{plate_accuracy_score(y_true, y_pred):.3f}",
        **{
            f"{coverage:.0%}": f"{accuracy_at_coverage(*told, coverage=coverage):.4f}"
            for coverage in COVERAGES
        },
    }


def rejection(
    held_out_reader: Any,
    X_held_out: Any,
    y_held_out: npt.NDArray[np.str_],
    reader: Any,
    X_test: Any,
    y_test: npt.NDArray[np.str_],
) -> str:
    """Say what a threshold for 99 % on held-out plates gives on those to read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the report tells that it is not reached
        tuned = RejectingRecognizerCV(held_out_reader, target_accuracy=0.99)
        tuned.fit(X_held_out, y_held_out)
    if math.isinf(tuned.best_threshold_):
        return "No threshold makes 99 % of the accepted readings of the held-out plates exact."
    readings = read_plates(reader, X_test)
    exact = [
        reading.text == text
        for reading, text in zip(readings, y_test.tolist(), strict=True)
        if reading.confidence >= tuned.best_threshold_
    ]
    return (
        f"The lowest confidence, before calibration, that makes 99 % of the accepted readings of "
        f"the held-out plates exact is {tuned.best_threshold_:.4f}. There it accepts "
        f"{tuned.coverage_:.1%}; of the plates to read it accepts {len(exact) / len(y_test):.1%}, "
        f"of which {np.mean(exact) if exact else math.nan:.2%} are exact."
    )


if __name__ == "__main__":
    main()
