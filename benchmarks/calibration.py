r"""Calibrate LPRNetCTC on held-out Chinese plates, and score its confidence on others.

Run from the project's root::

    python benchmarks/calibration.py --output benchmarks/results/calibration.md

The reader is trained as by ``chinese_plates.py`` on all training plates. It has seen them, so that
its own readings of them say nothing about its confidence: a second one is trained in the same way
without a fifth of the real plates, and what it reads in that fifth calibrates the first. That is
``CalibratedRecognizerCV(cv=PlateShuffleSplit(1, test_size=0.2, random_state=0))`` with the
trainings kept apart, so that each can be taken from a file: ``--reader`` names pipelines that
``chinese_plates.py --keep`` has written, ``--held-out-reader`` one that it has written with
``--validate``, which holds out the same fifth. ``--validate`` here scores plates held out of the
training sets, and calibrates by a fifth of the others; readers from files have then seen what they
must not, and are refused. All settings are those of ``chinese_plates.py``.

``--ensemble`` measures the other way instead, that of ``CalibratedRecognizerCV(ensemble=True,
cv=PlateKFold(5))``: five readers, each trained without a fifth of the real plates and calibrated on
it, read together. The folder keeps them; ``--fold`` trains one alone, so that two may be trained
side by side. It is compared with one reader of all plates as it is, trained here or a file::

    python benchmarks/calibration.py --n-filters 48 --n-made 1500 --ensemble folds \
        --reader readers/chinese-1500-0.joblib --output benchmarks/results/calibration_ensemble.md
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
    "ECE has 15 bins of equal mass. The columns with a percentage are the exact match among so "
    "many of the most confident readings. The change of the Brier score has the 95 % interval of "
    f"the paired bootstrap over plates ({BOOTSTRAP.n_resamples} draws)."
)


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument(
        "--reader", type=Path, nargs="+", default=[None], metavar="FILE", help="on all plates"
    )
    parser.add_argument("--held-out-reader", type=Path, metavar="FILE", help="on four fifths")
    parser.add_argument("--ensemble", type=Path, metavar="FOLDER", help="the readers of five folds")
    parser.add_argument(
        "--fold", type=int, choices=range(N_FOLDS), help="train this one, and no more"
    )
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
    if arguments.validate and (any(arguments.reader) or arguments.held_out_reader):
        parser.error("--validate trains its readers: those in files have seen the plates to read")
    if arguments.fold is not None and arguments.ensemble is None:
        parser.error("--fold needs the folder of --ensemble to keep its reader in")

    real, made, (X_test, y_test) = load(arguments, arguments.n_made)
    if arguments.fold is not None:
        train_fold(arguments.fold, real, made, arguments)
        return
    if arguments.ensemble is not None:
        compare_ensemble(real, made, X_test, y_test, arguments)
        return
    known, held_out = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(*real))
    part = real[0][known], real[1][known]
    X_held_out, y_held_out = real[0][held_out], real[1][held_out]
    held_out_reader = FrozenEstimator(trained(arguments.held_out_reader, part, made, arguments))

    maps = {
        method: CalibratedRecognizerCV(held_out_reader, method=method)
        .fit(X_held_out, y_held_out)
        .calibrated_recognizers_[0]
        for method in METHODS
    }
    threshold, held_out_coverage = tuned_threshold(held_out_reader, X_held_out, y_held_out)
    rows, rejections = [], []
    for file in arguments.reader:
        reader = trained(file, real, made, arguments)
        plain = read_plates(reader, X_test)
        name = "trained here" if file is None else file.stem
        rows.append({"reader": name, **row("none", y_test, plain, plain)})
        for method, fitted in maps.items():
            readings = replace(fitted, estimator=reader).read(X_test)
            rows.append({"reader": name, **row(method, y_test, readings, plain)})
        rejections.append(f"{name}: {accepted(threshold, plain, y_test)}")
    publish(
        "The confidence of LPRNetCTC on Chinese plates",
        f"{len(y_test)} plates to read ({test_set(arguments)}), by readers trained on "
        f"{len(real[1])} real plates ({', '.join(sets(arguments))}) and {arguments.n_made} made "
        f"ones, decoder: {arguments.decoder}, seed {arguments.seed}. {how(arguments)} Confidences "
        f"were calibrated by another reader, trained in the same way on {len(part[1])} of the "
        f"real plates: it reads {held_out_reader.score(X_held_out, y_held_out):.3f} of the "
        f"{len(y_held_out)} others exactly, none of which shows a plate that it was trained on. "
        f"{COLUMNS}\n\n"
        "The lowest confidence, before calibration, that makes 99 % of the readings it accepts of "
        f"the held-out plates exact is {threshold:.4f}; there it accepts {held_out_coverage:.1%}. "
        "Of the plates to read it accepts\n\n" + "\n".join(f"- {one}" for one in rejections),
        rows,
        arguments.output,
    )


def compare_ensemble(
    real: Plates, made: Plates | None, X_test: Any, y_test: Any, arguments: argparse.Namespace
) -> None:
    """Read by the readers of five folds together, and by one reader of all plates."""
    members: dict[str, list[CalibratedRecognizer]] = {each: [] for each in ("none", *METHODS)}
    for index in range(N_FOLDS):
        reader, held_out = train_fold(index, real, made, arguments)
        members["none"].append(CalibratedRecognizer(reader, PowerMap(), LogisticMap()))
        for method in METHODS:
            fitted = CalibratedRecognizerCV(FrozenEstimator(reader), method=method).fit(*held_out)
            members[method] += fitted.calibrated_recognizers_
    (file,) = arguments.reader
    plain = read_plates(trained(file, real, made, arguments), X_test)
    rows = [{"reader": "one, of all plates", **row("none", y_test, plain, plain)}]
    for method, each in members.items():
        ensemble = CalibratedRecognizerCV(None, ensemble=True)
        ensemble.calibrated_recognizers_ = each
        name = "five, of four folds each"
        rows.append({"reader": name, **row(method, y_test, ensemble.read(X_test), plain)})
    publish(
        "The confidence of five LPRNetCTC together on Chinese plates",
        f"{len(y_test)} plates to read ({test_set(arguments)}), by one reader of {len(real[1])} "
        f"real plates ({', '.join(sets(arguments))}), as it is, and by five together, each of four "
        f"of the five parts of PlateKFold(5) and calibrated on the other; {arguments.n_made} made "
        f"plates beside the real ones, decoder: {arguments.decoder}, seed {arguments.seed}. "
        f"{how(arguments)} {COLUMNS} It is told against the one reader.",
        rows,
        arguments.output,
    )


def train_fold(
    index: int, real: Plates, made: Plates | None, arguments: argparse.Namespace
) -> tuple[Any, Plates]:
    """Give the reader of a fold, kept in the folder, and the plates that are held out of it."""
    known, held_out = list(PlateKFold(N_FOLDS).split(*real))[index]
    file = arguments.ensemble / f"fold-{index}.joblib"
    part = real[0][known], real[1][known]
    reader = trained(file if file.exists() else None, part, made, arguments)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        joblib.dump(Pipeline([("lprnet", reader)]), file)
    return reader, (real[0][held_out], real[1][held_out])


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
    method: str,
    y_true: npt.NDArray[np.str_],
    readings: Sequence[PlateReading],
    plain: Sequence[PlateReading],
) -> dict[str, str]:
    y_pred = [reading.text for reading in readings]
    confidence = np.array([reading.confidence for reading in readings])
    told = y_true, y_pred, confidence
    exact = y_true == np.array(y_pred)
    before = np.array([reading.confidence for reading in plain])
    exact_before = y_true == np.array([reading.text for reading in plain])
    change = (confidence - exact) ** 2 - (before - exact_before) ** 2
    low, high = BOOTSTRAP.intervals(
        change[:, np.newaxis], np.ones((len(y_true), 1)), np.unique(y_true, return_inverse=True)[1]
    )
    return {
        "calibration": method,
        "ECE": f"{plate_calibration_error(*told):.4f}",
        "AURC": f"{area_under_risk_coverage(*told):.5f}",
        "Brier": f"{plate_brier_score(*told):.5f}",
        "change of Brier": f"{change.mean():+.5f} ({low[0]:+.5f} to {high[0]:+.5f})",
        "exact": f"{plate_accuracy_score(y_true, y_pred):.3f}",
        **{
            f"{coverage:.0%}": f"{accuracy_at_coverage(*told, coverage=coverage):.4f}"
            for coverage in COVERAGES
        },
    }


def tuned_threshold(reader: Any, X: Any, y: npt.NDArray[np.str_]) -> tuple[float, float]:
    """Give the threshold that makes 99 % of the accepted readings exact, and their share."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the report tells that it is not reached
        tuned = RejectingRecognizerCV(reader, target_accuracy=0.99).fit(X, y)
    return tuned.best_threshold_, tuned.coverage_


def accepted(
    threshold: float, readings: Sequence[PlateReading], y_true: npt.NDArray[np.str_]
) -> str:
    """Say what a threshold accepts."""
    exact = [
        reading.text == text
        for reading, text in zip(readings, y_true.tolist(), strict=True)
        if reading.confidence >= threshold
    ]
    share = np.mean(exact) if exact else math.nan
    return f"{len(exact) / len(y_true):.1%}, of which {share:.2%} are exact"


if __name__ == "__main__":
    main()
