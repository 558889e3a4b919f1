"""Measure what fusing readings gains over the best single recognizer, and over single frames.

Run from the project's root::

    python benchmarks/fusion.py --output benchmarks/results/fusion.md

Three LPRNetCTC, which see plates in colour, in grey and with their own proportions, and a
SegmentCNN are trained on one part of ``ccpd/plates`` and on made plates. They read the other part,
and ``crops/cn_lyl8213``, a set of which they have seen nothing. Frames of ``crops/pe`` are read by
LPRNetCTC that were trained on other plates of the set; those of one plate are a track. All weights
are equal. Intervals are drawn by the bootstrap over plates, of the paired difference in exact
readings: to the recognizer that is best on the very plates that are read, or to a single frame.
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
from chinese_plates import ACROSS_VIEW, VIEW
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

Readings = list[PlateReading]

SHARE = 0.25  # of characters exchanged, so that other provinces are read as well
SEGMENT_ITER = 10  # at most
N_FOLDS = 2
BOOTSTRAP = Bootstrap(n_resamples=10_000, confidence_level=0.95, seed=0)


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--max-iter", type=int, default=20, help="of LPRNetCTC")
    parser.add_argument("--n-made", type=int, default=1000, help="made plates of China")
    parser.add_argument("--n-made-tracks", type=int, default=500, help="made plates of Peru")
    parser.add_argument("--n-plates", type=int, help="use so many images of each set, for a try")
    arguments = parser.parse_args()

    start = time.perf_counter()
    rows = [*recognizer_rows(arguments), *track_rows(arguments)]
    seconds = time.perf_counter() - start
    publish(
        "Fusion against the best single recognizer and single frames",
        f"LPRNetCTC(n_filters={arguments.n_filters}, max_iter={arguments.max_iter}, batch_size=16, "
        "dropout=0.1, learning_rate_init=5e-3) at 24 x 94 pixels with PlateAugmenter("
        f"{ACROSS_VIEW}), {SHARE:.0%} of the characters exchanged; SegmentCNN(n_filters=16, "
        f"max_iter={segment_iter(arguments)}) without augmentation. Plates upright by their "
        "corners where these are known. Trained on the 80 % of `ccpd/plates` that "
        "PlateShuffleSplit(1, test_size=0.2, random_state=0) gives and on "
        f"{arguments.n_made} made plates; greedy decoding. `ccpd/plates`: the other 20 %; "
        "`crops/cn_lyl8213`: all of it, never trained on. `crops/pe`: upright boxes, "
        f"PlateAugmenter({VIEW}), PlateKFold({N_FOLDS}), trained on the other fold and on "
        f"{arguments.n_made_tracks} made plates of Peru; a track is all frames of a plate. "
        "Equal weights.\n\n"
        "The difference is that in exact readings to the recognizer of the set that is best on "
        "these very plates, for tracks to their single frames on average, with the 95 % interval "
        f"of the paired bootstrap over plates ({BOOTSTRAP.n_resamples} draws). ECE: the "
        f"calibration error of confidences. {seconds:.0f} s in all.",
        rows,
        arguments.output,
    )


# --- Several recognizers.


def recognizer_rows(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    X, y = some(load_ccpd(arguments.data / "ccpd" / "plates", return_X_y=True), arguments)
    train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
    made = make_plates(arguments.n_made, layouts="china", random_state=0)
    X_train = np.concatenate([X[train], made.data])
    y_train = np.concatenate([y[train], made.target])
    sets = {
        "ccpd/plates": (X[test], y[test]),
        "crops/cn_lyl8213": some(
            load_plates(arguments.data / "crops" / "cn_lyl8213", return_X_y=True), arguments
        ),
    }
    readings: dict[str, dict[str, Readings]] = {name: {} for name in sets}
    for member, reader in members(arguments).items():
        fit(member, reader, X_train, y_train)
        for name, (images, _) in sets.items():
            readings[name][member] = read_plates(reader, images)
    return [
        row for name, (_, texts) in sets.items() for row in compare(name, texts, readings[name])
    ]


def members(arguments: argparse.Namespace) -> dict[str, Pipeline]:
    views: dict[str, dict[str, Any]] = {
        "LPRNetCTC, colour": {},
        "LPRNetCTC, grey": {"color": "grey", "contrast": "clahe"},
        "LPRNetCTC, proportions": {"aspect": "pad"},
    }
    permuter = CharacterPermuter(CharacterSegmenter(), p=SHARE)
    networks = {
        name: make_pipeline(
            PlateCropper(missing="whole"),
            PlateNormalizer(**view),
            lprnet(arguments, seed, PlateAugmenter(**ACROSS_VIEW, permutation=permuter)),
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
    return min(SEGMENT_ITER, arguments.max_iter)


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


def fit(name: str, reader: Pipeline, X: Any, y: npt.NDArray[np.str_]) -> None:
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # segments missing, and few steps in a try
        reader.fit(X, y)
    print(f"{name}: {len(y)} plates, {time.perf_counter() - start:.0f} s", flush=True)


def compare(
    name: str, texts: npt.NDArray[np.str_], readings: Mapping[str, Readings]
) -> list[dict[str, Any]]:
    """Give a row for each recognizer and for each fusion of them."""
    alone = {member: exact(texts, each) for member, each in readings.items()}
    best = alone[max(alone, key=lambda member: alone[member].mean())]
    networks = [each for member, each in readings.items() if member.startswith("LPRNetCTC")]
    fused = {
        f"{voting}, {who}": [
            fuse_predictions(votes, [1.0] * len(votes), voting)
            for votes in zip(*voters, strict=True)
        ]
        for who, voters in (("all", list(readings.values())), ("LPRNetCTC", networks))
        for voting in VOTINGS
    }
    return [
        row(name, reader, texts, each, exact(texts, each) - best)
        for reader, each in {**readings, **fused}.items()
    ]


# --- Several frames.


def track_rows(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    X, y = some(load_plates(arguments.data / "crops" / "pe", return_X_y=True), arguments)
    made = make_plates(arguments.n_made_tracks, layouts="peru", random_state=0)
    frames: Readings = [PlateReading("", 0.0)] * len(y)
    tracks: dict[str, dict[str, PlateReading]] = {voting: {} for voting in VOTINGS}
    for fold, (train, test) in enumerate(PlateKFold(N_FOLDS).split(X, y)):
        reader = make_pipeline(
            PlateCropper(rectify=False, missing="whole"),
            PlateNormalizer(),
            lprnet(arguments, fold, PlateAugmenter(**VIEW)),
        )
        X_train = np.concatenate([X[train], made.data])
        fit(f"crops/pe, fold {fold}", reader, X_train, np.concatenate([y[train], made.target]))
        for index, reading in zip(test, read_plates(reader, X[test]), strict=True):
            frames[index] = reading
        for voting in VOTINGS:
            plates, fused = read_tracks(reader, X[test], y[test], voting=voting)
            tracks[voting].update(zip(plates.tolist(), fused, strict=True))
    plates, plate = np.unique(y, return_inverse=True)
    right = np.bincount(plate, weights=exact(y, frames)) / np.bincount(plate)
    single = row("crops/pe, frames", "LPRNetCTC", y, frames, np.zeros(len(y)))
    single["exact"] = float(right.mean())  # each track counts alike, as below
    return [single] + [
        row("crops/pe, tracks", voting, plates, each, exact(plates, each) - right)
        for voting, by_plate in tracks.items()
        for each in [[by_plate[text] for text in plates.tolist()]]
    ]


# --- Scores.


def some(
    plates: tuple[Any, npt.NDArray[np.str_]], arguments: argparse.Namespace
) -> tuple[Any, npt.NDArray[np.str_]]:
    """Give plates from all over a set, all of them unless few are asked for."""
    X, y = plates
    n_plates = len(y) if arguments.n_plates is None else min(arguments.n_plates, len(y))
    chosen = np.linspace(0, len(y) - 1, n_plates).astype(int)
    return X[chosen], y[chosen]


def exact(texts: Sequence[str], readings: Readings) -> npt.NDArray[np.float64]:
    return np.array(
        [text == reading.text for text, reading in zip(texts, readings, strict=True)], float
    )


def row(
    name: str,
    reader: str,
    texts: npt.NDArray[np.str_],
    readings: Readings,
    difference: npt.NDArray[np.float64],
) -> dict[str, Any]:
    read = [reading.text for reading in readings]
    confidences = [reading.confidence for reading in readings]
    _, plate = np.unique(texts, return_inverse=True)
    low, high = BOOTSTRAP.intervals(difference[:, None], np.ones((len(texts), 1)), plate)
    scores = {
        "set": name,
        "reader or voting": reader,
        "readings": len(texts),
        "exact": plate_accuracy_score(texts, read),
        "character error rate": character_error_rate(texts, read),
        "AURC": area_under_risk_coverage(texts, read, confidences),
        "ECE": plate_calibration_error(texts, read, confidences),
        "difference": float(difference.mean()),
        "low": float(low[0]),
        "high": float(high[0]),
    }
    print(scores, flush=True)
    return scores


if __name__ == "__main__":
    main()
