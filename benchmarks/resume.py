"""Compare the weights of an interrupted and resumed training run with an uninterrupted one.

Run from the project's root::

    python benchmarks/resume.py --output benchmarks/results/resume.md

LPRNetCTC is trained on synthetic plates with everything that has a state: dropout, gradient noise,
data augmentation, a spatial transformer, an average of weights, early stopping. One process trains
to the end. Another is killed (SIGKILL) at a random moment, and the next one resumes from its
checkpoint.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from _report import argument_parser, publish

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer

# Options that are passed to the processes.
_SETTINGS = ("n-plates", "n-filters", "max-iter")


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--n-plates", type=int, default=1000)
    parser.add_argument("--n-filters", type=int, default=32)
    parser.add_argument("--max-iter", type=int, default=20)
    parser.add_argument("--n-kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0, help="seed of the moments of interruption")
    parser.add_argument("--fit", type=Path, metavar="FOLDER", help="used by the processes")
    arguments = parser.parse_args()
    if arguments.fit is not None:
        fit(arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        whole, interrupted = Path(folder, "whole"), Path(folder, "interrupted")
        rows = [{"training run": "uninterrupted", **run(whole, arguments)}]
        rng = np.random.default_rng(arguments.seed)
        last = np.sort(rng.choice(arguments.max_iter - 1, arguments.n_kills, replace=False)) + 1
        for epoch, fraction in zip(last.tolist(), rng.random(arguments.n_kills), strict=True):
            rows.append(
                {"training run": "interrupted", **run(interrupted, arguments, epoch, fraction)}
            )
        rows.append({"training run": "interrupted", **run(interrupted, arguments)})
        same = compare(*(joblib.load(path / "recognizer.joblib") for path in (whole, interrupted)))
        left = len(list((interrupted / "checkpoints").iterdir()))
    publish(
        "LPRNetCTC killed and resumed",
        f"{arguments.n_plates} synthetic plates, 24 x 94 pixels; n_filters={arguments.n_filters}, "
        f"max_iter={arguments.max_iter}. Each row is a process."
        f"\n\n{same} Files left: {left}.",
        rows,
        arguments.output,
    )


def fit(arguments: argparse.Namespace) -> None:
    """Train, and store the recognizer unless the process is killed."""
    X, y = make_plates(arguments.n_plates, random_state=0, return_X_y=True)
    images = PlateNormalizer().transform(PlateCropper(margin=0.05).transform(X))
    recognizer = LPRNetCTC(
        arguments.n_filters,
        spatial_transformer=True,
        augmentation=PlateAugmenter(margin=0.05),
        gradient_noise=1e-3,
        ema_decay=0.99,
        early_stopping=True,
        n_iter_no_change=arguments.max_iter,
        max_iter=arguments.max_iter,
        random_state=0,
        checkpoint_dir=arguments.fit / "checkpoints",
        verbose=True,
    ).fit(images, y)
    joblib.dump(recognizer, arguments.fit / "recognizer.joblib")


def run(
    folder: Path, arguments: argparse.Namespace, last: int | None = None, fraction: float = 0.0
) -> dict[str, Any]:
    """Train in a process that is killed after epoch `last` and a fraction of the next."""
    command = [sys.executable, "-u", "-W", "ignore", __file__, f"--fit={folder}"]
    command += [f"--{name}={vars(arguments)[name.replace('-', '_')]}" for name in _SETTINGS]
    first, n_iter, start = 0, 0, time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        began = start
        for line in process.stdout:
            if line.startswith("Resuming after epoch"):
                first = n_iter = int(line.split()[4].rstrip(","))
            if line.startswith("Epoch"):
                n_iter = int(line.split()[1].rstrip(","))
                now = time.perf_counter()
                if n_iter == last:
                    time.sleep(fraction * (now - began))
                    process.kill()
                    break
                began = now
    if last is None and process.returncode != 0:
        raise RuntimeError(f"The training run in {folder} failed: see above.")
    return {
        "resumed after epoch": first,
        "killed after epoch": "-" if last is None else n_iter,
        "seconds": round(time.perf_counter() - start, 1),
    }


def compare(one: LPRNetCTC, other: LPRNetCTC) -> str:
    """Describe the differences between two recognizers."""
    pairs = [(value, other.weights_[name]) for name, value in one.weights_.items()]
    n_equal = sum(np.array_equal(*pair) for pair in pairs)
    difference = max(float(np.abs(a - b).max()) for a, b in pairs)
    curves = one.loss_curve_ == other.loss_curve_
    scores = one.validation_scores_ == other.validation_scores_
    return (
        f"Bit-equal: {n_equal} of {len(pairs)} arrays of weights (the largest difference is "
        f"{difference:g}); losses equal: {'yes' if curves else 'no'}; validation scores equal: "
        f"{'yes' if scores else 'no'}."
    )


if __name__ == "__main__":
    main()
