"""Measure how long fine-tuning the bundled recognizer takes, with the recipe of the README.

Run from the project's root::

    python benchmarks/fine_tuning_time.py --output benchmarks/results/fine_tuning_time.md

The plates are crops of ``crops/uz`` in the folder of real plates, or synthetic ones without it. A
training run and cross-validations are timed, the latter with and without a search of the plate in
each crop, which ``load_recognizer(detect=False)`` leaves out. The time of an epoch is the median
over those of the training run after the first, which compiles the network. Processor time is that
of all threads together.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from _report import add_data_argument, argument_parser, publish
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline

from sklearn_lpr import LPRNetCTC, OnnxRecognizer, PlateImage, load_recognizer
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.datasets import load_plates, make_plates
from sklearn_lpr.decoding import FormatDecoder
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.preprocessing import PlateCropper


class EpochTimes:
    """Callback that stores the time at the end of each epoch."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.processor: list[float] = []

    def setup(self, estimator: Any, context: Any) -> None:
        """Do nothing before `fit`."""

    def teardown(self, estimator: Any, context: Any) -> None:
        """Do nothing after `fit`."""

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        """Do nothing before an epoch."""

    def on_fit_task_end(self, estimator: Any, context: Any, **_: Any) -> None:
        if context.task_name == "epoch":
            self.wall.append(time.perf_counter())
            self.processor.append(time.process_time())


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--n-plates", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--folds", type=int, default=5)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)  # as many epochs as the recipe has
    folder = arguments.data / "crops" / "uz"
    X, y = load_crops(folder, arguments.n_plates)
    rows, scores = [], {}

    def add(step: str, detected: bool, seconds: tuple[float, float]) -> None:
        rows.append(
            {
                "step": step,
                "plates detected": "yes" if detected else "no",
                "seconds": f"{seconds[0]:.1f}",
                "processor seconds": f"{seconds[1]:.1f}",
            }
        )
        print(rows[-1], flush=True)

    times = EpochTimes()
    model = build_model(y, arguments.epochs, detect=False)
    model[-1].set_callbacks(times)
    _, fitting = timed(model.fit, X, y)
    if arguments.epochs > 1:
        epoch = [float(np.median(np.diff(each))) for each in (times.wall, times.processor)]
        add("one epoch", False, (epoch[0], epoch[1]))
    add("training run", False, fitting)
    cv = PlateKFold(arguments.folds)
    for detect in (False, True):
        candidates = {
            "cross-validation before": load_recognizer(detect=detect),
            "cross-validation": build_model(y, arguments.epochs, detect),
        }
        for step, candidate in candidates.items():
            found, seconds = timed(cross_val_score, candidate, X, y, cv=cv)
            add(step, detect, seconds)
            scores[step, detect] = float(np.mean(found))
    before, after = scores["cross-validation before", False], scores["cross-validation", False]
    publish(
        "Time of fine-tuning the bundled recognizer",
        f"{len(y)} crops ({folder if folder.is_dir() else 'synthetic'}), {arguments.epochs} "
        f"epochs, {arguments.folds} folds; network and parameters are those of the recipe in the "
        "README. An epoch is the median of the training run without its first one. The training "
        "run has all plates, those of the cross-validation have the plates of the other folds. "
        '"Before" scores the bundled recognizer. Processor seconds are those of all threads. '
        f"Mean exact match without detection: {before:.3f} before, {after:.3f} after.",
        rows,
        arguments.output,
    )


def load_crops(folder: Path, n_plates: int) -> tuple[list[PlateImage], np.ndarray]:
    """Return crops of plates, and their texts."""
    if folder.is_dir():
        X, y = load_plates(folder, return_X_y=True)
        chosen = np.random.default_rng(0).permutation(len(y))[:n_plates]
        return [X[index] for index in chosen], y[chosen]
    X, y = make_plates(n_plates, layouts=("eu", "brazil"), random_state=0, return_X_y=True)
    return [PlateImage(crop) for crop in PlateCropper(margin=0.05).transform(X)], y


def build_model(y: np.ndarray, epochs: int, detect: bool) -> Pipeline:
    """Return the pipeline of the README, not fitted yet."""
    bundled = load_recognizer(detect=detect)
    known = OnnxRecognizer().alphabet_
    network = LPRNetCTC(
        n_filters=48,
        initial_weights="world",
        alphabet=known + "".join(sorted(set("".join(y)) - set(known))),
        augmentation=PlateAugmenter(margin=bundled[0].margin),
        decoder=FormatDecoder(),
        learning_rate_init=1e-3,
        max_iter=epochs,
        random_state=0,
    )
    return Pipeline([*bundled.steps[:-1], ("lprnet", network)])


def timed(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[Any, tuple]:
    """Return the result of a call, and its seconds: wall-clock time and processor time."""
    wall, processor = time.perf_counter(), time.process_time()
    result = function(*args, **kwargs)
    return result, (time.perf_counter() - wall, time.process_time() - processor)


if __name__ == "__main__":
    main()
