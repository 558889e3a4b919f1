"""Measure the gain of fusing recognizers over the best single one, and of tracks over frames.

Run from the project's root::

    python benchmarks/fusion.py --output benchmarks/results/fusion.md

Three LPRNetCTC (colour, grey, and padded to keep the aspect ratio) and a SegmentCNN are trained on
one part of ``ccpd/plates`` and on synthetic plates. They are tested on the other part, and on
``crops/cn_lyl8213``, a data set they were not trained on. Tracks are the frames of ``crops/pe``
that show the same plate; the LPRNetCTC that predict them were trained on other plates. All weights
are equal. Confidence intervals are those of the bootstrap over plates, of the paired difference in
plate accuracy: to the recognizer that is best on the test plates themselves, or to single frames.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import time
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from _report import add_data_argument, argument_parser, publish
from chinese_plates import CROSS_DATASET_VIEW, VIEW
from sklearn.pipeline import Pipeline, make_pipeline

from sklearn_lpr import LPRNetCTC, SegmentCNN, read_plates
from sklearn_lpr.augmentation import CharacterPermuter, PlateAugmenter
from sklearn_lpr.datasets import load_ccpd, load_plates, make_plates
from sklearn_lpr.decoding import PlateReading
from sklearn_lpr.ensemble import read_tracks
from sklearn_lpr.ensemble._fusion import VOTINGS, fuse_predictions
from sklearn_lpr.inspection._bootstrap import Bootstrap
from sklearn_lpr.metrics import (
    area_under_risk_coverage,
    character_error_rate,
    plate_accuracy_score,
    plate_calibration_error,
)
from sklearn_lpr.model_selection import PlateKFold, PlateShuffleSplit
from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer

Predictions = list[PlateReading]

SWAP_PROBABILITY = 0.25  # of each character, so that other provinces are learned
MAX_SEGMENT_ITER = 10
N_FOLDS = 2
BOOTSTRAP = Bootstrap(n_resamples=10_000, confidence_level=0.95, seed=0)


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--max-iter", type=int, default=20, help="epochs of LPRNetCTC")
    parser.add_argument("--n-synthetic", type=int, default=1000, help="synthetic plates of China")
    parser.add_argument(
        "--n-synthetic-tracks", type=int, default=500, help="synthetic plates of Peru"
    )
    parser.add_argument("--n-plates", type=int, help="images of each data set, for a quick run")
    arguments = parser.parse_args()

    start = time.perf_counter()
    rows = [*recognizer_rows(arguments), *track_rows(arguments)]
    seconds = time.perf_counter() - start
    publish(
        "Fusion compared with the best single recognizer and single frames",
        f"LPRNetCTC(n_filters={arguments.n_filters}, max_iter={arguments.max_iter}, batch_size=16, "
        "dropout=0.1, learning_rate_init=5e-3) at 24 x 94 pixels with PlateAugmenter("
        f"{CROSS_DATASET_VIEW}), characters swapped with probability {SWAP_PROBABILITY}; "
        f"SegmentCNN(n_filters=16, max_iter={segment_iter(arguments)}) without augmentation. "
        "Plates rectified by their corners where these are annotated. Trained on 80 % of "
        "`ccpd/plates`, split by PlateShuffleSplit(1, test_size=0.2, random_state=0), and "
        f"on {arguments.n_synthetic} synthetic plates; greedy decoding. `ccpd/plates`: the other "
        "20 %; `crops/cn_lyl8213`: all of it, none used for training. `crops/pe`: axis-aligned "
        f"boxes, PlateAugmenter({VIEW}), PlateKFold({N_FOLDS}), trained on the other fold and on "
        f"{arguments.n_synthetic_tracks} synthetic plates of Peru; a track is all frames of a "
        "plate. Equal weights.\n\n"
        "The difference is that in plate accuracy to the recognizer that is best on these plates, "
        "and for tracks to the mean of their single frames, with the 95 % confidence interval of "
        f"the paired bootstrap over plates ({BOOTSTRAP.n_resamples} resamples). ECE: expected "
        f"calibration error. {seconds:.0f} s in total.",
        rows,
        arguments.output,
    )


# --- Several recognizers.


def recognizer_rows(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    X, y = subset(load_ccpd(arguments.data / "ccpd" / "plates", return_X_y=True), arguments)
    train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
    synthetic = make_plates(arguments.n_synthetic, layouts="china", random_state=0)
    X_train = np.concatenate([X[train], synthetic.data])
    y_train = np.concatenate([y[train], synthetic.target])
    sets = {
        "ccpd/plates": (X[test], y[test]),
        "crops/cn_lyl8213": subset(
            load_plates(arguments.data / "crops" / "cn_lyl8213", return_X_y=True), arguments
        ),
    }
    predictions: dict[str, dict[str, Predictions]] = {name: {} for name in sets}
    for member, recognizer in members(arguments).items():
        fit(member, recognizer, X_train, y_train)
        for name, (images, _) in sets.items():
            predictions[name][member] = read_plates(recognizer, images)
    return [
        row for name, (_, texts) in sets.items() for row in compare(name, texts, predictions[name])
    ]


def members(arguments: argparse.Namespace) -> dict[str, Pipeline]:
    views: dict[str, dict[str, Any]] = {
        "LPRNetCTC, colour": {},
        "LPRNetCTC, grey": {"color": "grey", "contrast": "clahe"},
        "LPRNetCTC, aspect ratio kept": {"aspect": "pad"},
    }
    permuter = CharacterPermuter(CharacterSegmenter(), p=SWAP_PROBABILITY)
    networks = {
        name: make_pipeline(
            PlateCropper(missing="whole"),
            PlateNormalizer(**view),
            lprnet(arguments, seed, PlateAugmenter(**CROSS_DATASET_VIEW, permutation=permuter)),
        )
        for seed, (name, view) in enumerate(views.items())
    }
    segment = make_pipeline(
        PlateCropper(margin=0.05, missing="whole"),
        CharacterSegmenter(),
        SegmentCNN(n_filters=16, max_iter=segment_iter(arguments), random_state=len(views)),
    )
    return {**networks, "SegmentCNN": segment}


def segment_iter(arguments: argparse.Namespace) -> int:
    return min(MAX_SEGMENT_ITER, arguments.max_iter)


def lprnet(arguments: argparse.Namespace, seed: int, augmentation: PlateAugmenter) -> LPRNetCTC:
    return LPRNetCTC(
        arguments.n_filters,
        augmentation=augmentation,
        dropout=0.1,
        batch_size=16,
        learning_rate_init=5e-3,
        max_iter=arguments.max_iter,
        random_state=seed,
    )


def fit(name: str, recognizer: Pipeline, X: Any, y: npt.NDArray[np.str_]) -> None:
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # missing segments, and few steps in a quick run
        recognizer.fit(X, y)
    print(f"{name}: {len(y)} plates, {time.perf_counter() - start:.0f} s", flush=True)


def compare(
    name: str, texts: npt.NDArray[np.str_], predictions: Mapping[str, Predictions]
) -> list[dict[str, Any]]:
    """Return a row for each recognizer and for each fusion."""
    correct = {member: correct_predictions(texts, each) for member, each in predictions.items()}
    best = correct[max(correct, key=lambda member: correct[member].mean())]
    networks = [each for member, each in predictions.items() if member.startswith("LPRNetCTC")]
    fused = {
        f"{voting}, {who}": [
            fuse_predictions(votes, [1.0] * len(votes), voting)
            for votes in zip(*voters, strict=True)
        ]
        for who, voters in (("all", list(predictions.values())), ("LPRNetCTC", networks))
        for voting in VOTINGS
    }
    return [
        row(name, recognizer, texts, each, correct_predictions(texts, each) - best)
        for recognizer, each in {**predictions, **fused}.items()
    ]


# --- Several frames.


def track_rows(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    X, y = subset(load_plates(arguments.data / "crops" / "pe", return_X_y=True), arguments)
    synthetic = make_plates(arguments.n_synthetic_tracks, layouts="peru", random_state=0)
    frames: Predictions = [PlateReading("", 0.0)] * len(y)
    tracks: dict[str, dict[str, PlateReading]] = {voting: {} for voting in VOTINGS}
    for fold, (train, test) in enumerate(PlateKFold(N_FOLDS).split(X, y)):
        recognizer = make_pipeline(
            PlateCropper(rectify=False, missing="whole"),
            PlateNormalizer(),
            lprnet(arguments, fold, PlateAugmenter(**VIEW)),
        )
        X_train = np.concatenate([X[train], synthetic.data])
        fit(
            f"crops/pe, fold {fold}",
            recognizer,
            X_train,
            np.concatenate([y[train], synthetic.target]),
        )
        for index, prediction in zip(test, read_plates(recognizer, X[test]), strict=True):
            frames[index] = prediction
        for voting in VOTINGS:
            plates, fused = read_tracks(recognizer, X[test], y[test], voting=voting)
            tracks[voting].update(zip(plates.tolist(), fused, strict=True))
    plates, plate = np.unique(y, return_inverse=True)
    frame_accuracy = np.bincount(plate, weights=correct_predictions(y, frames)) / np.bincount(plate)
    single = row("crops/pe, frames", "LPRNetCTC", y, frames, np.zeros(len(y)))
    # Each track has the same weight, as below.
    single["plate accuracy"] = float(frame_accuracy.mean())
    return [single] + [
        row(
            "crops/pe, tracks",
            voting,
            plates,
            each,
            correct_predictions(plates, each) - frame_accuracy,
        )
        for voting, by_plate in tracks.items()
        for each in [[by_plate[text] for text in plates.tolist()]]
    ]


# --- Scores.


def subset(
    plates: tuple[Any, npt.NDArray[np.str_]], arguments: argparse.Namespace
) -> tuple[Any, npt.NDArray[np.str_]]:
    """Return evenly spaced plates of a data set: all of them by default."""
    X, y = plates
    n_plates = len(y) if arguments.n_plates is None else min(arguments.n_plates, len(y))
    chosen = np.linspace(0, len(y) - 1, n_plates).astype(int)
    return X[chosen], y[chosen]


def correct_predictions(texts: Sequence[str], predictions: Predictions) -> npt.NDArray[np.float64]:
    return np.array(
        [text == prediction.text for text, prediction in zip(texts, predictions, strict=True)],
        float,
    )


def row(
    name: str,
    recognizer: str,
    texts: npt.NDArray[np.str_],
    predictions: Predictions,
    difference: npt.NDArray[np.float64],
) -> dict[str, Any]:
    y_pred = [prediction.text for prediction in predictions]
    confidences = [prediction.confidence for prediction in predictions]
    _, plate = np.unique(texts, return_inverse=True)
    low, high = BOOTSTRAP.intervals(difference[:, None], np.ones((len(texts), 1)), plate)
    scores = {
        "set": name,
        "recognizer or fusion": recognizer,
        "predictions": len(texts),
        "plate accuracy": plate_accuracy_score(texts, y_pred),
        "character error rate": character_error_rate(texts, y_pred),
        "AURC": area_under_risk_coverage(texts, y_pred, confidences),
        "ECE": plate_calibration_error(texts, y_pred, confidences),
        "difference": float(difference.mean()),
        "95 % CI, low": float(low[0]),
        "95 % CI, high": float(high[0]),
    }
    print(scores, flush=True)
    return scores


if __name__ == "__main__":
    main()
